"""The curator's prompts: each is posted once, at its minute, unless the host holds it back.

A prompt goes through the ledger as a post of the curator, under a random id made when it was
written. So it becomes one post, however many processes post it, and nobody can use its id before.
A prompt that is a minute late, or whose topic is over, is dropped. Only the clock decides that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from chat.law.clock import phase_at
from chat.law.commands import NewPost, Submission
from chat.law.rules import Refused
from chat.ledger import store
from chat.models import Post
from curation.clock import database_now
from curation.law import agenda
from curation.models import ChatSession, Prompt
from curation.rota.curators import curator_ids

TOO_LATE = timedelta(minutes=1)
QUIET = timedelta(seconds=90)

State = Literal["waiting", "held", "posted", "dropped"]


@dataclass(frozen=True, slots=True)
class PromptFact:
    """A prompt as the host sees it."""

    id: int
    client_id: UUID
    topic: int
    due_at: datetime
    ends_at: datetime
    body: str
    if_quiet: bool
    held: bool
    is_posted: bool

    def state(self, now: datetime) -> State:
        if self.is_posted:
            return "posted"
        if now >= min(self.due_at + TOO_LATE, self.ends_at):
            return "dropped"
        return "held" if self.held else "waiting"


def read_prompts(session_id: int) -> tuple[PromptFact, ...]:
    """All prompts of a session, in the order in which they are due."""
    prompts = list(
        Prompt.objects.filter(topic__session=session_id)
        .select_related("topic__session")
        .order_by("topic__position", "minute", "pk")
    )
    if not prompts:
        return ()
    posted = posted_in(session_id)
    return tuple(
        PromptFact(
            id=prompt.pk,
            client_id=prompt.client_id,
            topic=prompt.topic.position,
            due_at=prompt.due_at,
            ends_at=prompt.topic.ends_at,
            body=prompt.body,
            if_quiet=prompt.if_quiet,
            held=prompt.held,
            is_posted=prompt.client_id in posted,
        )
        for prompt in prompts
    )


def hold_prompt(session: ChatSession, prompt_id: int, *, hold: bool) -> None:
    """Hold a prompt back or release it; the caller holds the session's lock. Raises Refused."""
    prompt = Prompt.objects.filter(pk=prompt_id, topic__session=session).first()
    if prompt is None:
        raise Refused("not_found", "This prompt doesn’t exist.")
    if prompt.client_id in posted_in(session.pk):
        raise Refused("not_found", "This prompt has already been posted.")
    Prompt.objects.filter(pk=prompt_id).update(held=hold)


def posted_in(session_id: int) -> set[UUID]:
    """The client ids of that session's posts that were prompts, not people's own posts."""
    posts = Post.objects.filter(session=session_id, from_prompt=True)
    return set(posts.values_list("client_id", flat=True))


def due_prompts(now: datetime) -> list[tuple[int, int]]:
    """The prompts that may be posted at that instant: (session id, prompt id), earliest first."""
    running = ChatSession.objects.filter(
        status=ChatSession.Status.PUBLISHED,
        starts_at__lte=now,
        starts_at__gt=now - agenda.LENGTH,
        topics__prompts__held=False,
    ).distinct()
    return [
        (session.pk, fact.id)
        for session in running
        for fact in read_prompts(session.pk)
        if fact.due_at <= now and fact.state(now) == "waiting"
    ]


def post_prompt(
    session_id: int, prompt_id: int, clock: Callable[[], datetime] = database_now
) -> bool:
    """Post a prompt that is due; False if it must wait, is held back or was posted already."""
    with transaction.atomic():
        session = ChatSession.objects.select_for_update().get(pk=session_id)
        now = clock()
        fact = next((one for one in read_prompts(session_id) if one.id == prompt_id), None)
        if fact is None or fact.state(now) != "waiting":
            return False
        # A curator who has lost the role since then posts nothing as the host.
        if session.curator_id is None or session.curator_id not in curator_ids():
            return False
        phase = phase_at(session.starts_at, now, cancelled=not session.is_published)
        if now < fact.due_at or phase.topic != fact.topic:
            return False
        if fact.if_quiet and not is_quiet(session, now):
            return False
        submission = Submission(
            session.curator_id,
            NewPost(fact.body, from_prompt=True, only_topic=fact.topic),
            fact.client_id,
        )
        [answer] = store.take(session_id, [submission], store.bounds(), clock)
        return isinstance(answer, store.Taken)


def is_quiet(session: ChatSession, now: datetime) -> bool:
    return not Post.objects.filter(session=session, at__gt=now - QUIET).exists()
