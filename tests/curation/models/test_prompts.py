"""A curator's prompts at the desk: stored, checked, frozen in the lobby, shown to no reader."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from curation.clock import database_now
from curation.desk.forms import WHICH_MINUTE
from curation.models import ChatSession, NotAllowed, Prompt, PromptDraft, Series
from people.models import User
from tests.conftest import make_session
from tests.curation.desk.test_editor import desk, draft, filled, page, starting, two_curators
from tests.support.clients import signed_in

pytestmark = pytest.mark.django_db
__all__ = ["draft", "two_curators"]

ASK = PromptDraft(3, "Who has tried it?")


@pytest.fixture
def coming(series: Series, curator: User, two_curators: None) -> ChatSession:
    """Priya's published session in two days."""
    return make_session(series, curator, database_now().replace(microsecond=0) + timedelta(days=2))


@pytest.fixture
def priya(curator: User) -> Client:
    return signed_in(curator)


def row(topic: int, number: int, minute: object, body: str, **more: str) -> dict[str, Any]:
    """A prompt's row as a browser sends it."""
    prefix = f"topic-{topic}-prompts-{number}"
    fields = {"minute": str(minute), "body": body, **more}
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def stored(session: ChatSession) -> list[tuple[int, int, str, bool]]:
    prompts = Prompt.objects.filter(topic__session=session)
    return list(prompts.values_list("topic__position", "minute", "body", "if_quiet"))


# The session's verb


def test_prompts_are_stored_by_topic_and_minute(draft: ChatSession) -> None:
    late = PromptDraft(9, "Last words?", if_quiet=True)
    draft.prepare(database_now(), prompts=[[late, ASK], [], [PromptDraft(0, "Begin.\nWhere?")]])
    assert stored(draft) == [
        (1, 3, "Who has tried it?", False),
        (1, 9, "Last words?", True),
        (3, 0, "Begin.\nWhere?", False),
    ]
    first = Prompt.objects.filter(topic__session=draft).select_related("topic__session")[0]
    assert first.due_at == draft.starts_at + timedelta(minutes=3)
    last = Prompt.objects.get(topic__session=draft, topic__position=3)
    assert last.due_at == draft.starts_at + timedelta(minutes=20)


def test_prompts_that_no_draft_names_are_deleted(draft: ChatSession) -> None:
    draft.prepare(database_now(), prompts=[[ASK, PromptDraft(5, "And you?")], [ASK], []])
    draft.prepare(database_now(), title="Another title")
    assert len(stored(draft)) == 3
    kept = Prompt.objects.get(topic__session=draft, body="And you?")
    Prompt.objects.filter(pk=kept.pk).update(held=True)
    draft.prepare(database_now(), prompts=[[PromptDraft(6, "And they?", id=kept.pk)], [], []])
    assert stored(draft) == [(1, 6, "And they?", False)]
    kept.refresh_from_db()
    assert kept.body == "And they?" and kept.held


def test_a_prompt_of_another_topic_is_not_taken_over(draft: ChatSession) -> None:
    draft.prepare(database_now(), prompts=[[ASK], [], []])
    theirs = Prompt.objects.get(topic__session=draft)
    draft.prepare(database_now(), prompts=[[ASK], [PromptDraft(1, "Mine", id=theirs.pk)], []])
    assert stored(draft) == [(1, 3, "Who has tried it?", False), (2, 1, "Mine", False)]


def test_a_topic_has_at_most_five_prompts(draft: ChatSession) -> None:
    draft.prepare(database_now(), prompts=[[ASK] * 5, [], []])
    with pytest.raises(NotAllowed, match="at most 5 prompts"):
        draft.prepare(database_now(), title="Not this", prompts=[[ASK] * 6, [], []])
    draft.refresh_from_db()
    assert len(stored(draft)) == 5 and draft.title == ""


@pytest.mark.parametrize("text", ["x" * 2000, "é" * 2000, " \r\n x \t y ", "👩🏽‍🔬"])
def test_a_text_that_can_be_posted_is_accepted(draft: ChatSession, text: str) -> None:
    draft.prepare(database_now(), prompts=[[PromptDraft(0, text)], [], []])
    assert len(stored(draft)) == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\x00b", "\u200b\u2060", "\u202eturned"])
