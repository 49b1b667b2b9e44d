"""An email domain whose addresses may sign up."""

from django.core.validators import RegexValidator
from django.db import models

from people import email_domains


class SignUpDomain(models.Model):
    """Anyone who reads mail at this domain may sign up. Without any domain sign-up is closed."""

    domain = models.CharField(
        max_length=253,
        unique=True,
        validators=[
            RegexValidator(
                r"\A(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+\Z",
                "Enter the part after the @, for example example.com.",
            ),
            email_domains.check_not_public,
        ],
    )

    class Meta:
        ordering = ("domain",)
        verbose_name = "allowed email domain"

    def __str__(self) -> str:
        return self.domain
