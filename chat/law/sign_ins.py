"""What a sign-in is, and whether it still holds: plain values that are compared.

It ends when its browser session is gone or has expired, when its password is another one, and when
its person may not sign in any more. `chat.ledger.standing` reads them from the database.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple


class SignIn(NamedTuple):
    """The browser session's key, the person's id, their password's fingerprint."""

    key: str
    person_id: int
    password: str


class SignedOut(Exception):
    """The sign-in by which something was asked for does not hold any more."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What sign-ins depend on, as the database has it at one instant."""

    passwords: Mapping[int, str]
    browsers: Collection[str]

    def holds(self, sign_in: SignIn) -> bool:
        password = self.passwords.get(sign_in.person_id)
        return (
            password is not None
            and sign_in.key in self.browsers
            and sign_in.password == fingerprint(password)
        )

    def ended(self, sign_ins: Iterable[SignIn]) -> set[SignIn]:
        """Which of these hold no longer."""
        return {one for one in sign_ins if not self.holds(one)}


def fingerprint(secret: str) -> str:
    """Tells whether a secret is still the same, and nothing of it."""
    return blake2b(secret.encode(), digest_size=16).hexdigest()
