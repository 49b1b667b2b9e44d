"""How much of the trouble a run wants: `make test` the short form, `make test-faults` all of it."""

import os


def is_long() -> bool:
    return os.environ.get("FAULTS") == "long"


def seeds() -> list[int]:
    """Of the mixes of troubles: SEEDS="4 5 6", or what is tried always."""
    return [int(seed) for seed in os.environ.get("SEEDS", "").split()] or (
        [1, 2, 3] if is_long() else [1]
    )
