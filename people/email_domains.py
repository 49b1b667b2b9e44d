"""Email domains for sign-up: normalizing what an admin types, and refusing public providers."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

# Providers where anybody can get an address: allowing one would let anybody sign up. The list is
# our own, as it has to catch an admin's mistake and no more; published lists of thousands get out
# of date and contain companies' own domains.
EVERY_COUNTRY = frozenset(  # with any ending: hotmail.com, hotmail.co.uk, hotmail.fr
    ("gmail", "googlemail", "gmx", "hotmail", "live", "outlook", "yahoo", "yandex", "ymail")
)
PROVIDERS = frozenset(
    """
    10minutemail.com 126.com 163.com aol.com arcor.de att.net bluewin.ch bol.com.br
    btinternet.com comcast.net daum.net duck.com fastmail.com free.fr freenet.de
    guerrillamail.com hanmail.net hey.com hushmail.com icloud.com inbox.com interia.pl
    laposte.net libero.it mac.com mail.com mail.de mail.ru mailbox.org mailinator.com me.com
    msn.com naver.com o2.pl onet.pl orange.fr pm.me posteo.de proton.me protonmail.com qq.com
    rediffmail.com rocketmail.com sbcglobal.net seznam.cz sfr.fr sky.com t-online.de
    temp-mail.org tiscali.it tuta.com tuta.io tutanota.com uol.com.br verizon.net virgilio.it
    virginmedia.com wanadoo.fr web.de wp.pl yopmail.com zoho.com zohomail.com
    """.split()  # noqa: SIM905 (a list of a line each would be ten times as long)
)


def normalize_domain(typed: str) -> str:
    """Return the bare domain of "@acme.example", "https://Acme.example/" or "ann@acme.example"."""
    text = typed.strip().lower()
    if "://" in text:
        try:
            text = (urlsplit(text).hostname or "").removeprefix("www.")
        except ValueError:
            return text
    return text.rpartition("@")[2].rstrip("/.")


def check_not_public(domain: str) -> None:
    """Raise ValidationError for a provider where anybody can get an address."""
    labels = domain.split(".")
    family = labels[0] if len(labels) == 2 or is_country_ending(labels[1:]) else ""
    if domain in PROVIDERS or family in EVERY_COUNTRY:
        raise ValidationError(
            f"Anyone in the world can get an address at {domain}, so anyone could sign up. "
            "Enter a domain that belongs to your company.",
            code="public",
        )


def is_country_ending(labels: list[str]) -> bool:
    """True for endings like co.uk and com.br."""
    return len(labels) == 2 and labels[0] in ("co", "com") and len(labels[1]) == 2
