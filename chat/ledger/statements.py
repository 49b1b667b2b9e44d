"""The few statements that every batch of posts needs, in plain SQL.

They are asked while the session's row is locked, and the ORM takes several times longer to write
each of them than the database to answer it: with them a batch of fifty posts takes a third of the
time (`make bench-room`). Everything rarer is asked through models. PostgreSQL gets them prepared,
as reading and planning them takes it longer than answering.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection

from chat.law.sign_ins import Holding, SignedOut, SignIn
from chat.ledger.sql import (
    as_instant,
    as_stored,
    as_uuid,
    execute,
    one_of,
    one_of_texts,
    places,
    select,
)
from chat.models import Post, Silence
from curation.models import ChatSession, Topic
from people.models import Team, User

POST, SESSION = Post._meta.db_table, ChatSession._meta.db_table
TOPIC, USER = Topic._meta.db_table, User._meta.db_table
SILENCE, TEAM = Silence._meta.db_table, Team._meta.db_table
BROWSER = Session._meta.db_table


@dataclass(slots=True)
class Held:
    """A session whose row is locked: what the law depends on, and how far it has come."""

    pk: int
    starts_at: datetime
    status: str
    curator_id: int | None
    revision: int
    last_seq: int
    last_at: datetime | None
    closed_at: datetime | None

    def no_earlier(self, now: datetime) -> datetime:
        """That instant, or the latest one that was decided on: a clock may have been set back.

        So posts keep the order of their instants, and what was closed stays closed.
        """
        return max(now, self.last_at or now, self.closed_at or now)


def hold(session_id: int) -> Held:
    """Lock the session's row until the transaction ends. SQLite's has locked all of it already."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    [(starts_at, status, curator, revision, last_seq, last_at, closed_at)] = select(
        f"SELECT starts_at, status, curator_id, revision, last_seq, last_at, closed_at "  # noqa: S608
        f"FROM {SESSION} WHERE id = %s{lock}",
        [session_id],
    )
    return Held(
        session_id,
        as_instant(starts_at),
        status,
        curator,
        revision,
        last_seq,
        as_instant(last_at) if last_at and last_seq else None,
        as_instant(closed_at) if closed_at else None,
    )


class Author(NamedTuple):
    """As a post shows them."""

    name: str
    team: str | None


class Standing(NamedTuple):
    """Who of some people may sign in, what their sign-ins depend on, and the session's order."""

    active: dict[int, Author]
    holding: Holding
    silenced: set[int]
    topics: dict[int, int]  # primary keys by position


def standing(
    session_id: int, people: Collection[int], sign_ins: Collection[SignIn], now: datetime
) -> Standing:
    """All of it is asked at once: it is asked for each batch, while the session's row is locked."""
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


def ended(sign_ins: Collection[SignIn], now: datetime) -> set[SignIn]:
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


def known(session_id: int, keys: Collection[tuple[int, UUID]]) -> list[Any]:
    """(author, client id, seq, the revision of its acknowledgement) of posts that were taken.

    Pair by pair, each found in the unique index: asked for as two lists, or as a join that a
    database may turn round, it would try every author with every id, or read the whole session.
    """
    rows = select(*asked_for(session_id, keys))
    return [(person, as_uuid(client), seq, rev) for person, client, seq, rev in rows]


def asked_for(session_id: int, keys: Collection[tuple[int, UUID]]) -> tuple[str, list[Any]]:
    """The statement of `known`, and its values."""
    if connection.vendor == "postgresql":
        people, ids = zip(*keys, strict=True)
        return (
            "SELECT asked.*, p.* FROM unnest(%s::bigint[], %s::uuid[]) AS asked (author, client) "  # noqa: S608
            f"CROSS JOIN LATERAL (SELECT seq, taken_rev FROM {POST} WHERE session_id = %s "
            "AND author_id = asked.author AND client_id = asked.client LIMIT 1) p",
            [list(people), list(ids), session_id],
        )
    return (
        f"WITH asked (author, client) AS (VALUES {', '.join(['(%s, %s)'] * len(keys))}) "  # noqa: S608
        f"SELECT asked.*, p.seq, p.taken_rev FROM asked CROSS JOIN {POST} p WHERE "
        "p.session_id = %s AND p.author_id = asked.author AND p.client_id = asked.client",
        [*(value for person, id in keys for value in (person, id.hex)), session_id],
    )


