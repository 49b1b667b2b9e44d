"""The admin's page of the weekly chat, which shows what a change does before it is saved.

A change is made in a transaction. If it affects sessions, and the admin has not agreed to exactly
these effects yet, it is rolled back and shown.
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
    """A future session before and after a change; `before` is None for a new session."""

    before: ChatSession | None
    after: ChatSession
    note: str = ""  # why the change leaves it where it is, or with its curator

    @property
    def is_moved(self) -> bool:
        return self.before is not None and self.before.starts_at != self.after.starts_at

    @property
    def is_reassigned(self) -> bool:
        return self.before is not None and self.before.curator != self.after.curator

    @property
    def curator_before(self) -> str:
        return name_of(self.before.curator) if self.before else ""

    @property
    def curator(self) -> str:
        return name_of(self.after.curator)


def name_of(person: User | None) -> str:
    return person.name if person else NOBODY


class Unchanged:
    """Why sessions stay as they are, although the rule or the rota has changed."""

    def __init__(self, page: "SeriesEditor", changes: schedule.Changes) -> None:
        self.series = page.series
        self.is_new_rule = page.rule != schedule.Rule.of(page.series)
        self.is_new_rota = page.is_new_rota
        self.moved = {session.pk for session in changes.moved}
        self.reassigned = {session.pk for session in changes.reassigned}
        self.first = turns.next_to_prepare(page.series, page.now)
        self.unprepared = set(page.series.sessions.unprepared(page.now))

    def note(self, session: ChatSession) -> str:
        """The reasons for one session, as the page shows them; empty if it changed."""
        begun = ""
        if session not in self.unprepared:
            begun = "already published" if session.is_published else "already being prepared"
        notes = []
        if self.is_new_rule and session.pk not in self.moved:
            notes.append(f"Not moved: {begun}" if begun else "Not moved")
        if self.is_new_rota and session.pk not in self.reassigned:
            reason = begun or turns.why_curator_stays(self.series, session, self.first)
            notes += [f"Keeps its curator: {reason}"] if reason else []
        return ". ".join(notes)


class SeriesEditor:
    """One request for the page. For a POST the series is locked, and `now` was read after that."""

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
        self.rows = [Row(session, session) for session in self.upcoming()]
        self.is_new_rota = False
        self.is_preview = False
        self.done = ""

    def act(self) -> bool:
        """Save, unless a form is not valid or the effects have to be shown first. Was it saved?"""
        are_valid = [self.form.is_valid(), self.turns.is_valid()]  # both find their errors
        if not all(are_valid):
            return False
        with transaction.atomic():
            changes = self.save()
            rows = self.compare(changes)
            if any(row.is_moved or row.is_reassigned for row in rows) and (
                self.request.POST.get("agreed") != digest(rows)
            ):
                transaction.set_rollback(True)
                self.rows, self.is_preview = rows, True
                return False
        self.done = summary(changes, rows)
        return True

    def save(self) -> schedule.Changes:
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
        return schedule.apply_to_sessions(series, before, self.now, is_new_rota=self.is_new_rota)

    def upcoming(self) -> list[ChatSession]:
        if not self.series.pk:
            return []
        sessions = self.series.sessions.upcoming(self.now)
        return list(sessions.select_related("curator__team", "series"))

    def compare(self, changes: schedule.Changes) -> list[Row]:
        """Each future session before and after; to be called before the change is rolled back."""
        before = {row.after.pk: row.after for row in self.rows}
        unchanged = Unchanged(self, changes)
        return [
            Row(
                before.get(session.pk),
                session,
                unchanged.note(session) if session.pk in before else "",
            )
            for session in self.upcoming()
        ]

    def context(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "form": self.form,
            "turns": self.turns,
            "forms": [self.form, *self.turns.forms],
            "rows": self.rows,
            "is_preview": self.is_preview,
            "reassigned": sum(row.is_reassigned for row in self.rows),
            "moved": sum(row.is_moved for row in self.rows),
            "agreed": digest(self.rows),
        }


def digest(rows: list[Row]) -> str:
    """A hash of what would happen, so that an admin agrees to exactly that."""
    outcome = [
        (row.after.slot, row.after.starts_at, row.after.curator_id, row.before is None)
        for row in rows
    ]
    return hashlib.sha256(repr(outcome).encode()).hexdigest()


def summary(changes: schedule.Changes, rows: list[Row]) -> str:
    """What a change did, in a line."""
    lines = []
    if changes.planned:
        lines.append(f"{counted(len(changes.planned))} scheduled.")
    if changes.moved:
        lines.append(f"{counted(len(changes.moved))} moved to the new time.")
        new = {session.pk for session in changes.moved + changes.planned}
        staying = [row.after.date for row in rows if row.after.pk not in new]
        if days := ", ".join(f"{day:%-d %b}" for day in staying if day):
            lines.append(f"Not moved: {days}.")
    if reassigned := sum(row.is_reassigned for row in rows):
        lines.append(
            f"{counted(reassigned)} now {'has' if reassigned == 1 else 'have'} a new curator."
        )
    return " ".join(["Saved.", *lines]) if lines else "Saved. No sessions changed."


def counted(number: int) -> str:
    return f"{number} session{'' if number == 1 else 's'}"
