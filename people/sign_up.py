"""Who may open an account for themselves: whoever reads mail at a domain that an admin allowed."""

from django.core.exceptions import ValidationError

from people.models import SignUpDomain


def is_open() -> bool:
    return SignUpDomain.objects.exists()


def check_domain(address: str) -> None:
    """Raise ValidationError unless the address lies in exactly one of the allowed domains."""
    domain = address.rpartition("@")[2].lower()
    if SignUpDomain.objects.filter(domain=domain).exists():
        return
    allowed = ", ".join(SignUpDomain.objects.values_list("domain", flat=True))
    raise ValidationError(
        f"Use your work email. Accounts are limited to addresses ending in {allowed}.",
        code="domain",
    )
