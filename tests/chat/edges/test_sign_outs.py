"""A sign-in that has ended opens nothing and stores nothing, whatever is still held of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.chat.edges.leaving import WAYS, Leaver, leave
from tests.support.live import House, Rehearsal, Server


@pytest.fixture(scope="module")
def rehearsal(house: House, leo: str) -> Rehearsal:
    return house.rehearse(timedelta(minutes=-5))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_nothing_works_once_a_sign_in_has_ended(
    house: House, server: Server, rehearsal: Rehearsal, way: Callable[[Leaver], None]
) -> None:
    await leave(house, rehearsal, server, server, way)
