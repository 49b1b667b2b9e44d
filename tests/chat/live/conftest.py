"""People signed in at the tests' own server; several processes need PostgreSQL and Redis."""

import pytest
from django.conf import settings

from tests.chat.live.leaving import make_leo
from tests.support.live import Browser, Server, Site

collect_ignore = ["test_processes.py"] if settings.SQLITE else []


@pytest.fixture(scope="module")
def dana(server: Server) -> Browser:
    return server.browser().sign_in("dana@example.com")


@pytest.fixture(scope="module")
def jonas(server: Server) -> Browser:
    return server.browser().sign_in("jonas@example.com")


@pytest.fixture(scope="module")
def priya(server: Server) -> Browser:
    """A curator, but not of rehearsals."""
    return server.browser().sign_in("priya@example.com")


@pytest.fixture(scope="session")
def leo(site: Site) -> str:
    """The address of a person whose sign-ins end."""
    return make_leo(site)
