"""The only code that writes posts: one batch, one transaction.

Order, instant, topic, once per client id and durability are decided here, under the lock of the
session's row, so that they never disagree over any number of processes.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chat import rules
from chat.models import Post
from chat.rules import Bounds, Refused, Situation
from curation.instants import read_clock
from curation.models import ChatSession, Topic
from people.models import User
from talktech.richtext import post_html


@dataclass(slots=True)
class Attempt:
    """A person's wish to post: `html` is the safe rendering, made before the lock is taken."""

    person_id: int
    client_id: UUID
    body: str
    reply_to: int | None = None
    html: str = ""
    doubtful: bool = False

    @property
    def key(self) -> tuple[int, UUID]:
        return self.person_id, self.client_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What an acknowledgement says; a retry gets the same."""

    seq: int
    rev: int


class SignedOut(Exception):
    """The author may no longer sign in."""


Answer = Taken | Refused | SignedOut


def bounds() -> Bounds:
    return Bounds(settings.CONFIG.limit_posts, settings.CONFIG.limit_session_posts)


def render(attempts: Sequence[Attempt]) -> None:
    for attempt in attempts:
        if not attempt.html and len(attempt.body) <= rules.LONGEST_BODY:
            attempt.html = post_html(attempt.body)


def take(
    session_id: int,
    attempts: Sequence[Attempt],
    limits: Bounds,
    clock: Callable[[], datetime] = read_clock,
) -> list[Answer]:
    """Take a batch into a session; an answer for each attempt, in order.

    `clock` is read once, after the session's row is locked: the instant of every post taken.

    When this returns, what it took is on disk. A database fault is raised as it is; where it came
    while committing, so that its fate is unknown, the attempts are marked `doubtful`. Taking the
    same attempts again is always right: a known client id gets its first answer.
    """
    render(attempts)
    with transaction.atomic():
        answers = _take_locked(session_id, attempts, limits, clock)
        for attempt in attempts:
            attempt.doubtful = True
    for attempt in attempts:
        attempt.doubtful = False
    return answers


def _take_locked(
    session_id: int, attempts: Sequence[Attempt], limits: Bounds, clock: Callable[[], datetime]
) -> list[Answer]:
    session = ChatSession.objects.select_for_update().get(pk=session_id)
    # After the lock, or a post could be given an instant before that of its predecessor.
    now = clock()
    people = {attempt.person_id for attempt in attempts}
    posts = Post.objects.filter(session=session)
    last = posts.filter(seq=session.last_seq).values_list("at", flat=True).first()
    if last is not None and last > now:
        now = last

    known: dict[tuple[int, UUID], Answer] = {
        (person, client): Taken(seq, rev)
        for person, client, seq, rev in posts.filter(
            author__in=people, client_id__in={attempt.client_id for attempt in attempts}
        ).values_list("author_id", "client_id", "seq", "taken_rev")
    }
    fresh = [attempt for attempt in attempts if attempt.key not in known]
    if not fresh:
        return [known[attempt.key] for attempt in attempts]

    active = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    lately: dict[int, list[datetime]] = defaultdict(list)
    for person, at in (
        posts.filter(author__in=people, at__gt=now - rules.PACE)
        .order_by("at")
        .values_list("author_id", "at")
    ):
        lately[person].append(at)
    answered = dict(
        posts.filter(seq__in={a.reply_to for a in fresh if a.reply_to}).values_list("seq", "pk")
    )
    topics = dict(Topic.objects.filter(session=session).values_list("position", "pk"))

    answers: list[Answer] = []
    taken: list[Post] = []
    for attempt in attempts:
        if attempt.key in known:
            answers.append(known[attempt.key])
            continue
        if attempt.person_id not in active:
            answers.append(SignedOut())
            continue
        try:
            position = rules.accept(
                attempt.body,
                Situation(
                    starts_at=session.starts_at,
                    cancelled=session.status != ChatSession.Status.PUBLISHED,
                    now=now,
                    posts=session.last_seq,
                    lately=lately[attempt.person_id],
                    answers_a_post=attempt.reply_to is None or attempt.reply_to in answered,
                ),
                limits,
            )
        except Refused as refused:
            answers.append(refused)
            continue
        session.last_seq += 1
        session.revision += 1
        taken.append(
            Post(
                session=session,
                topic_id=topics[position],
                seq=session.last_seq,
                rev=session.revision,
                taken_rev=session.revision,
                author_id=attempt.person_id,
                client_id=attempt.client_id,
                body=attempt.body,
                html=attempt.html,
                at=now,
                reply_to_id=answered[attempt.reply_to] if attempt.reply_to else None,
            )
        )
        known[attempt.key] = Taken(session.last_seq, session.revision)
        lately[attempt.person_id].append(now)
        answers.append(known[attempt.key])
    if taken:
        Post.objects.bulk_create(taken)
        ChatSession.objects.filter(pk=session.pk).update(
            last_seq=session.last_seq, revision=session.revision
        )
    return answers
