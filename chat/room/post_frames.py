"""Posts as the room shows them: read by revision, each made JSON once for everyone."""

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.ledger import post_statements, sql
from chat.ledger.post_record import PostRecord
from chat.models import Mention, Post, PostVersion, Reaction
from chat.room.presence import Person
from chat.wire import protocol
from people.models import User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as everybody sees it (`encoded`), and what only some people see."""

    seq: int
    rev: int
    author_id: int
    encoded: str
    body: str = ""
    was: tuple[str, ...] = ()
    mine: Mapping[int, list[str]] = field(default_factory=dict)

    def own(self, person: int) -> dict[str, Any]:
        """What only that person sees of it; empty if there is nothing."""
        if person != self.author_id:
            return {"mine": self.mine[person]} if person in self.mine else {}
        own: dict[str, Any] = {"body": self.body, "mine": self.mine.get(person, [])}
        if self.was:
            own["was"] = list(self.was)
        return own

    def size(self, person: int | None) -> int:
        """Characters of its JSON, with what only that person sees of it."""
        size = len(self.encoded)
        if person == self.author_id:
            size += len(self.body) + sum(map(len, self.was))
        return size

    def for_person(self, person: int) -> str:
        """The post's JSON with what only that person sees."""
        own = self.own(person)
        if not own:
            return self.encoded
        return f"{self.encoded[:-1]},{json.dumps(own, ensure_ascii=False)[1:]}"

    def concerns(self, before: "Shown | None") -> set[int]:
        """To whom this says something personal that the post did not say before."""
        if before is None:
            return {self.author_id, *self.mine}
        people = {one for one in {*self.mine, *before.mine} if self.own(one) != before.own(one)}
        return people | (
            {self.author_id} if (self.body, self.was) != (before.body, before.was) else set()
        )


def posts_after(session_id: int, revision: int, curator_id: int | None) -> list[Shown]:
    """The present state of what changed after that revision, in the order of the changes."""
    posts = post_statements.changed_after(session_id, revision, protocol.POSTS_A_FRAME)
    if not any(has_extras(post) for post in posts):
        return show_new(posts, curator_id)
    # A post and its reactions must be of one revision, whatever is written meanwhile.
    with sql.snapshot():
        posts = post_statements.changed_after(session_id, revision, protocol.POSTS_A_FRAME)
        extras = Extras(posts)
    return [show(post, extras, curator_id) for post in posts]


def show_new(posts: Sequence[PostRecord], curator_id: int | None) -> list[Shown]:
    """Posts that were taken just now, on which nothing hangs yet."""
    nothing = Extras([])
    return [show(post, nothing, curator_id) for post in posts]


def has_extras(post: PostRecord) -> bool:
    """Does anything hang on it? Nothing can on a post that was only just taken, but mentions."""
    return post.rev != post.taken_rev or "@" in post.body


def frames_of(shown: Sequence[Shown], person: int | None = None) -> Iterator[Sequence[Shown]]:
    """Cut into what one frame may hold: so many posts, and no more than clients like to read."""
    begins = size = 0
    for index, post in enumerate(shown):
        size += post.size(person)
        count = index - begins
        if count == protocol.POSTS_A_FRAME or (count and size > protocol.CHARACTERS_A_FRAME):
            yield shown[begins:index]
            begins, size = index, post.size(person)
    yield shown[begins:]


class Extras:
    """The reactions, mentions and earlier versions of posts. A post that is new has none."""

    def __init__(self, posts: Collection[PostRecord]) -> None:
        self.reactions: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.mentions: dict[int, list[int]] = defaultdict(list)
        self.versions: dict[int, list[str]] = defaultdict(list)
        shown = [post for post in posts if post.state == Post.State.SHOWN]
        changed = [post.id for post in shown if post.rev != post.taken_rev]
        if changed:
            rows = Reaction.objects.filter(post__in=changed).order_by("id")
            for post, person, emoji in rows.values_list("post_id", "person_id", "emoji"):
                self.reactions[post].append((person, emoji))
        naming = [post.id for post in shown if "@" in post.body]
        if naming:
            named = Mention.objects.filter(post__in=naming).order_by("id")
            for post, person in named.values_list("post_id", "person_id"):
                self.mentions[post].append(person)
        edited = [post.id for post in shown if post.edited_at]
        if edited:
            versions = PostVersion.objects.filter(post__in=edited).order_by("id")
            for post, body in versions.values_list("post_id", "body"):
                self.versions[post].append(body)


def show(post: PostRecord, extras: Extras, curator_id: int | None) -> Shown:
    """A post that can't be drawn says so; it never stops those after it."""
    try:
        author = {
            "id": post.author_id,
            "name": post.author_name,
            "team": post.author_team,
            "host": post.author_id == curator_id,
        }
        html = post.html if post.state == Post.State.SHOWN else ""
        encoded = encode(post, author, html, extras)
        encoded.encode()
    except Exception:
        log.exception("Post %s can't be shown", post.id)
        encoded = encode_broken(post)
    mine: dict[int, list[str]] = {}
    for one, emoji in extras.reactions[post.id]:
        mine.setdefault(one, []).append(emoji)
    return Shown(
        post.seq,
        post.rev,
        post.author_id,
        encoded,
        body=post.body if post.state == Post.State.SHOWN else "",
        was=tuple(extras.versions[post.id]),
        mine=mine,
    )


def encode(post: PostRecord, author: Person, html: str, extras: Extras) -> str:
    reactions: dict[str, int] = {}
    for _, emoji in extras.reactions[post.id]:
        reactions[emoji] = reactions.get(emoji, 0) + 1
    fields: dict[str, Any] = {
        "seq": post.seq,
        "rev": post.rev,
        "id": str(sql.as_uuid(post.client_id)),
        "topic": post.topic,
        "author": author,
        "at": protocol.instant(sql.as_instant(post.at)),
        "html": html,
        "state": post.state,
        "reactions": reactions,
    }
    if post.reply_to:
        fields["reply_to"] = post.reply_to
    if post.edited_at and html:
        fields["edited_at"] = protocol.instant(sql.as_instant(post.edited_at))
    if extras.mentions[post.id]:
        fields["mentions"] = extras.mentions[post.id]
    if post.pinned:
        fields["pinned"] = True
    if post.from_prompt:
        fields["prepared"] = True
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def encode_broken(post: PostRecord) -> str:
    """Its place, and nothing of what is in it: any of that may be what is broken."""
    fields: dict[str, Any] = {
        "seq": post.seq,
        "rev": post.rev,
        "id": "",
        "topic": post.topic,
        "author": {"id": post.author_id, "name": "?", "team": None, "host": False},
        "at": "1970-01-01T00:00:00.000Z",
        "html": "This post can’t be displayed.",
        "state": "shown",
        "reactions": {},
    }
    return json.dumps(fields, separators=(",", ":"))


def person(user: User, curator_id: int | None) -> dict[str, Any]:
    described = {
        "id": user.pk,
        "name": user.name,
        "team": user.team.name if user.team else None,
        "host": user.pk == curator_id,
    }
    return {**described, "formerly": user.former_name} if user.former_name else described
