from collections.abc import Iterable

from django.apps import AppConfig


class CurationConfig(AppConfig):
    name = "curation"

    def ready(self) -> None:
        from people.lookalikes import impersonation

        impersonation.reserved.append(names_of_the_chat)


def names_of_the_chat() -> Iterable[str]:
    """What nobody may call themselves; who has that name would pass for the product."""
    from curation.models import Series

    return Series.objects.values_list("name", flat=True)
