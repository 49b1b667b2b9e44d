"""The people in a room as a value: merged from every process's lease, sent as changes."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from chat.attendance import Here
from chat.models import Lease
from curation.clock import database_now

LEASE = timedelta(seconds=10)

# A person's fields on the wire, and how each person in a room takes part, by id.
Person = Mapping[str, Any]
Crowd = Mapping[int, Here]


def read_leases(session_id: int, process: UUID) -> list[Crowd]:
    """The people in each of the other processes, as long as their leases are valid."""
    leases = Lease.objects.filter(session=session_id, until__gt=database_now())
    others = leases.exclude(process=process).values_list("people", flat=True)
    return [from_lease(people) for people in others]


def renew_lease(session_id: int, process: UUID, crowd: Crowd) -> None:
    """Store who is in the room through this process; an empty crowd deletes its lease."""
    own = Lease.objects.filter(session=session_id, process=process)
    if not crowd:
        own.delete()
        return
    now = database_now()
    Lease.objects.update_or_create(
        session_id=session_id,
        process=process,
        defaults={"people": to_lease(crowd), "until": now + LEASE},
    )
    Lease.objects.filter(session=session_id, until__lt=now - LEASE).delete()


def to_lease(crowd: Crowd) -> dict[str, list[Any]]:
    return {str(person): [here.mode, here.named, here.since] for person, here in crowd.items()}


def from_lease(people: Mapping[str, list[Any]]) -> dict[int, Here]:
    return {int(person): Here(*fields) for person, fields in people.items()}


def merge(crowds: Iterable[Crowd]) -> dict[int, Here]:
    """Everyone in any process, each once, with the mode that was chosen last."""
    merged: dict[int, Here] = {}
    for crowd in crowds:
        for person, here in crowd.items():
            if person not in merged or here.since > merged[person].since:
                merged[person] = here
    return merged


def counts(crowd: Crowd) -> dict[str, int]:
    talking = sum(here.mode == "talking" for here in crowd.values())
    return {"talking": talking, "reading": len(crowd) - talking}


def describe(person: Person, here: Here) -> dict[str, Any]:
    return {**person, "mode": here.mode}


def whole(crowd: Crowd, people: Mapping[int, Person]) -> dict[str, Any]:
    """The presence of a `welcome`: as if everybody had just joined."""
    return changes({}, crowd, people)


def changes(before: Crowd, after: Crowd, people: Mapping[int, Person]) -> dict[str, Any]:
    """What is different, as a `presence` frame sends it.

    `people` gives each person's fields on the wire; somebody without any joins later.
    """
    seen_before = {person for person, here in before.items() if here.is_seen}
    seen = {person for person, here in after.items() if here.is_seen and person in people}
    return {
        **counts(after),
        "joined": [describe(people[one], after[one]) for one in sorted(seen - seen_before)],
        "left": sorted(seen_before - {p for p, here in after.items() if here.is_seen}),
        "changed": [
            describe(people[one], after[one])
            for one in sorted(seen & seen_before)
            if after[one].mode != before[one].mode
        ],
        "typing": [],
    }
