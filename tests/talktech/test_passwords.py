"""Passwords of guessable words are refused; long ones of other words are not."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from curation.models import Series
from people.models import SignUpDomain, User
from talktech.password_validation import GuessableWordsValidator

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(series: Series, settings: Any) -> User:
    Series.objects.update(name="#Friday Bytes")
    SignUpDomain.objects.create(domain="acme-learning.com")
    url = {"talktech_url": "https://chat.brightlane.example"}
    settings.CONFIG = settings.CONFIG.model_copy(update=url)
    return User(email="eve@partner.example", name="Eve Sandberg")


@pytest.mark.parametrize(
    "password",
    [
        "talktech", "TalkTech2026", "talktech-2026!", "T4lkT3ch!", "Summer2026!", "2026winter",
        "fridaybytes", "FridayBytes1", "Bytes Friday 26", "acme2026", "AcmeLearning!",
        "brightlane1", "Partner2025", "Welcome2026", "Password!!!1", "November2026", "tälktèch",
    ],
)  # fmt: skip
def test_guessable_words_are_refused(place: User, password: str) -> None:
    with pytest.raises(ValidationError):
        GuessableWordsValidator().validate(password, place)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "a staple for it", "summer giraffe", "talkative walrus",
        "xK9-vq2LmP", "welcome to the jungle gym", "пароль для чата", "安全的密码在这里",
    ],
)  # fmt: skip
def test_other_words_are_accepted_even_with_a_guessable_one(place: User, password: str) -> None:
    GuessableWordsValidator().validate(password, place)


def test_every_form_with_a_password_checks_it(place: User) -> None:
    with pytest.raises(ValidationError, match="anyone here would try"):
        validate_password("TalkTech2026", place)
