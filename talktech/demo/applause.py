"""Who reacts to which line of the demo, and how: the same each time."""

import random
from collections.abc import Collection
from uuid import UUID

from chat.law.commands import React

EMOJI, WEIGHTS = ("👍", "💡", "❤️", "😂", "🎯", "🙏"), (8, 5, 2, 2, 3, 1)
MOST = 6


def applause(line: UUID, seq: int, author: int, people: Collection[int]) -> list[React]:
    """What those people find in a line that became that post; nothing in every second one."""
    chance = random.Random(line.int)  # noqa: S311 (nobody is to be surprised)
    count = max(0, chance.randint(-MOST, MOST))
    others = sorted(set(people) - {author})
    return [
        React(person, seq, chance.choices(EMOJI, WEIGHTS)[0], True)
        for person in chance.sample(others, min(count, len(others)))
    ]
