"""The people that texts name are looked up in queries that every database accepts."""

import sqlite3

import pytest
from django.conf import settings
from django.db import connection

from chat.mentions import find
from curation.models import ChatSession
from people.models import User

AS_IT_COMES = 32_766  # values that SQLite takes in a statement


@pytest.fixture
def narrow(db: None) -> None:
    if settings.SQLITE:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, AS_IT_COMES)


@pytest.mark.usefixtures("narrow")
def test_a_batch_may_contain_more_names_than_one_query_holds(
    session: ChatSession, dana: User
) -> None:
    texts = [
        "".join(f"@n{text} {sign} a b c d " for sign in range(find.MOST_NAMES))
        for text in range(200)
    ]
    found = find.find_mentions(session.pk, [*texts, "@Dana Kowalski and @DANA KOWALSKI"])
    assert [one.people for one in found] == [[]] * 200 + [[dana.pk]]


def test_a_person_found_by_two_queries_is_named_once(
    session: ChatSession, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "NAMES_A_QUESTION", 1)
    text = "@Dana Kowalski, @dana kowalski, @DANA KOWALSKI"
    [found] = find.find_mentions(session.pk, [text])
    assert found.people == [dana.pk]
