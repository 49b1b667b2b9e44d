"""The first minute: an installation without people leads to a page that founds one.

The page is protected by a link that the terminal prints; it works until somebody has an account.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache

from curation import schedule
from curation.crew import make_curator
from curation.instants import read_clock
from curation.models import Series, Turn
from people import zones
from people.accounts import open_account
from people.models import User
from talktech.demo import loader

OPEN_TO_NOBODY = ("/static/", "/health/", "/welcome/")
ASIDE = "talktech.welcome"


def key() -> str:
    return salted_hmac(ASIDE, "the first account", algorithm="sha256").hexdigest()[:40]


def link(address: str) -> str:
    """The page's full address, key and all, for the terminal."""
    return f"{address}{reverse('welcome')}?key={key()}"


class WelcomeFirst:
    """Middleware: with no account yet, every page leads to the welcome page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_founded = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_founded and not request.path.startswith(OPEN_TO_NOBODY):
            self.is_founded = User.objects.exists()
            if not self.is_founded:
                return redirect("welcome")
        return self.get_response(request)


class WelcomeForm(forms.ModelForm):
    """The chat, and the first admin."""

    weekday = forms.TypedChoiceField(
        choices=Series._meta.get_field("weekday").choices, coerce=int, initial=3
    )
    local_time = forms.TimeField(
        label="Starts at",
        initial="14:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="By the wall clock of the time zone, all year round.",
    )
    time_zone = forms.ChoiceField(choices=zones.choices)
    your_name = forms.CharField(
        validators=User._meta.get_field("name").validators,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text="At least eight characters, not a common one.",
    )

    class Meta:
        model = Series
        fields = ("name", "weekday", "local_time", "time_zone")
        labels = {"name": "Name of the chat"}  # noqa: RUF012

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

    def found(self) -> User | None:
        """Make the series, its sessions and the admin; None if somebody else was first."""
        given = self.cleaned_data
        with transaction.atomic():
            if not first_of_all():
                return None
            admin = open_account(
                User(
                    email=given["email"],
                    name=given["your_name"],
                    time_zone=given["time_zone"],
                    is_staff=True,
                    is_superuser=True,
                ),
                given["password"],
            )
            make_curator(admin)
            series = self.save()
            Turn.objects.create(series=series, person=admin, position=1)
            schedule.plan(series, read_clock())
        return admin


def first_of_all() -> bool:
    """Is there nobody yet? Whoever asks holds the answer until their transaction ends."""
    list(ContentType.objects.select_for_update().filter(app_label="people", model="user"))
    return not User.objects.exists()


@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    if User.objects.exists():
        return redirect("this-week")
    given = request.GET.get("key", "")
    if not constant_time_compare(given.encode(), key().encode()):
        return render(request, "talktech/welcome_closed.html", status=403)
    if request.method == "POST" and "demo" in request.POST:
        return start_demo()
    form = WelcomeForm(
        request.POST or None,
        initial={"time_zone": zones.browsers_zone(request) or "UTC", "name": "#TalkTech"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            admin = form.found()
        except ValidationError as invalid:
            form.add_error(None, invalid)
        else:
            if admin is not None:
                login(request, admin, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("this-week")
    return render(request, "talktech/welcome.html", {"form": form})


def start_demo() -> HttpResponse:
    try:
        loader.load(read_clock())
    except loader.RealPeople:
        return redirect("this-week")
    return redirect("account_login")