def lately(session_id: int, people: Collection[int], since: datetime) -> list[Any]:
    """(author, instant) of those people's posts after that instant, oldest first."""
    among, ids = one_of(people)
    rows = select(
        f"SELECT author_id, at FROM {POST} WHERE session_id = %s AND at > %s "  # noqa: S608
        f"AND author_id {among} ORDER BY at",
        [session_id, as_stored(since), *ids],
    )
    return [(person, as_instant(at)) for person, at in rows]


def check_holds(sign_in: SignIn, now: datetime) -> None:
    """Raise SignedOut for a sign-in that holds no longer at that instant."""
    if ended([sign_in], now):
        raise SignedOut


class Row(NamedTuple):
    """A post as the room shows it; instants and ids as this database gives them."""

    pk: int
    seq: int
    rev: int
    taken_rev: int
    author_id: int
    client_id: Any
    body: str
    html: str
    at: Any
    state: str
    edited_at: Any
    pinned: bool
    from_prompt: bool
    name: str
    team: str | None
    topic: int
    reply_to: int | None


def changed_after(session_id: int, revision: int, most: int) -> list[Row]:
    """The posts of a session that changed after that revision, in the order of the changes."""
    rows = select(
        f"SELECT p.id, p.seq, p.rev, p.taken_rev, p.author_id, p.client_id, p.body, p.html, p.at, "  # noqa: S608
        f"p.state, p.edited_at, p.pinned, p.from_prompt, u.name, t.name, q.position, r.seq "
        f"FROM {POST} p JOIN {USER} u ON u.id = p.author_id JOIN {TOPIC} q ON q.id = p.topic_id "
        f"LEFT JOIN {TEAM} t ON t.id = u.team_id LEFT JOIN {POST} r ON r.id = p.reply_to_id "
        f"WHERE p.session_id = %s AND p.rev > %s ORDER BY p.rev LIMIT %s",
        [session_id, revision, most],
    )
    return [Row(*row) for row in rows]


@contextmanager
def snapshot() -> Iterator[None]:
    """Until the block ends, read the database as it is now; nothing is locked."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("COMMIT")


@dataclass(slots=True)
class NewPost:
    """A row to be: a model's instance takes as long to make as the row to store."""

    seq: int
    rev: int
    taken_rev: int
    topic_id: int
    author_id: int
    client_id: UUID
    body: str
    html: str
    reply_to_id: int | None
    from_prompt: bool


def store(session: Held, now: datetime, posts: Sequence[NewPost]) -> None:
    """Store new posts, all taken at that instant, and how far the session has come with them."""
    last_at = as_stored(session.last_at) if session.last_at else None
    values = [session.last_seq, last_at, session.revision, session.pk]
    same = [session.pk, as_stored(now), Post.State.SHOWN.value, False]
    if posts and connection.vendor == "postgresql":
        # All rows in one value: with a parameter for each, binding them takes longest.
        rows = [dict(zip(COLUMNS, VALUES_OF(post), strict=True)) for post in posts]
        execute(ADVANCE_AND_INSERT, [*values, *same, json.dumps(rows, default=str)])
        return
    execute(ADVANCE, values)
    if posts:
        with connection.cursor() as cursor:
            cursor.executemany(
                INSERT,
                [(*same, *row[:ID], row[ID].hex, *row[ID + 1 :]) for row in map(VALUES_OF, posts)],
            )


COLUMNS = tuple(field.name for field in fields(NewPost))
VALUES_OF = attrgetter(*COLUMNS)
ID = COLUMNS.index("client_id")
TYPES = dict.fromkeys(COLUMNS, "bigint") | {
    "client_id": "uuid",
    "body": "text",
    "html": "text",
    "from_prompt": "boolean",
}
ADVANCE = f"UPDATE {SESSION} SET last_seq = %s, last_at = %s, revision = %s WHERE id = %s"  # noqa: S608
INTO = f"INSERT INTO {POST} (session_id, at, state, pinned, {', '.join(COLUMNS)})"
INSERT = f"{INTO} VALUES (%s, %s, %s, %s, {places(COLUMNS)})"
ADVANCE_AND_INSERT = (
    f"WITH session AS ({ADVANCE}) {INTO} "  # noqa: S608
    "SELECT %s::bigint, %s::timestamptz, %s, %s::boolean, new.* "
    "FROM json_to_recordset(%s::json) "
    f"AS new ({', '.join(f'{name} {TYPES[name]}' for name in COLUMNS)})"
)


def keys(session_id: int, seqs: Collection[int]) -> dict[int, int]:
    """The primary keys of posts."""
    among, ids = one_of(seqs)
    return dict(
        select(
            f"SELECT seq, id FROM {POST} WHERE session_id = %s AND seq {among}",  # noqa: S608
            [session_id, *ids],
        )
    )
