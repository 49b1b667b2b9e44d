"""The reactions of the demo's people to each line, the same each time."""

import random
from collections.abc import Collection
from uuid import UUID

from chat.law.commands import React

EMOJI, WEIGHTS = ("👍", "💡", "❤️", "😂", "🎯", "🙏"), (8, 5, 2, 2, 3, 1)
MOST = 6


def scripted_reactions(line: UUID, seq: int, author: int, people: Collection[int]) -> list[React]:
    """The reactions of `people` to the line posted as `seq`; about half of the lines get none."""
    chance = random.Random(line.int)  # noqa: S311 (nobody is to be surprised)
    count = max(0, chance.randint(-MOST, MOST))
    others = sorted(set(people) - {author})
    return [
        React(person, seq, chance.choices(EMOJI, WEIGHTS)[0], True)
        for person in chance.sample(others, min(count, len(others)))
    ]
