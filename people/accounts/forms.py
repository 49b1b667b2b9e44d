"""allauth's forms with our texts; sign-up asks for a name and checks the email domain."""

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.core import context
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from people.accounts import email_limits, sign_up
from people.forms import NameField
from people.lookalikes import impersonation
from people.models import User

HOW_TO_CHOOSE = (
    "At least eight characters. Avoid common passwords and anything like your name or email."
)


class FormTexts:
    """Mixin: our labels and help texts by field, and no placeholders that repeat the label."""

    labels: ClassVar[dict[str, str]] = {}
    help_texts: ClassVar[dict[str, str]] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.help_texts.get(name, field.help_text)


class LoginForm(FormTexts, allauth.LoginForm):  # type: ignore[misc]
    labels: ClassVar = {"login": "Email"}
    help_texts: ClassVar = {"password": ""}


class SignUpForm(FormTexts, allauth.SignupForm):  # type: ignore[misc]
    field_order = ("name", "email", "password1")
    labels: ClassVar = {"email": "Work email"}
    help_texts: ClassVar = {"password1": HOW_TO_CHOOSE}

    account_already_exists: bool

    name = NameField(label="Name", help_text="As your colleagues know you.")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        impersonation.check_rank(name, impersonation.AT_SIGN_UP)
        impersonation.check_team_in_name(name)
        return name

    def clean_email(self) -> str:
        address: str = super().clean_email()
        sign_up.check_domain(address)
        check_email_limit(address, email_limits.ENOUGH_CODES)
        return address

    def try_save(self, request: HttpRequest) -> Any:
        """Save the sign-up; a second one with the same address gets the same answer.

        An unconfirmed account is replaced, as the later sign-up may be the owner’s.
        """
        if self.account_already_exists and sign_up.delete_unconfirmed(self.cleaned_data["email"]):
            self.account_already_exists = False
        if self.account_already_exists:
            # Hashing takes most of the time; without it, the time would show which accounts exist.
            User().set_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


def check_email_limit(address: str, sentence: str) -> None:
    """Raise ValidationError if the limit of emails to that address is used up."""
    if email_limits.is_used_up(context.request, address, timezone.now()):
        raise ValidationError(sentence, code="letters")


class ChangePasswordForm(FormTexts, allauth.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "Repeat new password",
    }
    help_texts: ClassVar = {"oldpassword": "", "password1": HOW_TO_CHOOSE}


class SetPasswordForm(FormTexts, allauth.SetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"password1": "Password", "password2": "Repeat password"}
    help_texts: ClassVar = {"password1": HOW_TO_CHOOSE}


class ResetPasswordForm(FormTexts, allauth.ResetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"email": "Email"}

    def clean_email(self) -> str:
        address: str = super().clean_email()
        check_email_limit(address, email_limits.ENOUGH_LINKS)
        return address


class ResetPasswordKeyForm(FormTexts, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar = {"password1": "New password", "password2": "Repeat new password"}
    help_texts: ClassVar = {"password1": HOW_TO_CHOOSE}


class ReauthenticateForm(FormTexts, allauth.ReauthenticateForm):  # type: ignore[misc]
    help_texts: ClassVar = {"password": ""}


class ConfirmCodeForm(FormTexts, allauth.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    labels: ClassVar = {"code": "Code from the email"}
