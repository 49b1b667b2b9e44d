"""How new and changed posts come into a room, in order and without holes, and on to everyone."""

import asyncio
from collections.abc import Sequence

from chat.ledger.committed import Committed
from chat.room.per_person import PerPerson
from chat.room.post_frames import Shown, frames_of, posts_after, show_new
from chat.room.reader import Reader
from chat.room.state import RoomState
from chat.wire import protocol


class Feed:
    def __init__(self, state: RoomState, per_person: PerPerson, reader: Reader) -> None:
        self.state = state
        self.per_person = per_person
        self.reader = reader
        self.is_loaded = False
        self.reading = asyncio.Lock()

    async def read_news(self, enough_at: int | None = None) -> None:
        """Read what is newer than the room's revision and add it. Raises database faults.

        A caller that needs no more than the revision `enough_at` reads nothing where another
        caller got there meanwhile.
        """
        state = self.state
        async with self.reading:
            if self.is_loaded and enough_at is not None and enough_at <= state.rev:
                return
            while True:
                shown = await self.reader.run(
                    posts_after, state.facts.session_id, state.rev, state.curator_id
                )
                # Meanwhile this process may have stored some of them and added them.
                unknown = [post for post in shown if post.rev > state.rev]
                if unknown:
                    self.add_posts(unknown)
                if len(shown) < protocol.POSTS_A_FRAME:
                    self.is_loaded = True
                    return

    def add_committed(self, committed: Committed) -> bool:
        """Add posts that this process has just stored; False if anything before them is missing.

        They are what reading would give, without the way to the database and back.
        """
        if not self.is_loaded or committed.since != self.state.rev:
            return False
        self.add_posts(show_new(committed.posts, self.state.curator_id))
        return True

    def add_posts(self, shown: Sequence[Shown]) -> None:
        """Add posts in the order of their revisions, and send them to everyone."""
        state = self.state
        for part in frames_of(shown):
            since = state.rev
            before = state.history.take_in(part)
            state.roster.end_typing([post.author_id for post in part])
            state.audience.broadcast_text(
                protocol.posts(since, state.rev, (post.encoded for post in part))
            )
            pairs = zip(part, before, strict=True)
            self.per_person.send_yours((post, post.concerns(old)) for post, old in pairs)
