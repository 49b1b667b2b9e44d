"""Figures of several rounds, their medians, and tables of them."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

Name = tuple[object, ...]


class Figures:
    def __init__(self) -> None:
        self.rounds: dict[Name, list[float]] = defaultdict(list)

    def add(self, *name: object, value: float) -> None:
        self.rounds[name].append(value)

    def get(self, *name: object) -> float | None:
        found = self.rounds.get(name)
        return median(found) if found else None

    def show(self, *name: object, form: str = "{:,.1f}") -> str:
        found = self.get(*name)
        return "–" if found is None else form.format(found)

    def ratio(self, above: Name, below: Name) -> list[float]:
        """The ratio in each round, smallest first. Both ran in turn, under the same conditions."""
        pairs = zip(self.rounds.get(above, []), self.rounds.get(below, []), strict=False)
        return sorted(one / other for one, other in pairs if other)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """With the first column on the left and figures on the right."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *others]).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([f"\n{title}", "", line(head), rule, *map(line, rows)])
