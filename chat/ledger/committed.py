"""What a process stored just now, for its own room: what reading it back would give."""

from dataclasses import dataclass
from datetime import datetime

from chat.ledger.statements import Author, NewPost, Row
from chat.models import Post


@dataclass(frozen=True, slots=True)
class Committed:
    """The new posts of a batch as they are stored, and the revision that they follow upon.

    Nothing else was changed between it and the last of them.
    """

    since: int
    at: datetime
    posts: list[tuple[NewPost, Author, int, int | None]]  # with topic's position and reply_to's seq

    def rows(self) -> list[Row]:
        """As they would be read."""
        return [
            Row(
                pk=0,
                seq=post.seq,
                rev=post.rev,
                taken_rev=post.taken_rev,
                author_id=post.author_id,
                client_id=post.client_id,
                body=post.body,
                html=post.html,
                at=self.at,
                state=Post.State.SHOWN.value,
                edited_at=None,
                pinned=False,
                from_prompt=post.from_prompt,
                name=author.name,
                team=author.team,
                topic=topic,
                reply_to=reply_to,
            )
            for post, author, topic, reply_to in self.posts
        ]
