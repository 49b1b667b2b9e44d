"""Password hashing: the cost of one hash, and one thread that computes all of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

# One thread for all hashes of a process. Argon2 releases Python's lock, so several threads would
# take cores from the room. Each thread's malloc arena keeps the 19 MiB of a hash: 60 request
# threads held 320 MiB for good, this thread holds 20.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")


class PasswordHasher(Argon2PasswordHasher):
    """OWASP's first choice for Argon2id: 19 MiB, two passes, one lane; about 20 ms."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return str(_alone(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        return bool(_alone(super().verify, password, encoded))


def _alone(work: Callable[..., Any], *arguments: str) -> Any:
    """Return the result of `work`, which runs after the hashes that were queued before it."""
    return _thread.submit(work, *arguments).result()
