"""The page of the weekly chat at the desk: what a change does is shown before it is saved.

A change is made inside a transaction. Where it would change sessions, and nobody has agreed to
just these changes yet, it is rolled back and shown.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from curation.desk.series_forms import SeriesForm, choices, turn_forms
from curation.models import ChatSession, Series, Turn
from curation.rota import schedule, turns
from curation.rota.curators import make_curator
from people.models import User

NOBODY = "No curator yet"


@dataclass(frozen=True, slots=True)
class Row:
    """A future session as it is, and as it would be; one of both is None for a new session."""

    before: ChatSession | None
    after: ChatSession
    stays: str = ""  # why a change of the weekly chat leaves it as it is

    @property
    def is_moved(self) -> bool:
        return self.before is not None and self.before.starts_at != self.after.starts_at

    @property
    def is_given(self) -> bool:
        return self.before is not None and self.before.curator != self.after.curator

    @property
    def curator_before(self) -> str:
        return name(self.before.curator) if self.before else ""

    @property
    def curator(self) -> str:
        return name(self.after.curator)


def name(person: User | None) -> str:
    return person.name if person else NOBODY


class Stays:
    """Why a session stays as it is, although the rule or the rota has changed."""

    def __init__(self, page: "SeriesEditor", settled: schedule.Settled) -> None:
        self.series = page.series
        self.is_new_rule = page.rule != schedule.Rule.of(page.series)
        self.is_new_rota = page.is_new_rota
        self.moved = {session.pk for session in settled.moved}
        self.given = {session.pk for session in settled.given}
        self.first = turns.next_to_prepare(page.series, page.now)
        self.unprepared = set(page.series.sessions.unprepared(page.now))

    def why(self, session: ChatSession) -> str:
        begun = ""
        if session not in self.unprepared:
            begun = "already published" if session.is_published else "already being prepared"
        notes = []
        if self.is_new_rule and session.pk not in self.moved:
            notes.append(f"Not moved: {begun}" if begun else "Not moved")
        if self.is_new_rota and session.pk not in self.given:
            kept = begun or turns.why_it_stays(self.series, session, self.first)
            notes += [f"Keeps its curator: {kept}"] if kept else []
        return ". ".join(notes)


class SeriesEditor:
    """One visit to the page. For a POST the series is locked, and `now` was read after that."""

    def __init__(self, request: HttpRequest, series: Series, now: datetime) -> None:
        self.request = request
        self.series = series
        self.now = now
        self.rule = schedule.Rule.of(series) if series.pk else None
        self.people_before = turns.people_in_turn(series) if series.pk else []
        data = request.POST if request.method == "POST" else None
        self.form = SeriesForm(data, instance=series)
        everyone = User.objects.people().select_related("team")
        self.turns = turn_forms(
            data,
            prefix="turns",
            initial=[
                {"person": person.pk, "position": place}
                for place, person in enumerate(self.people_before, start=1)
            ],
            form_kwargs={"people": choices(everyone, self.people_before)},
        )
        self.rows = self.as_it_is()
        self.is_new_rota = False
        self.is_preview = False
        self.done = ""

    def act(self) -> bool:
        """Save, unless the forms are wrong or what it would do has to be shown first."""
        verdicts = [self.form.is_valid(), self.turns.is_valid()]
        if not all(verdicts):
            return False
        with transaction.atomic():
            settled = self.save()
            rows = self.compared(settled)
            if self.changes_sessions(rows) and self.request.POST.get("agreed") != digest(rows):
                transaction.set_rollback(True)
                self.rows, self.is_preview = rows, True
                return False
        self.done = said(settled, rows)
        return True

    def save(self) -> schedule.Settled:
        series = self.form.save()
        order = self.turns.order()
        self.is_new_rota = order != [person.pk for person in self.people_before]
        if self.is_new_rota:
            series.turns.all().delete()
            Turn.objects.bulk_create(
                Turn(series=series, person_id=person, position=place)
                for place, person in enumerate(order, start=1)
            )
        for person in turns.people_in_turn(series):
            make_curator(person)
        before = self.rule or schedule.Rule.of(series)
        return schedule.settle(series, before, self.now, is_new_rota=self.is_new_rota)

    def as_it_is(self) -> list[Row]:
        return [Row(session, session) for session in self.upcoming()]

    def upcoming(self) -> list[ChatSession]:
        if not self.series.pk:
            return []
        sessions = self.series.sessions.upcoming(self.now)
        return list(sessions.select_related("curator__team", "series"))

    def compared(self, settled: schedule.Settled) -> list[Row]:
        """Each future session before and after; call it while the change is in the database."""
        before = {row.after.pk: row.after for row in self.rows}
        stays = Stays(self, settled)
        return [
            Row(before.get(session.pk), session, stays.why(session) if session.pk in before else "")
            for session in self.upcoming()
        ]

    @staticmethod
    def changes_sessions(rows: list[Row]) -> bool:
        return any(row.is_moved or row.is_given for row in rows)

    def context(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "form": self.form,
            "turns": self.turns,
            "forms": [self.form, *self.turns.forms],
            "rows": self.rows,
            "is_preview": self.is_preview,
            "given": sum(row.is_given for row in self.rows),
            "moved": sum(row.is_moved for row in self.rows),
            "agreed": digest(self.rows),
        }


def digest(rows: list[Row]) -> str:
    """Names what would happen, so that somebody agrees to that and nothing else."""
    outcome = [
        (row.after.slot, row.after.starts_at, row.after.curator_id, row.before is None)
        for row in rows
    ]
    return hashlib.sha256(repr(outcome).encode()).hexdigest()


def said(settled: schedule.Settled, rows: list[Row]) -> str:
    """What a change did, in a line."""
    lines = []
    if settled.made:
        lines.append(f"{counted(len(settled.made))} scheduled.")
    if settled.moved:
        lines.append(f"{counted(len(settled.moved))} moved to the new time.")
        new = {session.pk for session in settled.moved + settled.made}
        staying = [row.after.date for row in rows if row.after.pk not in new]
        if days := ", ".join(f"{day:%-d %b}" for day in staying if day):
            lines.append(f"Not moved: {days}.")
    if given := sum(row.is_given for row in rows):
        lines.append(f"{counted(given)} now {'has' if given == 1 else 'have'} a new curator.")
    return " ".join(["Saved.", *lines]) if lines else "Saved. No sessions changed."


def counted(number: int) -> str:
    return f"{number} session{'' if number == 1 else 's'}"
