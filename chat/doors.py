"""Who may come into a room: the origin of the page, the sign-in, the session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from chat import tail
from chat.models import Attendance
from chat.presence import Here, Person
from chat.protocol import instant
from people.models import User

# The close codes of the protocol.
SERVICE_RESTART = 1012
SIGNED_OUT, NO_SUCH_SESSION, TOO_SLOW, TOO_MANY = 4401, 4404, 4408, 4429
LARGEST_ID = 2**63 - 1


class Shut(Exception):
    """Not let in; the close code of the protocol says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody at the door of a room, let in; without a sign-in it is nobody's browser."""

    person_id: int
    person: Person
    here: Here
    facts: tail.Facts
    sign_in: tail.SignIn | None


def header(scope: Mapping[str, Any], name: bytes) -> str:
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def is_our_page(scope: Mapping[str, Any]) -> bool:
    """Does the handshake come from a page of ours: the same scheme, host and port?

    Without TALKTECH_URL ours are the loopback addresses at the port that is served.
    """
    origin = header(scope, b"origin").lower()
    if settings.CONFIG.talktech_url:
        return origin == as_browsers_write(settings.CONFIG.talktech_url)
    port = (scope.get("server") or ("", 0))[1]
    return origin in {as_browsers_write(f"http://{host}:{port}") for host in settings.LOOPBACK}


def as_browsers_write(origin: str) -> str:
    """The origin without the port that its scheme has anyway."""
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def session_key(scope: Mapping[str, Any]) -> str | None:
    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else None


def admit(key: str | None, session_id: int) -> Admission:
    """Let the person of that sign-in into that session's room. Raises Shut."""
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(key)
    user = auth.get_user(request) if key else None
    if not isinstance(user, User) or not user.is_active:
        raise Shut(SIGNED_OUT)
    facts = tail.facts(session_id) if session_id <= LARGEST_ID else None
    if facts is None:
        raise Shut(NO_SUCH_SESSION)
    attendance = Attendance.objects.filter(session=session_id, person=user).first()
    here = (
        Here(attendance.mode, attendance.named, instant(attendance.since)) if attendance else Here()
    )
    return Admission(
        person_id=user.pk,
        person=tail.person(user, facts.curator_id),
        here=here,
        facts=facts,
        sign_in=(str(key), user.pk, user.password),
    )
