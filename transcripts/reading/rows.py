"""Reads a session's posts and their reactions as plain rows, in one query each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min

from chat.models import Post, Reaction
from curation.models import ChatSession


class PostRow(NamedTuple):
    """A post as it is stored: topic by position, author by id, the post replied to by `seq`."""

    seq: int
    at: datetime
    topic: int
    author: int
    reply_to: int | None
    state: str
    html: str
    body: str
    edited_at: datetime | None
    pinned: bool
    from_prompt: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """An emoji under a post, and how many people chose it."""

    emoji: str
    count: int


def read_posts(session: ChatSession) -> list[PostRow]:
    """Plain rows, because a model instance for each, with its author, takes ten times as long."""
    rows = Post.objects.filter(session=session).order_by("seq")
    return [
        PostRow(*row)
        for row in rows.values_list(
            "seq",
            "at",
            "topic__position",
            "author_id",
            "reply_to__seq",
            "state",
            "html",
            "body",
            "edited_at",
            "pinned",
            "from_prompt",
        )
    ]


def read_reactions(session: ChatSession) -> dict[int, list[Chip]]:
    """The reactions of each post by `seq`, in the order in which each emoji was first chosen."""
    rows = Reaction.objects.filter(post__session=session).values_list("post__seq", "emoji")
    counted = rows.annotate(count=Count("id"), first=Min("id")).order_by("first")
    chips: dict[int, list[Chip]] = defaultdict(list)
    for seq, emoji, count, _ in counted:
        chips[seq].append(Chip(emoji, count))
    return chips
