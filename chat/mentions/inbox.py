"""Where a person was mentioned: the list for those who were away when it happened."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from chat.models import Mention, Post
from chat.models.post import address
from people.models import User

MOST = 20
LONGEST_LINE = 140


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A post that names somebody: its first line, and the way to it."""

    author: User
    at: datetime
    title: str
    line: str
    url: str
    is_new: bool


def latest(person: User, now: datetime) -> tuple[list[Mentioned], int]:
    """The newest posts that name that person; and up to which mention this was read."""
    mentions = list(
        shown(person)
        .select_related("post__author__team", "post__session__series")
        .order_by("-post__at", "-pk")[:MOST]
    )
    last = max((mention.pk for mention in mentions), default=0)
    return [draw(mention, now) for mention in mentions], last


def unseen(person: User) -> int:
    """How many posts name that person that they have not been shown yet."""
    return shown(person).filter(seen=False).count()


def mark_seen(person: User, last: int) -> None:
    """Those up to that mention; who is named meanwhile is told the next time."""
    Mention.objects.filter(person=person, seen=False, pk__lte=last).update(seen=True)


def shown(person: User) -> QuerySet[Mention]:
    """What was removed or hidden names nobody, and whoever names themselves knows it."""
    mentions = Mention.objects.filter(person=person, post__state=Post.State.SHOWN)
    return mentions.exclude(post__author=person)


def draw(mention: Mention, now: datetime) -> Mentioned:
    post = mention.post
    session = post.session
    return Mentioned(
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
