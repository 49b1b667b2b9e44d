"""The reactions of the demo's people to each line, the same each time."""

import random
from collections.abc import Collection

from chat.law.commands import React, Submission

EMOJI, WEIGHTS = ("👍", "💡", "❤️", "😂", "🎯", "🙏"), (8, 5, 2, 2, 3, 1)
MOST = 6


def scripted_reactions(line: Submission, seq: int, people: Collection[int]) -> list[Submission]:
    """The reactions of `people` to the line posted as `seq`; about half of the lines get none."""
    assert line.client_id is not None
    chance = random.Random(line.client_id.int)  # noqa: S311 (it has to be predictable)
    count = max(0, chance.randint(-MOST, MOST))
    others = sorted(set(people) - {line.person_id})
    return [
        Submission(person, React(seq, chance.choices(EMOJI, WEIGHTS)[0], True))
        for person in chance.sample(others, min(count, len(others)))
    ]
