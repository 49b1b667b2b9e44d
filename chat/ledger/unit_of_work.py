"""The pages of a session that a batch has open: posts as they are, as they become, and the writing.

Each change of a post raises the session's revision by one; nothing else does.
"""

from collections.abc import Sequence
from datetime import datetime

from chat.law.commands import Attempt, Change, Edit, Hide, Pin, React, Remove
from chat.ledger import statements
from chat.ledger.statements import Held, NewPost
from chat.models import Lease, Mention, Post, PostVersion, Reaction
from curation.models import ChatSession
from people.models import AuditEntry, User

CHANGING = ("rev", "body", "html", "state", "edited_at", "pinned")


class UnitOfWork:
    def __init__(self, session: Held, now: datetime) -> None:
        self.session = session
        self.now = now
        self.posts: dict[int, Post] = {}
        self.pinned: dict[int, Post] = {}
        self.reactions: dict[tuple[int, int, str], Reaction] = {}
        self.added: list[NewPost] = []
        self.changed: dict[int, Post] = {}
        self.versions: list[PostVersion] = []
        self.forgotten: list[Post] = []
        self.mentions: dict[int, tuple[Post | NewPost, list[int]]] = {}
        self.reacted: dict[tuple[int, int, str], Reaction] = {}
        self.unreacted: list[int] = []
        self.entries: list[AuditEntry] = []

    @property
    def is_touched(self) -> bool:
        return bool(self.added or self.changed)

    def open(self, changes: Sequence[Change]) -> None:
        """Read the posts that are to be changed, and what hangs on them."""
        posts = Post.objects.filter(session=self.session.pk)
        for post in posts.filter(seq__in={change.seq for change in changes}):
            self.posts[post.seq] = post
        if any(isinstance(change, React) for change in changes):
            rows = Reaction.objects.filter(post__in=self.posts.values()).select_related("post")
            for one in rows:
                self.reactions[one.post.seq, one.person_id, one.emoji] = one
        if any(isinstance(change, Pin) for change in changes):
            for post in posts.filter(pinned=True):
                self.pinned[post.topic_id] = self.posts.setdefault(post.seq, post)

    def emoji(self, post: Post) -> set[str]:
        """The different emoji on a post."""
        return {emoji for seq, _, emoji in self.reactions if seq == post.seq}

    def add(self, say: Attempt, *, topic_id: int, reply_to_id: int | None) -> NewPost:
        self.session.last_seq += 1
        self.session.last_at = self.now
        self.session.revision += 1
        post = NewPost(
            seq=self.session.last_seq,
            rev=self.session.revision,
            taken_rev=self.session.revision,
            topic_id=topic_id,
            author_id=say.person_id,
            client_id=say.client_id,
            body=say.body,
            html=say.html,
            reply_to_id=reply_to_id,
            from_prompt=say.from_prompt,
        )
        self.added.append(post)
        if say.mentions:
            self.mentions[post.seq] = post, say.mentions
        return post

    def change(self, wish: Change, post: Post) -> None:
        """Do what was accepted."""
        match wish:
            case Edit():
                self.versions.append(PostVersion(post=post, body=post.body, replaced_at=self.now))
                post.body, post.html, post.edited_at = wish.body, wish.html, self.now
                self.mentions[post.seq] = post, wish.mentions
            case Remove():
                # Taken back is gone: the trace says that there was something, and not what.
                post.state, post.body, post.html, post.pinned = Post.State.REMOVED, "", "", False
                self.forgotten.append(post)
            case Hide():
                post.state, post.pinned = Post.State.HIDDEN, False
                self.enter(wish, post)
            case Pin():
                before = self.pinned.pop(post.topic_id, None)
                if before is not None and before is not post and before.pinned:
                    before.pinned = False
                    self.raise_revision(before)
                post.pinned = wish.on
                if wish.on:
                    self.pinned[post.topic_id] = post
            case React():
                self.react(wish, post)
        self.raise_revision(post)

    def react(self, wish: React, post: Post) -> None:
        key = post.seq, wish.person_id, wish.emoji
        if wish.on:
            reaction = Reaction(post=post, person_id=wish.person_id, emoji=wish.emoji, at=self.now)
            self.reactions[key] = self.reacted[key] = reaction
        else:
            stored = self.reactions.pop(key)
            if self.reacted.pop(key, None) is None:
                self.unreacted.append(stored.pk)

    def raise_revision(self, post: Post) -> None:
        self.session.revision += 1
        post.rev = self.session.revision
        self.changed[post.seq] = post

    def enter(self, wish: Hide, post: Post) -> None:
        self.entries.append(
            AuditEntry(
                at=self.now,
                actor_id=wish.person_id,
                action="hid a post",
                subject=f"{ChatSession.objects.get(pk=self.session.pk)}, post {post.seq}"[:200],
                reason=wish.reason,
            )
        )

    def store(self) -> None:
        statements.store(self.session, self.now, self.added)
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
            self.store_mentions()
        if self.entries:
            AuditEntry.objects.bulk_create(self.entries)

    def store_mentions(self) -> None:
        """Who is in the room sees it there; the others find it in their list."""
        leases = Lease.objects.filter(session=self.session.pk, until__gt=self.now)
        here = {int(one) for people in leases.values_list("people", flat=True) for one in people}
        posts = statements.keys(self.session.pk, list(self.mentions))
        named = {person for _, people in self.mentions.values() for person in people}
        there = set(User.objects.filter(pk__in=named).values_list("pk", flat=True))
        wanted = {
            (posts[seq], person): person in here or person == post.author_id
            for seq, (post, people) in self.mentions.items()
            for person in people
            if person in there and is_shown(post)
        }
        edited = [posts[seq] for seq in self.mentions if seq in self.changed]
        # Whom an edit names as before is not told again.
        for one in Mention.objects.filter(post__in=edited) if edited else ():
            if wanted.pop((one.post_id, one.person_id), None) is None:
                one.delete()
        Mention.objects.bulk_create(
            Mention(post_id=post, person_id=person, seen=seen)
            for (post, person), seen in wanted.items()
        )


def is_shown(post: Post | NewPost) -> bool:
    return isinstance(post, NewPost) or post.state == Post.State.SHOWN
