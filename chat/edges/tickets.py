"""Tickets to a room: what the page knows about its reader, signed, and valid for a minute.

A ticket spares the handshake its look-ups, so that a thousand people can come at once. It is bound
to the person, the session and the sign-in: it is worthless without the cookie it was made for, and
`chat.room.sign_in_checks` still checks whether that sign-in holds. It says nothing about rights,
which are checked where they are used.
"""

from typing import Any

from django.core import signing

from chat.attendance import Here
from chat.law.sign_ins import SignIn, fingerprint
from chat.room.presence import Person

SALT = "a ticket to the room"
LASTS = 60  # seconds

Holder = tuple[int, Person, Here, SignIn]


def issue(session_id: int, sign_in: SignIn, person: Person, here: Here) -> str:
    key, person_id, password = sign_in
    fields = [
        session_id, person_id, fingerprint(key), password, person["name"], person["team"],
        here.mode, here.named, here.since,
    ]  # fmt: skip
    return signing.dumps(fields, salt=SALT)


def read(ticket: str, session_id: int, key: str | None, curator_id: int | None) -> Holder | None:
    """The holder of this ticket; None if it is forged, expired, or another person's."""
    if not ticket or not key:
        return None
    try:
        fields: list[Any] = signing.loads(ticket, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    session, person_id, holder, password, name, team, mode, named, since = fields
    if session != session_id or holder != fingerprint(key):
        return None
    person = {"id": person_id, "name": name, "team": team, "host": person_id == curator_id}
    return person_id, person, Here(mode, named, since), SignIn(key, person_id, password)
