"""Loads the demo: people, eight past sessions with their transcripts, and one about to start."""

from datetime import datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import transaction

from chat.law.commands import NewPost, Submission
from chat.law.rules import Bounds
from chat.ledger import store
from chat.ledger.store import Taken
from chat.models import Attendance
from curation.law import agenda, recurrence
from curation.models import ChatSession, Series, Turn, create_session
from curation.rota import curators, schedule
from people.accounts.create import open_account
from people.models import SignUpDomain, Team, User
from talktech.demo import scripts
from talktech.demo.reactions import scripted_reactions
from talktech.demo.scripts import Scene, Script
from transcripts import archive

ZONE = "Europe/Berlin"
BEFORE_START = timedelta(minutes=2)
PREPARED = timedelta(days=4)
NO_RATE_LIMITS = Bounds(posts_per_window=0, session_posts=100_000, changes_per_window=0)


class RealPeople(Exception):
    """There are accounts of real people, so no demo is loaded or removed."""


def load(now: datetime) -> ChatSession:
    """Replace any earlier demo in the database with a new one; returns the session that starts.

    It starts within two minutes of `now`, on a full minute, so its lobby is open.
    Raises RealPeople.
    """
    clear()
    with transaction.atomic():
        User.objects.lock_people()
        if User.objects.exists():  # added meanwhile
            raise RealPeople
        people = create_people()
        starts_at = (now + BEFORE_START).replace(second=0, microsecond=0)
        series = create_series(people, starts_at)
        for week in range(scripts.PAST_WEEKS, 0, -1):
            day = starts_at.astimezone(series.zone).date() - week * recurrence.WEEK
            begins = recurrence.instant(day, series.local_time, series.zone)
            script = scripts.past(week)
            session = prepare(series, begins, script, people)
            replay(session, script, people)
        live = prepare(series, starts_at, scripts.live(), people)
        schedule.plan(series, now)
    for session in ChatSession.objects.filter(starts_at__lt=live.starts_at):
        archive.archive(session.pk)
    return live


def clear() -> None:
    """Delete a demo from the database. Raises RealPeople."""
    if User.objects.filter(simulated=False).exists():
        raise RealPeople
    if User.objects.exists():
        call_command("flush", interactive=False, verbosity=0)


def create_people() -> dict[str, User]:
    """Create the people; returns them by key. They have no password, as a click signs in."""
    company = scripts.company()
    teams = {team["name"]: Team.objects.create(name=team["name"]) for team in company["teams"]}
    people = {}
    for one in company["people"]:
        user = User(
            email=one["email"],
            name=one["name"],
            team=teams[one["team"]],
            time_zone=one["time_zone"],
            simulated=True,
        )
        people[one["key"]] = open_account(user, password=None)
    for key in company["curators"]:
        curators.make_curator(people[key])
    admin = people[company["admin"]]
    admin.is_staff = admin.is_superuser = True
    admin.save(update_fields=["is_staff", "is_superuser"])
    SignUpDomain.objects.create(domain=company["domain"])
    return people


def create_series(people: dict[str, User], starts_at: datetime) -> Series:
    company = scripts.company()
    local = starts_at.astimezone(ZoneInfo(ZONE))
    series = Series.objects.create(
        name=company["chat"],
        weekday=local.weekday(),
        local_time=local.time(),
        time_zone=ZONE,
    )
    for position, key in enumerate(company["curators"], start=1):
        Turn.objects.create(series=series, person=people[key], position=position)
    return series


def prepare(
    series: Series, starts_at: datetime, script: Script, people: dict[str, User]
) -> ChatSession:
    """Create a session that its curator prepared and published some days before."""
    day = starts_at.astimezone(series.zone).date()
    session = create_session(series, day, starts_at, curator=people[script.curator])
    session.prepare(
        starts_at - PREPARED,
        title=script.title,
        intro=script.intro,
        questions=[scene.question for scene in script.scenes],
        articles=[scene.articles for scene in script.scenes],
        prompts=[scene.prompts for scene in script.scenes],
    )
    session.publish(starts_at - PREPARED)
    return session


def replay(
    session: ChatSession, script: Script, people: dict[str, User], until: datetime | None = None
) -> None:
    """Post the script's lines up to `until` through the ledger, each at its own instant."""
    for position, scene in enumerate(script.scenes, start=1):
        seqs: list[int] = []
        begins = agenda.topic_starts_at(session.starts_at, position)
        for index, line in enumerate(scene.lines):
            at = begins + line.at
            if until is not None and at > until:
                break
            post = submission_for_line(session.pk, position, index, scene, people, seqs)
            [answer] = store.take(session.pk, [post], NO_RATE_LIMITS, partial(frozen_clock, at))
            assert isinstance(answer, Taken), answer
            seqs.append(answer.seq)
            ids = [person.pk for person in people.values()]
            reactions = scripted_reactions(post, answer.seq, ids)
            store.take(session.pk, reactions, NO_RATE_LIMITS, partial(frozen_clock, at))
    for index, (key, person) in enumerate(sorted(people.items())):
        if key in script.cast or (index + session.pk) % 3 == 0:
            Attendance.objects.create(
                session=session,
                person=person,
                mode="talking" if key in script.cast else "reading",
                since=session.starts_at,
            )


def submission_for_line(
    session_id: int,
    position: int,
    index: int,
    scene: Scene,
    people: dict[str, User],
    seqs: list[int],
) -> Submission:
    """Return a line as a new post; `seqs` are those of the lines before it, 0 if left out.

    Its id is computed from its position, so two processes with the same script post it once.
    """
    line = scene.lines[index]
    answered = seqs[line.reply_to - 1] or None if line.reply_to else None
    return Submission(
        people[line.by].pk,
        NewPost(line.text, reply_to=answered),
        line_id(session_id, position, index),
    )


def frozen_clock(at: datetime) -> datetime:
    """Return that instant, as the ledger's clock."""
    return at


def line_id(session_id: int, position: int, index: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"talktech:demo:{session_id}:{position}:{index}")