def test_a_text_that_could_not_be_posted_is_refused(draft: ChatSession, text: str) -> None:
    with pytest.raises(ValidationError):
        draft.prepare(database_now(), prompts=[[PromptDraft(0, text)], [], []])
    assert stored(draft) == []


@pytest.mark.parametrize("minute", [-1, 10])
def test_verb_and_database_refuse_a_minute_outside_the_topic(
    draft: ChatSession, minute: int
) -> None:
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        draft.prepare(database_now(), prompts=[[PromptDraft(minute, "Now?")], [], []])
    with pytest.raises(IntegrityError), transaction.atomic():
        Prompt.objects.create(topic=draft.topics.all()[0], minute=minute, body="Now?")


def test_prompts_can_not_be_changed_once_the_lobby_is_open(coming: ChatSession) -> None:
    lobby = coming.lobby_opens_at
    coming.prepare(lobby - timedelta(milliseconds=1), prompts=[[ASK], [], []])
    with pytest.raises(NotAllowed, match="The lobby is open"):
        coming.prepare(lobby, prompts=[[], [], []])
    assert len(stored(coming)) == 1


def test_a_draft_with_a_prompt_counts_as_prepared(draft: ChatSession) -> None:
    assert draft in ChatSession.objects.unprepared(database_now())
    draft.prepare(database_now(), prompts=[[], [], [ASK]])
    assert draft not in ChatSession.objects.unprepared(database_now())


# The desk


def test_a_curator_writes_prompts_beside_the_articles(draft: ChatSession, priya: Client) -> None:
    sent = filled(priya, draft) | row(1, 0, 7, "Later?") | row(1, 1, 2, "First", if_quiet="on")
    assert priya.post(desk(draft), sent | row(3, 0, 0, "At once?")).status_code == 302
    assert stored(draft) == [
        (1, 2, "First", True),
        (1, 7, "Later?", False),
        (3, 0, "At once?", False),
    ]
    html = priya.get(desk(draft)).content.decode()
    assert "Later?" in html and "Prompt 2" in html


def test_empty_rows_are_ignored_and_emptied_or_removed_ones_are_deleted(
    draft: ChatSession, priya: Client
) -> None:
    body = " \r\n "
    sent = filled(priya, draft) | row(1, 0, 1, "One") | row(2, 0, 2, "Two") | row(2, 1, "", body)
    priya.post(desk(draft), sent | {"topic-3-prompts-0-if_quiet": "on"})
    assert [body for _, _, body, _ in stored(draft)] == ["One", "Two"]
    sent = page(priya, draft) | row(1, 0, "", "") | {"topic-2-prompts-0-DELETE": "on"}
    assert priya.post(desk(draft), sent).status_code == 302
    assert stored(draft) == []


def test_an_edited_row_changes_its_own_prompt(draft: ChatSession, priya: Client) -> None:
    priya.post(desk(draft), filled(priya, draft) | row(1, 0, 1, "One", if_quiet="on"))
    [pk] = Prompt.objects.values_list("pk", flat=True)
    sent = page(priya, draft) | row(1, 0, 4, "One, better")
    sent.pop("topic-1-prompts-0-if_quiet")
    priya.post(desk(draft), sent)
    assert stored(draft) == [(1, 4, "One, better", False)]
    assert Prompt.objects.get().pk == pk


