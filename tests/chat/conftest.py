"""What belongs to one world only: several processes need PostgreSQL and Redis."""

import pytest
from django.conf import settings

from tests.chat.edges.leaving import make_leo
from tests.support.live import Site

collect_ignore = ["test_processes.py"] if settings.SQLITE else []


@pytest.fixture(scope="session")
def leo(site: Site) -> str:
    """The address of somebody whose sign-ins end."""
    return make_leo(site)
