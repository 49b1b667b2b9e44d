"""The welcome page, which sets up an installation that has no accounts yet.

It opens by a secret link that the terminal prints, until there is an account.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from curation.clock import database_now
from curation.law import validators
from curation.models import Series, Weekday
from curation.rota import schedule
from curation.rota.curators import make_curator
from people import audit, security_log, time_zones
from people.accounts.create import open_account
from people.accounts.forms import HOW_TO_CHOOSE
from people.forms import NameField, ZoneField
from people.models import User
from people.sign_ins import attempts, idle
from talktech.demo import loader
from talktech.models import FirstKey

OPEN_BEFORE_SETUP = ("/static/", "/health/", "/welcome/")


def setup_key() -> str:
    """Return this database's key, which is created on first use."""
    kept, _ = FirstKey.objects.get_or_create(pk=1)
    return kept.value


def setup_link(address: str) -> str:
    """Return the page's full address with the key, for the terminal."""
    return f"{address}{reverse('welcome')}?key={setup_key()}"


class WelcomeFirst:
    """Middleware: as long as there is no account, every page redirects to the welcome page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_set_up = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_set_up and not request.path.startswith(OPEN_BEFORE_SETUP):
            self.is_set_up = User.objects.exists()
            if not self.is_set_up:
                return redirect("welcome")
        return self.get_response(request)


class WelcomeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form for the weekly chat and the first admin."""

    weekday = forms.TypedChoiceField(choices=Weekday.choices, coerce=int, initial=Weekday.THURSDAY)
    local_time = forms.TimeField(
        label="Starts at",
        initial="14:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time, for example 14:00."},
    )
    time_zone = ZoneField(help_text="The chat stays at this local time all year round.")
    your_name = NameField(label="Your name")
    email = forms.EmailField(
        label="Your email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=HOW_TO_CHOOSE,
    )

    class Meta:
        model = Series
        fields = ("name", "weekday", "local_time", "time_zone")
        labels = {"name": "Name of the chat"}  # noqa: RUF012

    def __init__(self, typed: QueryDict | None, guess: str) -> None:
        # There is one series; if it exists already, without people, it is changed.
        super().__init__(typed, instance=Series.objects.order_by("pk").first())
        zone_field = self.fields["time_zone"]
        assert isinstance(zone_field, ZoneField)
        zone_field.offer(self.instance.time_zone or guess)
        if not self.is_bound and not guess:
            zone_field.widget.attrs["data-guess"] = ""  # static/js/pages/welcome.js fills it in

    def clean_name(self) -> str:
        return validators.tidy_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("password"):
            somebody = User(email=given.get("email", ""), name=given.get("your_name", ""))
            try:
                password_validation.validate_password(given["password"], somebody)
            except ValidationError as weak:
                self.add_error("password", weak)
        return given

    def create(self) -> User | None:
        """Create the series, its sessions and the admin; None if somebody else was first."""
        given = self.cleaned_data
        with transaction.atomic():
            if not lock_empty_installation():
                return None
            admin = open_account(
                User(
                    email=given["email"],
                    name=given["your_name"],
                    is_staff=True,
                    is_superuser=True,
                ),
                given["password"],
            )
            make_curator(admin)
            series = self.save()
            schedule.plan_first_sessions(series, admin, database_now())
            FirstKey.objects.all().delete()
        return admin


def lock_empty_installation() -> bool:
    """True if there are no accounts; none can be added until this transaction ends."""
    User.objects.lock_people()
    return not User.objects.exists()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    if User.objects.exists():
        return redirect("this-week")
    given = request.GET.get("key", "")
    if not constant_time_compare(given.encode(), setup_key().encode()):
        return render(request, "talktech/welcome_closed.html", status=403)
    if request.method == "POST" and "demo" in request.POST:
        return start_demo()
    typed = request.POST if request.method == "POST" else None
    form = WelcomeForm(typed, time_zones.browsers_zone(request))
    if form.is_valid():
        admin = form.create()
        if admin is not None:
            login(request, admin, backend=settings.AUTHENTICATION_BACKENDS[0])
            idle.mark_signed_in(request)
            audit.record(
                request,
                "person_added",
                "set up TalkTech",
                audit.described(admin),
                account=admin.pk,
            )
            security_log.write_event("sign_in", request, by="welcome")
        answer = redirect("this-week")
        if admin is not None:
            attempts.remember_browser(request, answer, admin.email)
        return answer
    return render(request, "talktech/welcome.html", {"form": form})


def start_demo() -> HttpResponse:
    with transaction.atomic():
        if lock_empty_installation():
            loader.load(database_now())
    return redirect("account_login")
