"""allauth's account adapter: who may sign up, how sign-ins are counted, and the error messages."""

from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from people import limits, security_log
from people.accounts import email_limits, sign_up
from people.models import User
from people.sign_ins import attempts, endings, idle

NAME_TAKEN = "Someone here already has your name, so you appear as {}. You can change it under You."
LONGEST_ADDRESS = 254  # as people.models.User.email


def public_url(url: str) -> str:
    """Return the address of the same page under TALKTECH_URL, if that is set."""
    base: str = settings.CONFIG.talktech_url
    return base + urlsplit(url)._replace(scheme="", netloc="").geturl() if base else url


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is deactivated. An admin can reactivate it.",
        "email_password_mismatch": "The email or password is wrong.",
        # Shown after the right code, if the address has got an account in another way meanwhile.
        "email_taken": sign_up.GONE,
        "enter_current_password": "This is not your current password.",
        "incorrect_code": "That’s not the code we sent.",
        "incorrect_password": "This is not your password.",
        "invalid_or_expired_key": "This link has already been used or has expired.",
        "invalid_password_reset": "This link has already been used or has expired.",
        "too_many_login_attempts": "Too many attempts. Wait a while, or choose a new password.",
        "rate_limited": "Too many attempts. Wait a moment, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """True once an admin has allowed an email domain."""
        return sign_up.is_open()

    def clean_email(self, email: str) -> str:
        """Check the length only. Every form calls this; domains are checked at sign-up."""
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(
                f"An email address can have at most {LONGEST_ADDRESS} characters.", code="length"
            )
        return email

    def new_user(self, request: HttpRequest) -> User:
        """Return an unconfirmed user; in a demo a simulated one, so that it stays a demo."""
        return User(simulated=User.objects.only_simulated(), is_confirmed=False)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            person = email_address.user
            if not sign_up.confirm(person):
                messages.info(request, NAME_TAKEN.format(person.name))
            security_log.write_event("person_confirmed", request, account=email_address.user_id)
        return confirmed

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user with that address and password; None after a failure, which counts."""
        email, now = credentials.get("email", ""), timezone.now()
        taken = attempts.count_attempt(request, email, now)
        if not taken:
            security_log.write_event("sign_in_locked", request, account=email)
            raise self.validation_error("too_many_login_attempts")
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            security_log.write_event("sign_in_failed", request, account=email)
        else:
            limits.uncount_try(taken, now)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Skip allauth's own counting by account and Host; `authenticate` counts instead."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        idle.mark_signed_in(request)
        security_log.write_event("sign_in", request)

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **facts)
        attempts.remember_browser(request, response, user.email)
        return response

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        security_log.write_event("sign_out", request)
        super().logout(request)
        if person.pk is not None:
            endings.report_possible_end(person.pk)

    def set_password(self, user: User, password: str) -> None:
        """Set a password chosen by its owner; earlier attempts at the old one no longer count."""
        super().set_password(user, password)
        endings.report_possible_end(user.pk)
        attempts.clear(self.request, user.email)
        security_log.write_event("password_changed", self.request, account=user.pk)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail whose links are made from TALKTECH_URL, never from the request.

        It is not sent if this address has had too many emails that anyone could ask for.
        """
        request = self.request
        asked = template_prefix in email_limits.ASKED_FOR
        if asked and not email_limits.count_email(request, email, timezone.now()):
            security_log.write_event("email_withheld", request, account=email)
            is_link = template_prefix in email_limits.LINKS
            words = email_limits.ENOUGH_LINKS if is_link else email_limits.ENOUGH_CODES
            raise ImmediateHttpResponse(render(request, "429.html", {"words": words}, status=429))
        links = {name: public_url(url) for name, url in context.items() if name.endswith("_url")}
        site = SimpleNamespace(domain=settings.CONFIG.netloc or request.get_host())
        super().send_mail(template_prefix, email, {**context, **links, "current_site": site})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("you")

    def is_safe_url(self, url: str) -> bool:
        """True for a page of this site; allauth raises an exception for "http://[x]/"."""
        here = context.request
        return url_has_allowed_host_and_scheme(url, {here.get_host()}, here.is_secure())
