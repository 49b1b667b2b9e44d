"""Decides who is admitted to a room, by the page's origin, the sign-in and the session."""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from chat import attendance
from chat.edges import tickets
from chat.law.sign_ins import SignIn, fingerprint
from chat.room.connection import Admission
from chat.room.post_frames import person
from chat.room.reader import SessionFacts, read_facts
from chat.wire.close_codes import NO_SUCH_SESSION, SIGNED_OUT, NotAdmitted
from curation.models import ChatSession
from people.models import User
from people.sign_ins.sessions import KEY

LARGEST_ID = 2**63 - 1
MOST_FIELDS = 20


def header(scope: Mapping[str, Any], name: bytes) -> str:
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def is_our_page(scope: Mapping[str, Any]) -> bool:
    """Does the handshake come from one of our pages: the same scheme, host and port?

    Without TALKTECH_URL, our pages are at the loopback addresses and the port that is served.
    """
    origin = header(scope, b"origin").lower()
    if settings.CONFIG.talktech_url:
        return origin == without_default_port(settings.CONFIG.talktech_url)
    port = (scope.get("server") or ("", 0))[1]
    return origin in {without_default_port(f"http://{host}:{port}") for host in settings.LOOPBACK}


def without_default_port(origin: str) -> str:
    """The origin as browsers send it, without the port that its scheme implies."""
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def session_key(scope: Mapping[str, Any]) -> str | None:
    """The key in the cookie; None also for a value that can't be a key, so it is not looked up."""
    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel and KEY.fullmatch(morsel.value) else None


def query(scope: Mapping[str, Any]) -> dict[str, str]:
    """The first value of each field. Raises ValueError for more fields than any address has."""
    text = scope.get("query_string", b"").decode("latin-1")
    fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return {name: values[0] for name, values in fields.items()}


def ticket(scope: Mapping[str, Any]) -> str:
    try:
        return query(scope).get("ticket", "")
    except ValueError:
        return ""


def admit_with_ticket(ticket: str, key: str | None, facts: SessionFacts) -> Admission | None:
    """Admit the holder of a valid ticket to a room that is open here, without a database query."""
    holder = tickets.read(ticket, facts.session_id, key, facts.curator_id)
    if holder is None:
        return None
    person_id, person, here, sign_in = holder
    return Admission(person_id, person, here, facts, sign_in)


def admit(key: str | None, session_id: int, facts: SessionFacts | None = None) -> Admission:
    """Admit the person of that sign-in to that session's room. Raises NotAdmitted.

    `facts` are those of a room that is open already.
    """
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(key)
    user = auth.get_user(request) if key else None
    if not isinstance(user, User) or not user.is_active:
        raise NotAdmitted(SIGNED_OUT)
    if facts is None and session_id <= LARGEST_ID:
        facts = read_facts(session_id)
    if facts is None:
        raise NotAdmitted(NO_SUCH_SESSION)
    return Admission(
        person_id=user.pk,
        person=person(user, facts.curator_id),
        here=attendance.read_attendance(session_id, user.pk),
        facts=facts,
        sign_in=SignIn(str(key), user.pk, fingerprint(user.password)),
    )


def ticket_for(session: ChatSession, user: User, key: str | None) -> str:
    """The ticket that the room's page carries; '' without a sign-in by cookie."""
    if not key:
        return ""
    return tickets.issue(
        session.pk,
        SignIn(key, user.pk, fingerprint(user.password)),
        person(user, session.curator_id),
        attendance.read_attendance(session.pk, user.pk),
    )
