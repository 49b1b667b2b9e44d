"""The posts that a batch has at hand: as they are, as they become, and the writing of both.

Each change of a post raises the session's revision by one; nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chat.law.commands import Change, Edit, Hide, Pin, React, Remove, Submission
from chat.ledger import post_statements
from chat.ledger.locked_session import LockedSession
from chat.ledger.post_record import PostRecord, new_post
from chat.ledger.standing import Author
from chat.models import Lease, Mention, Post, PostVersion, Reaction
from curation.models import ChatSession
from people.models import AuditEntry, User

CHANGING = ("rev", "body", "html", "state", "edited_at", "pinned")

# On one post: by the person, and the emoji.
Reactions = dict[tuple[int, str], Reaction]


@dataclass(slots=True)
class UnitOfWork:
    """Made by `read`: the posts that are to be changed (by seq), their reactions, all pins (by
    topic). The rest is what has to be written."""

    session: LockedSession
    now: datetime
    posts: dict[int, Post] = field(default_factory=dict)
    pinned: dict[int, Post] = field(default_factory=dict)
    reactions: dict[int, Reactions] = field(default_factory=dict)
    added: list[PostRecord] = field(default_factory=list)
    changed: dict[int, Post] = field(default_factory=dict)
    versions: list[PostVersion] = field(default_factory=list)
    forgotten: list[Post] = field(default_factory=list)
    mentions: dict[int, tuple[Post | PostRecord, Sequence[int]]] = field(default_factory=dict)
    reacted: dict[tuple[int, int, str], Reaction] = field(default_factory=dict)
    unreacted: list[int] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)

    @classmethod
    def read(cls, session: LockedSession, now: datetime, changes: Sequence[Change]) -> "UnitOfWork":
        """Read what these changes touch; without changes, nothing."""
        if not changes:
            return cls(session, now)
        of_session = Post.objects.filter(session=session.pk)
        posts = {post.seq: post for post in of_session.filter(seq__in={one.seq for one in changes})}
        reactions: dict[int, Reactions] = {}
        if any(isinstance(one, React) for one in changes):
            for row in Reaction.objects.filter(post__in=posts.values()).select_related("post"):
                reactions.setdefault(row.post.seq, {})[row.person_id, row.emoji] = row
        pinned: dict[int, Post] = {}
        if any(isinstance(one, Pin) for one in changes):
            for post in of_session.filter(pinned=True):
                pinned[post.topic_id] = posts.setdefault(post.seq, post)
        return cls(session, now, posts, pinned, reactions)

    def add_post(
        self,
        submission: Submission,
        *,
        author: Author,
        topic: tuple[int, int],
        reply_to: tuple[int, int] | None,
    ) -> PostRecord:
        """As `post_record.new_post`, under the session's next seq and revision."""
        self.session.last_seq += 1
        self.session.last_at = self.now
        self.session.revision += 1
        post = new_post(submission, self.session, author=author, topic=topic, reply_to=reply_to)
        self.added.append(post)
        if submission.rendering and submission.rendering.mentions:
            self.mentions[post.seq] = post, submission.rendering.mentions
        return post

    def change_post(self, submission: Submission, change: Change, post: Post) -> None:
        """Make a change that was accepted."""
        person = submission.person_id
        match change:
            case Edit():
                rendering = submission.rendering
                assert rendering is not None
                self.versions.append(PostVersion(post=post, body=post.body, replaced_at=self.now))
                post.body, post.html, post.edited_at = change.body, rendering.html, self.now
                self.mentions[post.seq] = post, rendering.mentions
            case Remove():
                # The trace of a removed post says that there was something, and not what.
                post.state, post.body, post.html, post.pinned = Post.State.REMOVED, "", "", False
                self.forgotten.append(post)
            case Hide():
                post.state, post.pinned = Post.State.HIDDEN, False
                self.add_audit_entry(person, change, post)
            case Pin():
                self.pin_post(change, post)
            case React():
                self.change_reaction(person, change, post)
        self.raise_revision(post)

    def pin_post(self, change: Pin, post: Post) -> None:
        """A topic has one pinned post: a pin takes the place of the one before."""
        before = self.pinned.pop(post.topic_id, None)
        if before is not None and before is not post and before.pinned:
            before.pinned = False
            self.raise_revision(before)
        post.pinned = change.on
        if change.on:
            self.pinned[post.topic_id] = post

    def change_reaction(self, person: int, change: React, post: Post) -> None:
        reactions, key = self.reactions.setdefault(post.seq, {}), (person, change.emoji)
        if change.on:
            reaction = Reaction(post=post, person_id=person, emoji=change.emoji, at=self.now)
            reactions[key] = self.reacted[post.seq, *key] = reaction
        else:
            stored = reactions.pop(key)
            if self.reacted.pop((post.seq, *key), None) is None:
                self.unreacted.append(stored.pk)

    def raise_revision(self, post: Post) -> None:
        self.session.revision += 1
        post.rev = self.session.revision
        self.changed[post.seq] = post

    def add_audit_entry(self, person: int, change: Hide, post: Post) -> None:
        self.entries.append(
            AuditEntry(
                at=self.now,
                actor_id=person,
                action="hid a post",
                subject=f"{ChatSession.objects.get(pk=self.session.pk)}, post {post.seq}"[:200],
                reason=change.reason,
            )
        )

    def write(self) -> None:
        """Write what was added and changed, in at most one statement of each kind."""
        if not self.added and not self.changed:
            return
        post_statements.store_posts(self.session, self.added)
        if self.changed:
            # Unpinned first: the database allows one pin per topic at any moment.
            last = sorted(self.changed.values(), key=lambda post: post.pinned)
            unpinned = [post for post in last if not post.pinned]
            pinned = [post for post in last if post.pinned]
            for part in (unpinned, pinned):
                if part:
                    Post.objects.bulk_update(part, CHANGING)
        if self.versions:
            PostVersion.objects.bulk_create(self.versions)
        if self.forgotten:
            PostVersion.objects.filter(post__in=self.forgotten).delete()
            Mention.objects.filter(post__in=self.forgotten).delete()
        if self.unreacted:
            Reaction.objects.filter(pk__in=self.unreacted).delete()
        if self.reacted:
            Reaction.objects.bulk_create(self.reacted.values())
        if self.mentions:
            self.write_mentions()
        if self.entries:
            AuditEntry.objects.bulk_create(self.entries)

    def write_mentions(self) -> None:
        """Mark those of people in the room as seen; the others find theirs in their list."""
        leases = Lease.objects.filter(session=self.session.pk, until__gt=self.now)
        here = {int(one) for people in leases.values_list("people", flat=True) for one in people}
        posts = post_statements.find_ids(self.session.pk, list(self.mentions))
        named = {person for _, people in self.mentions.values() for person in people}
        there = set(User.objects.filter(pk__in=named).values_list("pk", flat=True))
        wanted = {
            (posts[seq], person): person in here or person == post.author_id
            for seq, (post, people) in self.mentions.items()
            for person in people
            if person in there and is_shown(post)
        }
        edited = [posts[seq] for seq in self.mentions if seq in self.changed]
        # People whom an edit mentions as before keep the mention they have.
        for one in Mention.objects.filter(post__in=edited) if edited else ():
            if wanted.pop((one.post_id, one.person_id), None) is None:
                one.delete()
        Mention.objects.bulk_create(
            Mention(post_id=post, person_id=person, seen=seen)
            for (post, person), seen in wanted.items()
        )


def is_shown(post: Post | PostRecord) -> bool:
    return isinstance(post, PostRecord) or post.state == Post.State.SHOWN
