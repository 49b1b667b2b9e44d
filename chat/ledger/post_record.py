"""The one record of a post, from the database to the frame.

The statements that store and read posts are made from its fields. A field on a post takes:

1. `chat/models/post.py`: the column; `manage.py makemigrations` writes the migration.
2. `PostRecord` here: a field of the column's name, with a default; or, if a new post brings a value
   for it, set in `new_post`.
3. `chat/room/post_frames.py`: its place in the frame, in `encode`.
4. `docs/protocol.md`: its line among the fields of a post.
5. `static/js/posts/`: where it is shown.

If people send the field, `NewPost` in `chat/law/commands.py` has it too, and
`chat/wire/protocol.py` parses it.
"""

from datetime import datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from chat.law.commands import NewPost, Submission
from chat.ledger.locked_session import LockedSession
from chat.ledger.standing import Author


class PostRecord(NamedTuple):
    """A post as it is stored, with what is joined to it.

    SQLite gives ids and instants as text; `sql.as_uuid` and `sql.as_instant` read either form. They
    are not converted when they are read, so that one broken row does not stop the others.
    """

    seq: int
    rev: int
    taken_rev: int
    topic_id: int
    author_id: int
    client_id: UUID | str
    body: str
    html: str
    at: datetime | str
    reply_to_id: int | None
    # Joined: see `JOINED`.
    topic: int  # its position
    reply_to: int | None  # its seq
    author_name: str
    author_team: str | None
    id: int = 0  # 0 for a post that was stored just now; nothing hangs on it
    state: str = "shown"
    edited_at: datetime | str | None = None
    pinned: bool = False
    from_prompt: bool = False


# The fields that are no columns of a post, as `post_statements.changed_after` names them.
JOINED = {
    "topic": "topic.position",
    "reply_to": "reply.seq",
    "author_name": "author.name",
    "author_team": "team.name",
}
# The columns that a new post brings; `at` is stored once for all new posts of a batch.
STORED = tuple(name for name in PostRecord._fields if name not in {*JOINED, "id", "at"})
stored_values = itemgetter(*(PostRecord._fields.index(name) for name in STORED))


def new_post(
    submission: Submission,
    session: LockedSession,
    *,
    author: Author,
    topic: tuple[int, int],
    reply_to: tuple[int, int] | None,
) -> PostRecord:
    """The post that a command makes, at the session's last seq, revision and instant.

    `topic` is its position and primary key, `reply_to` the seq and primary key of a post.
    """
    command, client_id, rendering = submission.command, submission.client_id, submission.rendering
    assert isinstance(command, NewPost) and client_id and rendering and session.last_at
    return PostRecord(
        seq=session.last_seq,
        rev=session.revision,
        taken_rev=session.revision,
        topic_id=topic[1],
        author_id=submission.person_id,
        client_id=client_id,
        body=command.body,
        html=rendering.html,
        at=session.last_at,
        reply_to_id=reply_to[1] if reply_to else None,
        topic=topic[0],
        reply_to=reply_to[0] if reply_to else None,
        author_name=author.name,
        author_team=author.team,
        from_prompt=command.from_prompt,
    )
