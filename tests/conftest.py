"""The cast that every test may call on, and the instants they live in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import override_settings

from curation.models import ChatSession, Series, Turn
from curation.rota.curators import make_curator
from people.models import Team, User
from tests.support.live import Server, Site, site_in

pytest_plugins = ["tests.support.selection"]

THURSDAY = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)  # 14:00 in Berlin
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> Iterator[None]:
    """Everybody of the cast has a password; hashing them as for people would take minutes.

    Server processes of the tests hash with Argon2 as ever.
    """
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Learning Services")


@pytest.fixture
def curator(team: Team) -> User:
    """Priya, whose turn it is."""
    priya = User.objects.create_user(
        "priya@example.com", PASSWORD, name="Priya Raman", team=team, time_zone="Europe/Berlin"
    )
    make_curator(priya)
    return priya


@pytest.fixture
def dana(team: Team) -> User:
    """An employee who talks."""
    return User.objects.create_user("dana@example.com", PASSWORD, name="Dana Kowalski", team=team)


@pytest.fixture
def jonas(team: Team) -> User:
    """An employee who mostly reads."""
    return User.objects.create_user("jonas@example.com", PASSWORD, name="Jonas Meyer", team=team)


@pytest.fixture
def admin_user(db: None) -> User:
    return User.objects.create_superuser("admin@example.com", PASSWORD, name="Ada Admin")


@pytest.fixture
def series(curator: User, jonas: User) -> Series:
    series = Series.objects.create(
        name="#TalkTech", weekday=3, local_time=time(14, 0), time_zone="Europe/Berlin"
    )
    Turn.objects.create(series=series, person=curator, position=1)
    Turn.objects.create(series=series, person=jonas, position=2)
    return series


@pytest.fixture
def session(series: Series, curator: User) -> ChatSession:
    """Thursday's session: complete, published two days before."""
    return make_session(series, curator, THURSDAY)


def make_session(
    series: Series | None,
    curator: User | None,
    starts_at: datetime,
    status: str = ChatSession.Status.PUBLISHED,
) -> ChatSession:
    """A session with everything that publishing asks for; a rehearsal without a series."""
    day: date | None = starts_at.astimezone(series.zone).date() if series else None
    session = ChatSession.objects.create(
        series=series,
        date=day,
        slot=day,
        starts_at=starts_at,
        title="Learning in the flow of work",
        curator=curator,
        status=status,
        published_at=starts_at - timedelta(days=2) if status == "published" else None,
    )
    questions = ("What did you learn?", "Which reminder works?", "Where could a team use this?")
    for position, question in enumerate(questions, start=1):
        topic = session.topics.create(position=position, question=question)
        topic.articles.create(
            title=f"Article {position}", url=f"https://learning.example/{position}", minutes=4
        )
    return session


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A database of its own for server processes; nothing in it is undone between tests."""
    with site_in(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def server(site: Site) -> Server:
    """One server process, for tests that leave it as it was."""
    return site.serve()
