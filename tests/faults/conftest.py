"""The fixtures of the fault suite: one installation of each kind, made once per test module."""

from collections.abc import Iterator

import pytest

from tests.faults.machinery.cluster import Cluster, running_cluster


@pytest.fixture(scope="module")
def two_processes() -> Iterator[Cluster]:
    """Two server processes over a PostgreSQL and a Redis that only this suite uses."""
    with running_cluster(is_alone=False) as made:
        yield made


@pytest.fixture(scope="module")
def one_process() -> Iterator[Cluster]:
    """One server process over an SQLite file."""
    with running_cluster(is_alone=True) as made:
        yield made
