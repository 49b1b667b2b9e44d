"""The statements that every batch of posts needs, and the reading of posts, in plain SQL.

They run while the session's row is locked, and the ORM takes several times longer to write each of
them than the database to answer it: with them a batch of fifty posts takes a third of the time
(`make bench-room`). Everything rarer goes through models. PostgreSQL gets them prepared, as reading
and planning them takes it longer than answering.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from chat.ledger.answers import Key
from chat.ledger.locked_session import LockedSession
from chat.ledger.post_record import JOINED, STORED, PostRecord, stored_values
from chat.ledger.sql import as_instant, as_stored, as_uuid, execute, one_of, places, select
from chat.models import Post
from curation.models import ChatSession, Topic
from people.models import Team, User

POST, SESSION = Post._meta.db_table, ChatSession._meta.db_table
TOPIC, USER, TEAM = Topic._meta.db_table, User._meta.db_table, Team._meta.db_table

ADVANCE = f"UPDATE {SESSION} SET last_seq = %s, last_at = %s, revision = %s WHERE id = %s"  # noqa: S608
INTO = f"INSERT INTO {POST} (session_id, at, {', '.join(STORED)})"
INSERT = f"{INTO} VALUES (%s, %s, {places(STORED)})"
ADVANCE_AND_INSERT = (
    f"WITH session AS ({ADVANCE}) {INTO} "  # noqa: S608
    f"SELECT %s::bigint, %s::timestamptz, {', '.join(f'new.{name}' for name in STORED)} "
    f"FROM json_populate_recordset(NULL::{POST}, %s::json) AS new"
)
CLIENT_ID = STORED.index("client_id")

CHANGED_AFTER = (
    f"SELECT {', '.join(JOINED.get(name, f'post.{name}') for name in PostRecord._fields)} "  # noqa: S608
    f"FROM {POST} post JOIN {USER} author ON author.id = post.author_id "
    f"JOIN {TOPIC} topic ON topic.id = post.topic_id "
    f"LEFT JOIN {TEAM} team ON team.id = author.team_id "
    f"LEFT JOIN {POST} reply ON reply.id = post.reply_to_id "
    "WHERE post.session_id = %s AND post.rev > %s ORDER BY post.rev LIMIT %s"
)


def find_known(session_id: int, keys: Collection[Key]) -> list[tuple[Key, int, int]]:
    """The key, the seq and the acknowledged revision of posts that were taken under these keys.

    Pair by pair, each found in the unique index: asked for as two lists, or as a join that a
    database may turn round, it would try every author with every id, or read the whole session.
    """
    rows = select(*known_statement(session_id, keys))
    return [((person, as_uuid(client)), seq, rev) for person, client, seq, rev in rows]


def known_statement(session_id: int, keys: Collection[Key]) -> tuple[str, list[Any]]:
    """The statement of `find_known`, and its values."""
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


def find_recent(
    session_id: int, people: Collection[int], since: datetime
) -> Iterable[tuple[int, datetime]]:
    """(author, instant) of those people's posts after that instant, oldest first."""
    among, ids = one_of(people)
    rows = select(
        f"SELECT author_id, at FROM {POST} WHERE session_id = %s AND at > %s "  # noqa: S608
        f"AND author_id {among} ORDER BY at",
        [session_id, as_stored(since), *ids],
    )
    return [(person, as_instant(at)) for person, at in rows]


def find_ids(session_id: int, seqs: Collection[int]) -> dict[int, int]:
    """The primary keys of posts, by their seq."""
    among, values = one_of(seqs)
    return dict(
        select(
            f"SELECT seq, id FROM {POST} WHERE session_id = %s AND seq {among}",  # noqa: S608
            [session_id, *values],
        )
    )


def changed_after(session_id: int, revision: int, most: int) -> list[PostRecord]:
    """The posts of a session that changed after that revision, in the order of the changes."""
    return [PostRecord._make(row) for row in select(CHANGED_AFTER, [session_id, revision, most])]


def store_posts(session: LockedSession, posts: Sequence[PostRecord]) -> None:
    """Store new posts, all at the session's last instant, and how far it has come with them."""
    last_at = as_stored(session.last_at) if session.last_at else None
    advance = [session.last_seq, last_at, session.revision, session.pk]
    same = session.pk, last_at
    if posts and connection.vendor == "postgresql":
        # All rows in one value: with a parameter for each, binding them takes longest.
        rows = [dict(zip(STORED, stored_values(post), strict=True)) for post in posts]
        execute(ADVANCE_AND_INSERT, [*advance, *same, json.dumps(rows, default=str)])
        return
    execute(ADVANCE, advance)
    if posts:
        with connection.cursor() as cursor:
            rows_of_values = [
                (*same, *values[:CLIENT_ID], values[CLIENT_ID].hex, *values[CLIENT_ID + 1 :])
                for values in map(stored_values, posts)
            ]
            cursor.executemany(INSERT, rows_of_values)
