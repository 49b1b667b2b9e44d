"""Django's configuration of the app, and the names that it reserves."""

from collections.abc import Iterable

from django.apps import AppConfig


class CurationConfig(AppConfig):
    name = "curation"

    def ready(self) -> None:
        from people.lookalikes import impersonation

        impersonation.reserved.append(names_of_the_chat)


def names_of_the_chat() -> Iterable[str]:
    """The names of the series. A person with such a name would look like the product itself."""
    from curation.models import Series

    return Series.objects.values_list("name", flat=True)
