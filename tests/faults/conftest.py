"""What the fault suite breaks: made once for each of its modules."""

from collections.abc import Iterator

import pytest

from tests.faults.machinery.cluster import Estate, estate


@pytest.fixture(scope="module")
def two() -> Iterator[Estate]:
    """Two processes over PostgreSQL and Redis, all of which are ours to break."""
    with estate(is_alone=False) as made:
        yield made


@pytest.fixture(scope="module")
def alone() -> Iterator[Estate]:
    """One process over a file."""
    with estate(is_alone=True) as made:
        yield made
