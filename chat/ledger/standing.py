"""Whether people may do anything in a session now: active, signed in, not silenced.

Plain SQL, because it is read for each batch while the session's row is locked.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.contrib.sessions.models import Session

from chat.law.sign_ins import Holding, SignedOut, SignIn
from chat.ledger.sql import as_stored, one_of, one_of_texts, select
from chat.models import Silence
from curation.models import Topic
from people.models import Team, User

USER, TEAM, TOPIC = User._meta.db_table, Team._meta.db_table, Topic._meta.db_table
SILENCE, BROWSER = Silence._meta.db_table, Session._meta.db_table


class Author(NamedTuple):
    """As a post shows them."""

    name: str
    team: str | None


class Standing(NamedTuple):
    """Which of some people are active, what their sign-ins depend on, and the session's topics."""

    active: dict[int, Author]
    holding: Holding
    silenced: set[int]
    topics: dict[int, int]  # primary keys by position


def read_standing(
    session_id: int, people: Collection[int], sign_ins: Collection[SignIn], now: datetime
) -> Standing:
    """All of it in one statement."""
    active: dict[int, Author] = {}
    passwords: dict[int, str] = {}
    browsers: set[str] = set()
    silenced: set[int] = set()
    topics: dict[int, int] = {}
    among, ids = one_of(people)
    among_keys, keys = one_of_texts({one.key for one in sign_ins})
    rows = select(
        "SELECT 1, u.id, 0, u.name, t.name, u.password "  # noqa: S608
        f"FROM {USER} u LEFT JOIN {TEAM} t ON t.id = u.team_id WHERE u.is_active AND u.id {among} "
        f"UNION ALL SELECT 2, person_id, 0, '', '', '' FROM {SILENCE} WHERE session_id = %s "
        f"UNION ALL SELECT 3, id, position, '', '', '' FROM {TOPIC} WHERE session_id = %s "
        f"UNION ALL SELECT 4, 0, 0, session_key, '', '' FROM {BROWSER} "
        f"WHERE session_key {among_keys} AND expire_date > %s",
        [*ids, session_id, session_id, *keys, as_stored(now)],
    )
    for kind, pk, position, name, team, password in rows:
        if kind == 1:
            active[pk] = Author(name, team)
            passwords[pk] = password
        elif kind == 2:
            silenced.add(pk)
        elif kind == 3:
            topics[position] = pk
        else:
            browsers.add(name)
    return Standing(active, Holding(passwords, browsers), silenced, topics)


def ended_sign_ins(sign_ins: Collection[SignIn], now: datetime) -> set[SignIn]:
    """Which of these sign-ins hold no longer at that instant."""
    if not sign_ins:
        return set()
    among, ids = one_of({one.person_id for one in sign_ins})
    among_keys, keys = one_of_texts({one.key for one in sign_ins})
    rows = select(
        f"SELECT id, password FROM {USER} WHERE is_active AND id {among} "  # noqa: S608
        f"UNION ALL SELECT 0, session_key FROM {BROWSER} "
        f"WHERE session_key {among_keys} AND expire_date > %s",
        [*ids, *keys, as_stored(now)],
    )
    passwords = {pk: text for pk, text in rows if pk}
    return Holding(passwords, {text for pk, text in rows if not pk}).ended(sign_ins)


def check_sign_in(sign_in: SignIn, now: datetime) -> None:
    """Raise SignedOut for a sign-in that holds no longer at that instant."""
    if ended_sign_ins([sign_in], now):
        raise SignedOut
