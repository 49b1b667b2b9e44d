"""A sign-in that has ended opens nothing and stores nothing, by cookie, ticket or socket."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.chat.live.leaving import WAYS, Leaver, leave
from tests.support.live import Rehearsal, Server, Site


@pytest.fixture(scope="module")
def rehearsal(site: Site, leo: str) -> Rehearsal:
    return site.rehearse(timedelta(minutes=-5))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_an_ended_sign_in_is_refused_everywhere(
    site: Site, server: Server, rehearsal: Rehearsal, way: Callable[[Leaver], None]
) -> None:
    await leave(site, rehearsal, server, server, way)
