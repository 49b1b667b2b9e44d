"""The list of posts that mention a person, for people who were away at the time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from chat.models import Mention, Post
from chat.models.post import address
from people.models import User

MOST = 20
LONGEST_LINE = 140


@dataclass(frozen=True, slots=True)
class MentionSummary:
    """A post that mentions a person: its first line and its address."""

    author: User
    at: datetime
    title: str
    line: str
    url: str
    is_new: bool


def latest_mentions(person: User, now: datetime) -> tuple[list[MentionSummary], int]:
    """The newest posts that mention that person, and the id of the last mention read."""
    mentions = list(
        visible_mentions(person)
        .select_related("post__author__team", "post__session__series")
        .order_by("-post__at", "-pk")[:MOST]
    )
    last = max((mention.pk for mention in mentions), default=0)
    return [summarize(mention, now) for mention in mentions], last


def count_unseen(person: User) -> int:
    """How many posts mention that person and were not shown to them yet."""
    return visible_mentions(person).filter(seen=False).count()


def mark_seen(person: User, last: int) -> None:
    """Mark the mentions up to that id as seen; a later one is shown on the next visit."""
    Mention.objects.filter(person=person, seen=False, pk__lte=last).update(seen=True)


def visible_mentions(person: User) -> QuerySet[Mention]:
    """Without posts that were removed or hidden, and without the person's own posts."""
    mentions = Mention.objects.filter(person=person, post__state=Post.State.SHOWN)
    return mentions.exclude(post__author=person)


def summarize(mention: Mention, now: datetime) -> MentionSummary:
    post = mention.post
    session = post.session
    return MentionSummary(
        author=post.author,
        at=post.at,
        title=session.title,
        line=first_line(post.body),
        url=address(session, post.seq, now),
        is_new=not mention.seen,
    )


def first_line(body: str) -> str:
    line = next((line for line in body.splitlines() if line.strip()), "").strip()
    if len(line) > LONGEST_LINE:
        line = line[: LONGEST_LINE - 1].rstrip() + "…"
    return line
