"""What is due for people every ten minutes: what has expired is deleted or ended."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from people import limits
from people.accounts import sign_up
from people.models import User
from people.sign_ins import endings

SHOWN_AFTER_A_CHANGE = timedelta(days=7)  # until everybody has been in a session with them

# What every app's `due` yields: what it does, for the log ("could not …"),
# and the function that does it and returns a sentence for each thing done.
Duty = tuple[str, Callable[[], list[str]]]


def due(now: datetime, by_database: datetime) -> Iterator[Duty]:
    """Yield each duty that may be due, separately, so that one that fails stops no other.

    `now` is the instant that all clocks agree on: what is deleted is gone.
    """
    for what, delete in (
        ("counts of tries", limits.delete_expired),
        ("sign-ups that nobody confirmed", sign_up.delete_expired),
        ("former names", delete_former_names),
        ("passwords that were made for somebody", end_printed_passwords),
    ):
        yield f"delete {what}", partial(delete_expired, what, delete, now)


def delete_expired(what: str, delete: Callable[[datetime], int], now: datetime) -> list[str]:
    """Delete `what` has expired by then, and return a sentence if there was any."""
    count = delete(now)
    return [f"Deleted {count} {what}."] if count else []


def delete_former_names(now: datetime) -> int:
    """Stop showing the names that people had more than a week ago; how many."""
    over = User.objects.filter(former_name__gt="", renamed_at__lt=now - SHOWN_AFTER_A_CHANGE)
    return over.update(former_name="") if over.exists() else 0


def end_printed_passwords(now: datetime) -> int:
    """End the passwords that a command printed a week ago or earlier; how many.

    A printed password may stand in a log or a letter, so it must not stay valid.
    """
    ended = 0
    for person in User.objects.filter(password_until__lt=now):
        person.set_unusable_password()
        # The filter is repeated, as they may have chosen their own password meanwhile.
        still = User.objects.filter(pk=person.pk, password_until__lt=now)
        if still.update(password=person.password, password_until=None):
            endings.report_possible_end(person.pk)
            ended += 1
    return ended
