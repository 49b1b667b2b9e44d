"""How long things took, beside what is wanted on two cores. Printed, never asserted."""

from collections.abc import Iterable
from statistics import quantiles

from tests.faults.machinery.recording_client import Witness


def figures(witnesses: Iterable[Witness], mended: list[float], wanted: str) -> str:
    """`mended`: when something that was away was back; what waited for it is late from then on."""
    witnesses = list(witnesses)
    aways = [away for one in witnesses for away in one.aways]
    receipts = [receipt for one in witnesses for receipt in one.receipts]
    lags = [came - sent for sent, came in receipts]
    late = [came - since(sent, came, mended) for sent, came in receipts]
    line = f"send to receipt {spread(lags)}"
    if mended:
        line += f"; counted from when all is back {spread(late)}"
    if aways:
        line += f"; back after {spread(aways)}, {len(aways)} times"
    return f"{line} (wanted: {wanted})" if wanted else line


def since(sent: float, came: float, mended: list[float]) -> float:
    return max([sent, *(moment for moment in mended if sent < moment < came)])


def spread(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    p95 = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return f"p95 {p95:.2f} s, at most {max(seconds):.2f} s"