@pytest.mark.parametrize(
    ("minute", "text", "field", "sentence"),
    [
        ("", "When?", "minute", "Enter a minute from 0 to 9."),
        ("10", "When?", "minute", WHICH_MINUTE),
        ("-1", "When?", "minute", WHICH_MINUTE),
        ("now", "When?", "minute", WHICH_MINUTE),
        ("9" * 5000, "When?", "minute", WHICH_MINUTE),
        ("3", " ", "body", "Write the question, or clear the minute as well."),
        ("3", "x" * 2001, "body", "at most 2000 characters"),
        ("3", "a\x00b", "body", "Null characters are not allowed"),
        ("3", "bell \x07", "body", "can’t be displayed"),
        ("3", "\u200b", "body", "Write something visible."),
        ("3", "\u202eturned", "body", "reverses the text direction"),
    ],
)
def test_bad_input_is_refused_next_to_its_field_and_everything_typed_stays(
    draft: ChatSession, priya: Client, minute: str, text: str, field: str, sentence: str
) -> None:
    sent = filled(priya, draft) | row(2, 0, minute, text, if_quiet="on") | row(2, 1, 5, "Kept?")
    answer = priya.post(desk(draft), sent)
    html = answer.content.decode()
    assert answer.status_code == 200 and "Nothing has been saved yet" in html and sentence in html
    assert f'id="id_topic-2-prompts-0-{field}_error"' in html, "the error stands at its field"
    again = answer.context["forms"].topics[1].prompts.forms
    assert (again[0]["minute"].value(), again[0]["body"].value()) == (minute, text)
    assert again[0]["if_quiet"].value() and again[1]["body"].value() == "Kept?"
    assert answer.context["forms"].session["title"].value() == "Learning at work"
    draft.refresh_from_db()
    assert (draft.edition, stored(draft)) == (0, [])


@pytest.mark.parametrize(
    "sent",
    [
        {"topic-1-prompts-TOTAL_FORMS": "100000"},
        {"topic-1-prompts-TOTAL_FORMS": "6"},
        {"topic-1-prompts-TOTAL_FORMS": ""},
        row(1, 0, 1, "One", prompt="9" * 40),
        row(1, 0, 1, "One", prompt="x"),
    ],
    ids=str,
)
def test_a_manipulated_form_changes_nothing(
    draft: ChatSession, priya: Client, sent: dict[str, str]
) -> None:
    more = {key: value for number in range(6) for key, value in row(1, number, 1, "x").items()}
    answer = priya.post(desk(draft), filled(priya, draft) | more | sent)
    assert answer.status_code in (200, 302)
    assert len(stored(draft)) <= 5


@pytest.mark.parametrize("minutes", [9, -5, -31])
def test_from_the_lobby_on_prompts_are_shown_read_only(
    coming: ChatSession, priya: Client, minutes: int
) -> None:
    coming.prepare(database_now(), prompts=[[ASK], [], []])
    sent = page(priya, coming) | row(1, 0, 8, "Changed")
    starting(coming, database_now() + timedelta(minutes=minutes))
    html = priya.get(desk(coming)).content.decode()
    part = html.split("Prompts</summary>")[1].split("</details>")[0]
    assert "Who has tried it?" in part and " readonly" in part and " disabled" in part
    assert "Remove" not in part and "Add a prompt" not in html
    assert "hide articles" in priya.post(desk(coming), sent).content.decode()
    assert stored(coming) == [(1, 3, "Who has tried it?", False)]


@pytest.mark.parametrize("who", ["dana", "jonas", "curator", "admin_user"])
@pytest.mark.parametrize("minutes", [3000, 5, -5, -31])
def test_a_prompt_appears_on_no_page_for_readers(
    coming: ChatSession, request: pytest.FixtureRequest, who: str, minutes: int
) -> None:
    coming.prepare(database_now(), prompts=[[PromptDraft(9, "A surprise")]] * 3)
    starting(coming, database_now() + timedelta(minutes=minutes))
    client = signed_in(request.getfixturevalue(who))
    own = coming.get_absolute_url()
    pages = ("/", own, f"{own}event.ics", coming.room_url, coming.transcript_url, "/transcripts/")
    for path in pages:
        assert "A surprise" not in client.get(path, follow=True).content.decode(), path


def test_markup_in_a_prompt_is_shown_as_text(draft: ChatSession, priya: Client) -> None:
    evil = "</textarea><script>alert(1)</script>"
    priya.post(desk(draft), filled(priya, draft) | row(1, 0, 1, evil))
    assert stored(draft)[0][2] == evil
    assert "<script>alert(1)" not in priya.get(desk(draft)).content.decode()
