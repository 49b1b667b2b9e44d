"""Who is in the room, as a value: merged from every process's lease, told as changes."""

from collections.abc import Iterable, Mapping
from typing import Any

from chat.attendance import Here

Person = Mapping[str, Any]
Crowd = Mapping[int, Here]


def merge(leases: Iterable[Crowd]) -> dict[int, Here]:
    """Everyone in any process, each once, with the mode chosen last."""
    crowd: dict[int, Here] = {}
    for lease in leases:
        for person, here in lease.items():
            if person not in crowd or here.since > crowd[person].since:
                crowd[person] = here
    return crowd


def to_lease(crowd: Crowd) -> dict[str, list[Any]]:
    return {str(person): [here.mode, here.named, here.since] for person, here in crowd.items()}


def from_lease(people: Mapping[str, list[Any]]) -> dict[int, Here]:
    return {int(person): Here(*fields) for person, fields in people.items()}


def counts(crowd: Crowd) -> dict[str, int]:
    talking = sum(here.mode == "talking" for here in crowd.values())
    return {"talking": talking, "reading": len(crowd) - talking}


def described(person: Person, here: Here) -> dict[str, Any]:
    return {**person, "mode": here.mode}


def whole(crowd: Crowd, who: Mapping[int, Person]) -> dict[str, Any]:
    """The presence of a `welcome`: as if everybody had just joined."""
    return change({}, crowd, who)


def change(before: Crowd, after: Crowd, who: Mapping[int, Person]) -> dict[str, Any]:
    """What became different. `who` gives each person's fields on the wire; unknown ones wait."""
    seen_before = {person for person, here in before.items() if here.is_seen}
    seen = {person for person, here in after.items() if here.is_seen and person in who}
    return {
        **counts(after),
        "joined": [described(who[one], after[one]) for one in sorted(seen - seen_before)],
        "left": sorted(seen_before - {p for p, here in after.items() if here.is_seen}),
        "changed": [
            described(who[one], after[one])
            for one in sorted(seen & seen_before)
            if after[one].mode != before[one].mode
        ],
        "typing": [],
    }
