"""This week's page: the view, and what it says to a person at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.law.clock import Phase, phase_at
from chat.mentions import inbox
from curation.clock import database_now
from curation.law import agenda
from curation.models import ChatSession, Series, Topic
from people.accounts import sign_up
from people.models import User
from people.requests import SignedInRequest
from transcripts.models import Transcript

FRESH = timedelta(hours=24)
SKIPPED = timedelta(hours=12)
MY_TURN = timedelta(days=14)


@require_safe
@login_required
@never_cache
def this_week(request: SignedInRequest) -> HttpResponse:
    """The next session; while its lobby or room is open the way in; after it the transcript."""
    now = database_now()
    week = Week(request.user, now, ChatSession.objects.current(now))
    return render(request, "talktech/this_week.html", {"week": week, "session": week.session})


class Step(NamedTuple):
    """One thing that a new admin still has to do."""

    text: str
    verb: str
    url: str


@dataclass
class Week:
    """What the page says; `session` is the one that is running or the next one, if any."""

    person: User
    now: datetime
    session: ChatSession | None

    @property
    def stage(self) -> str:
        """open (lobby or room), fresh (the last one's transcript), before, waiting or none."""
        if self.session and self.session.is_published and self.now >= self.session.lobby_opens_at:
            return "open"
        if self.fresh:
            return "fresh"
        if self.session is None:
            return "none"
        return "before" if self.session.is_published else "waiting"

    @property
    def word(self) -> str:
        """How far away the session is: Today, Tomorrow, …"""
        return how_far(self.session.starts_at, self.now) if self.session else ""

    @property
    def fresh_word(self) -> str:
        return how_far(self.fresh.starts_at, self.now) if self.fresh else ""

    @property
    def phase(self) -> Phase | None:
        return phase_at(self.session.starts_at, self.now) if self.session else None

    @cached_property
    def series(self) -> Series | None:
        return self.session.series if self.session else Series.objects.order_by("pk").first()

    @cached_property
    def fresh(self) -> ChatSession | None:
        """The session that ended within the last day."""
        last = latest_session(self.now)
        return last if last and self.now - last.ends_at < FRESH else None

    @cached_property
    def transcript(self) -> Transcript | None:
        """The transcript of the fresh session, once it is written."""
        return Transcript.objects.filter(session=self.fresh).first() if self.fresh else None

    @cached_property
    def skipped(self) -> list[ChatSession]:
        """Sessions that were called off, until half a day after they should have started."""
        off = Q(status="cancelled") | Q(status="draft", starts_at__lte=self.now)
        sessions = ChatSession.objects.weekly().filter(off, starts_at__gt=self.now - SKIPPED)
        if self.session:
            sessions = sessions.filter(starts_at__lt=self.session.starts_at)
        return list(sessions.order_by("starts_at")[:3])

    @cached_property
    def topics(self) -> list[Topic]:
        """The questions with their articles, once they are published."""
        if self.session is None or not self.session.is_published:
            return []
        return self.session.read_topics()

    @property
    def minutes(self) -> int:
        """Minutes it takes to read the articles; 0 if unknown."""
        return sum(one.minutes or 0 for topic in self.topics for one in topic.visible_articles)

    @cached_property
    def turn(self) -> ChatSession | None:
        """The unpublished session that this person has to prepare next."""
        drafts = ChatSession.objects.upcoming(self.now).filter(status="draft", curator=self.person)
        mine = drafts.prefetch_related("topics__articles").first()
        is_near = mine and (mine == self.session or mine.starts_at - self.now < MY_TURN)
        return mine if is_near else None

    @property
    def missing(self) -> list[str]:
        return [need.sentence for need in self.turn.needs()] if self.turn else []

    @property
    def is_last_minute(self) -> bool:
        """True once its lobby would be open: it can be published, but no longer changed."""
        return self.turn is not None and self.now >= self.turn.lobby_opens_at

    @cached_property
    def mentions(self) -> int:
        """The number of posts that mention this person since they last looked."""
        return inbox.count_unseen(self.person)

    @cached_property
    def steps(self) -> list[Step]:
        """What an admin still has to do to set up the weekly chat."""
        if not self.person.is_superuser:
            return []
        steps = []
        if self.series is None:
            url = reverse("admin:curation_series_add")
            steps.append(Step("Choose when the weekly chat takes place.", "Set it up", url))
        if not sign_up.is_open() and User.objects.people().count() == 1:
            url = reverse("admin:people_signupdomain_add")
            steps.append(
                Step("Let colleagues sign up with their work email.", "Add your email domain", url)
            )
        in_turn = self.series.turns.count() if self.series else 2
        if self.series and in_turn < 2:
            url = reverse("admin:curation_series_change", args=[self.series.pk])
            why = (
                "Share the work: curators take turns."
                if in_turn
                else "Choose who curates the sessions after the next one: curators take turns."
            )
            steps.append(Step(why, "Choose curators", url))
        return steps


def how_far(instant: datetime, now: datetime) -> str:
    """Return Today, Tomorrow, Yesterday, This week or Next, by the reader's calendar."""
    day, today = timezone.localdate(instant), timezone.localdate(now)
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get((day - today).days)
    same_week = day.isocalendar()[:2] == today.isocalendar()[:2]
    return near or ("This week" if same_week else "Next")


def latest_session(now: datetime) -> ChatSession | None:
    """Return the weekly session that took place last."""
    over = ChatSession.objects.weekly().filter(
        status=ChatSession.Status.PUBLISHED, starts_at__lte=now - agenda.LENGTH
    )
    return over.select_related("curator", "series").order_by("-starts_at").first()
