"""A sparkline of a session's thirty minutes: three groups of ten bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()

HEIGHT = 34
GROUPS = 3
MINUTES = 10
BAR = 6.8
PITCH = 7.8
GROUP = MINUTES * PITCH + 2
ROUND = 1.5
LEAST = 4  # posts a minute that fill the height, so that a single one doesn't look like many


@dataclass(frozen=True, slots=True)
class Bars:
    """The ten bars of a topic as a path in an SVG of 240 by 34, and its number of posts."""

    topic: int
    path: str
    posts: int


@register.simple_tag
def bars(minutes: Any) -> list[Bars]:
    """The bars for the thirty counts of a transcript; for invalid counts, those of zeros."""
    counts = minutes if is_thirty(minutes) else [0] * GROUPS * MINUTES
    scale = HEIGHT / max(LEAST, *counts)
    return [
        bars_of_topic(topic, counts[(topic - 1) * MINUTES : topic * MINUTES], scale)
        for topic in (1, 2, 3)
    ]


def is_thirty(minutes: Any) -> bool:
    return (
        isinstance(minutes, list)
        and len(minutes) == GROUPS * MINUTES
        and all(type(count) is int and count >= 0 for count in minutes)
    )


def bars_of_topic(topic: int, counts: Sequence[int], scale: float) -> Bars:
    """An empty minute is a thin line, so that the three groups of ten can be seen."""
    left = (topic - 1) * GROUP
    path = "".join(
        bar_path(left + minute * PITCH, max(1.0, count * scale))
        for minute, count in enumerate(counts)
    )
    return Bars(topic, path, sum(counts))


def bar_path(x: float, height: float) -> str:
    r = min(ROUND, height)
    return (
        f"M{x:.4g} {HEIGHT}v-{height - r:.4g}q0-{r:.4g} {r:.4g}-{r:.4g}"
        f"h{BAR - 2 * r:.4g}q{r:.4g} 0 {r:.4g} {r:.4g}v{height - r:.4g}z"
    )
