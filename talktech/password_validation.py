"""Refuses passwords that are easy to guess: the chat, the company, a season, a year."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from curation.models import Series
from people.models import SignUpDomain, User

LEAST_ELSE = 5  # letters that belong to none of these words
SPELLED = str.maketrans("013457@$!|", "oieastasil")
SEASONS = ["spring", "summer", "autumn", "fall", "winter"]
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
USUAL = [
    "welcome",
    "hello",
    "password",
    "passwort",
    "login",
    "letmein",
    "secret",
    "changeme",
    "qwerty",
    "company",
]
ENDINGS = frozenset(("com", "org", "net", "www", "example", "localhost"))
SHORTEST = 3


class GuessableWordsValidator:
    """Refuses a password of guessable words, digits and signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = folded(password)
        known = sorted(set(guessable_words(user)), key=len, reverse=True)
        for word in known:
            rest = rest.replace(word, " ")
        if len(rest) < len(folded(password)) and len(rest.replace(" ", "")) < LEAST_ELSE:
            raise ValidationError(
                "This is made of words that anyone here would try: the chat, the company, a "
                "season, a year. Add a few words that have nothing to do with them.",
                code="place",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be made of words that anyone here would try."


def guessable_words(user: User | None) -> Iterator[str]:
    """Yield the guessable words, as returned by `folded`."""
    yield from ("talktech", "talk", "tech", *SEASONS, *MONTHS, *DAYS, *USUAL)
    texts = [*Series.objects.values_list("name", flat=True)]
    texts += SignUpDomain.objects.values_list("domain", flat=True)
    texts.append(urlsplit(settings.CONFIG.talktech_url).hostname or "")
    if user is not None:
        texts.append(user.email.rpartition("@")[2])
    for text in texts:
        parts = [folded(part) for part in re.split(r"[\W_]+", text)]
        yield from (part for part in parts if len(part) >= SHORTEST and part not in ENDINGS)
        whole = folded(text)
        if len(whole) >= SHORTEST:
            yield whole


def folded(text: str) -> str:
    """Return the letters in lower case without accents, with digits and signs as letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub(r"(19|20)\d\d|\d+$", " ", plain).translate(SPELLED)
    return "".join(char for char in plain if char.isalpha())
