"""Prints how long deliveries and reconnections took, next to the goal for a two-core machine."""

from collections.abc import Iterable
from statistics import quantiles

from tests.faults.machinery.recording_client import RecordingClient


def timing_summary(clients: Iterable[RecordingClient], recovered_at: list[float], goal: str) -> str:
    """One line. `recovered_at` are the moments (monotonic seconds) at which a service was back."""
    clients = list(clients)
    absences = [seconds for client in clients for seconds in client.absences]
    deliveries = [delivery for client in clients for delivery in client.deliveries]
    lags = [came - sent for sent, came in deliveries]
    late = [came - delay_start(sent, came, recovered_at) for sent, came in deliveries]
    line = f"send to delivery {summarize(lags)}"
    if recovered_at:
        line += f"; counted from recovery {summarize(late)}"
    if absences:
        line += f"; back after {summarize(absences)}, {len(absences)} times"
    return f"{line} (goal: {goal})" if goal else line


def delay_start(sent: float, came: float, recovered_at: list[float]) -> float:
    """When to start counting: once sent, and once everything needed for the delivery was back."""
    return max([sent, *(moment for moment in recovered_at if sent < moment < came)])


def summarize(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    p95 = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return f"p95 {p95:.2f} s, at most {max(seconds):.2f} s"
