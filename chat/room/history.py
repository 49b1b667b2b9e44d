"""What this process knows of a room's posts: the present state of each, in the order of changes."""

from collections.abc import Sequence

from chat.room.post_frames import Shown


class History:
    def __init__(self) -> None:
        self.rev = 0
        self.changes: dict[int, Shown] = {}
        self.posts: dict[int, Shown] = {}

    def take_in(self, shown: Sequence[Shown]) -> list[Shown | None]:
        """Newer states of posts, in the order of their revisions; gives what each was before."""
        before = []
        for post in shown:
            old = self.posts.get(post.seq)
            if old is not None:
                del self.changes[old.rev]
            before.append(old)
            self.changes[post.rev] = self.posts[post.seq] = post
        if shown:
            self.rev = shown[-1].rev
        return before

    def after(self, revision: int) -> list[Shown]:
        """What changed after that revision, in the order of the changes."""
        missed: list[Shown] = []
        for rev in reversed(self.changes):
            if rev <= revision:
                break
            missed.append(self.changes[rev])
        missed.reverse()
        return missed
