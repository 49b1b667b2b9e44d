"""How much a run of the fault suite covers: `make test` a part, `make test-faults` everything."""

import os


def is_long() -> bool:
    return os.environ.get("FAULTS") == "long"


def seeds() -> list[int]:
    """The seeds for the mixes of faults: those in SEEDS="4 5 6", or a fixed few."""
    return [int(seed) for seed in os.environ.get("SEEDS", "").split()] or (
        [1, 2, 3] if is_long() else [1]
    )
