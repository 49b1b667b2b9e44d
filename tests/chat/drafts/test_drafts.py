"""Drafts on the pre-read: stored until the session's end, and shown to their author only."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from chat.drafts import store
from chat.law.rules import Refused
from chat.models import Draft, Post
from curation.clock import database_now
from curation.models import ChatSession, Series
from curation.rota.curators import make_curator
from people.models import User
from tests.conftest import make_session
from tests.support.clients import signed_in

pytestmark = pytest.mark.django_db

SECRET = "I would never say this aloud"


@pytest.fixture
def coming(series: Series, curator: User) -> ChatSession:
    """A published session in two days."""
    return make_session(series, curator, database_now().replace(microsecond=0) + timedelta(days=2))


def starting_in(session: ChatSession, minutes: float) -> None:
    """Move its start to where the test needs it, without the checks of the law."""
    starts_at = database_now() + timedelta(minutes=minutes)
    ChatSession.objects.filter(pk=session.pk).update(starts_at=starts_at)
    session.refresh_from_db()


def form_of(client: Client, session: ChatSession) -> dict[str, str]:
    """The fields that a browser would send from the page unchanged."""
    form = client.get(session.get_absolute_url()).context["form"]
    sent: dict[str, str] = {}
    for field in form:
        value = (field.value() or "").replace("\n", "\r\n")
        sent |= {field.html_name: value, field.html_initial_name: value}
    return sent


def send(client: Client, session: ChatSession, *texts: str) -> Any:
    """The page's form with these answers typed into it."""
    typed = {f"answer-{position}": text for position, text in enumerate(texts, 1)}
    address = f"{session.get_absolute_url()}answers/"
    return client.post(address, form_of(client, session) | typed)


def kept(session: ChatSession, person: User) -> dict[int, str]:
    return {position: draft.body for position, draft in store.read_drafts(session, person).items()}


def post_it(session: ChatSession, person: User, client_id: UUID, body: str) -> None:
    topic = session.topics.get(position=1)
    ids = {"session": session, "topic": topic, "author": person, "client_id": client_id}
    at = session.starts_at
    Post.objects.create(seq=1, rev=1, taken_rev=1, body=body, html=body, at=at, **ids)


# Storing


def test_a_draft_is_stored_and_shown_again(coming: ChatSession, dana: User) -> None:
    client = signed_in(dana)
    page = client.get(coming.get_absolute_url()).content.decode()
    assert "Prepare your answers (only you can see them)" in page and page.count("<textarea") == 3
    answer = send(client, coming, "One,\r\nin two lines", "", "  Three  ")
    assert answer.status_code == 302
    assert kept(coming, dana) == {1: "One,\nin two lines", 3: "Three"}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Saved. Only you can see it." in page and "One,\nin two lines</textarea>" in page


def test_emptying_a_field_deletes_its_answer(coming: ChatSession, dana: User) -> None:
    client = signed_in(dana)
    send(client, coming, "One", "Two", "Three")
    send(client, coming, "", " \r\n\u200b ", "Three")
    assert kept(coming, dana) == {3: "Three"}


def test_each_person_has_their_own_drafts(coming: ChatSession, dana: User, jonas: User) -> None:
    send(signed_in(dana), coming, "Dana's")
    send(signed_in(jonas), coming, "Jonas's")
    assert (kept(coming, dana), kept(coming, jonas)) == ({1: "Dana's"}, {1: "Jonas's"})


def test_an_old_tab_does_not_overwrite_a_newer_draft(coming: ChatSession, dana: User) -> None:
    client = signed_in(dana)
    old = form_of(client, coming)
    send(client, coming, "One", "Two")
    client.post(f"{coming.get_absolute_url()}answers/", old | {"answer-3": "Three"})
    assert kept(coming, dana) == {1: "One", 2: "Two", 3: "Three"}


def test_a_text_is_kept_as_a_post_would_have_it(coming: ChatSession, dana: User) -> None:
    client = signed_in(dana)
    send(client, coming, "Cafe\u0301", "a\tb", "x" * 2000)
    assert kept(coming, dana) == {1: "Caf\u00e9", 2: "a    b", 3: "x" * 2000}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 2001, "A post can have at most 2000 characters."),
        ("bell \x07", "visible characters"),
        ("null \x00", "visible characters"),
        ("not one \ufffe", "visible characters"),
        ("\u0301" * 100_000, "A post can have at most 2000 characters."),
    ],
    ids=["long", "bell", "null", "non-character", "a pile of marks"],
)
def test_a_text_that_can_not_be_posted_is_refused_at_its_field_and_stays(
    coming: ChatSession, dana: User, text: str, sentence: str
) -> None:
    answer = send(signed_in(dana), coming, "One", text, "")
    html = answer.content.decode()
    assert answer.status_code == 200 and sentence in html and "Nothing has been saved yet" in html
    assert 'id="id_answer-2_error"' in html
    form = answer.context["form"]
    assert form["1"].value() == "One" and form["2"].value() == text
    assert kept(coming, dana) == {}


def test_markup_in_an_answer_stays_text(coming: ChatSession, dana: User) -> None:
    client = signed_in(dana)
    evil = "</textarea><script>alert(1)</script>"
    send(client, coming, evil)
    assert kept(coming, dana)[1] == evil
    assert "<script>alert(1)" not in client.get(coming.get_absolute_url()).content.decode()


# The time limit


@pytest.mark.parametrize(("minutes", "offered"), [(5, True), (-29, True), (-30, False)])
def test_the_form_is_there_until_the_session_ends(
    coming: ChatSession, dana: User, minutes: int, offered: bool
) -> None:
    starting_in(coming, minutes)
    page = signed_in(dana).get(coming.get_absolute_url()).content.decode()
    assert ("Prepare your answers (only you can see them)" in page) is offered


def test_a_draft_sent_too_late_is_refused_and_stays_on_the_page(
    coming: ChatSession, dana: User
) -> None:
    client = signed_in(dana)
    sent = form_of(client, coming) | {"answer-1": "Too late"}
    starting_in(coming, -30)
    answer = client.post(f"{coming.get_absolute_url()}answers/", sent)
    html = answer.content.decode()
    assert answer.status_code == 200 and store.AFTER in html and "Too late</textarea>" in html
    assert kept(coming, dana) == {}


def test_drafts_are_refused_from_the_very_end_on(coming: ChatSession, dana: User) -> None:
    just = timedelta(milliseconds=1)
    store.save_draft(coming, dana, 1, "In time", coming.ends_at - just)
    with pytest.raises(Refused, match="closed"):
        store.save_draft(coming, dana, 1, "Too late", coming.ends_at)
    assert kept(coming, dana) == {1: "In time"}


def test_a_session_that_does_not_take_place_takes_no_answers(
    coming: ChatSession, dana: User
) -> None:
    client = signed_in(dana)
    sent = form_of(client, coming) | {"answer-1": "For nothing"}
    coming.call_off(database_now(), "A holiday.")
    assert (
        "called off" in client.post(f"{coming.get_absolute_url()}answers/", sent).content.decode()
    )
    page = client.get(coming.get_absolute_url()).content.decode()
    assert "Your answers" not in page and kept(coming, dana) == {}


def test_a_draft_session_offers_no_form(series: Series, curator: User, dana: User) -> None:
    session = make_session(series, curator, database_now() + timedelta(days=2), "draft")
    for person in (dana, curator):
        client = signed_in(person)
        assert "Your answers" not in client.get(session.get_absolute_url()).content.decode()
        client.post(f"{session.get_absolute_url()}answers/", {"answer-1": "Early"})
    assert not Draft.objects.exists()


def test_a_rehearsal_has_answers_too(curator: User, dana: User) -> None:
    session = make_session(None, curator, database_now() + timedelta(hours=1))
    assert send(signed_in(dana), session, "One").status_code == 302
    assert kept(session, dana) == {1: "One"}


def test_the_address_bears_any_visitor(coming: ChatSession, dana: User, client: Client) -> None:
    address = f"{coming.get_absolute_url()}answers/"
    assert client.post(address, {"answer-1": "x"}).headers["Location"].startswith("/accounts/")
    browser = signed_in(dana)
    assert browser.get(address).headers["Location"] == coming.get_absolute_url()
    assert browser.post(address).status_code == 302
    assert browser.post("/sessions/2031-01-01/answers/", {"answer-1": "x"}).status_code == 404
    assert browser.post("/rehearsals/99999/answers/", {"answer-1": "x"}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dana)
    assert strict.post(address, {"answer-1": "x"}).status_code == 403
    assert not Draft.objects.exists()


# What the room offers


def test_the_room_offers_the_drafts_that_are_not_posted_yet(
    coming: ChatSession, dana: User, jonas: User
) -> None:
    send(signed_in(dana), coming, "One", "", "Three")
    send(signed_in(jonas), coming, "Jonas's")
    first, third = Draft.objects.filter(person=dana).order_by("topic__position")
    one = {"topic": 1, "id": str(first.client_id), "body": "One"}
    three = {"topic": 3, "id": str(third.client_id), "body": "Three"}
    assert store.unposted_drafts(coming, dana) == [one, three]
    post_it(coming, dana, first.client_id, "One, changed on the way")
    assert store.unposted_drafts(coming, dana) == [three]
    page = signed_in(dana).get(coming.get_absolute_url()).content.decode()
    assert page.count("You’ve already posted this answer.") == 1


def test_a_draft_rewritten_after_it_was_posted_is_a_new_draft(
    coming: ChatSession, dana: User
) -> None:
    now = database_now()
    store.save_draft(coming, dana, 1, "One", now)
    first = Draft.objects.get()
    store.save_draft(coming, dana, 1, "One, better", now)
    assert store.unposted_drafts(coming, dana)[0]["id"] == str(first.client_id)
    post_it(coming, dana, first.client_id, "One, better")
    store.save_draft(coming, dana, 1, "One, better", now)
    assert store.unposted_drafts(coming, dana) == []
    store.save_draft(coming, dana, 1, "And another thing", now)
    [offered] = store.unposted_drafts(coming, dana)
    assert offered["body"] == "And another thing" and offered["id"] != str(first.client_id)


# Privacy


def test_a_draft_appears_on_no_page_of_another_person(
    coming: ChatSession,
    dana: User,
    jonas: User,
    curator: User,
    admin_user: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    make_curator(curator)
    send(signed_in(dana), coming, SECRET)
    own = coming.get_absolute_url()
    models = [f"{one._meta.app_label}/{one._meta.model_name}" for one in admin.site._registry]
    for minutes in (3000, 5, -5, -31):
        starting_in(coming, minutes)
        paths = ["/", own, f"{own}event.ics", coming.room_url, coming.transcript_url, "/you/"]
        paths += ["/transcripts/", "/admin/", "/admin/curation/", "/admin/chat/"]
        paths += [f"/admin/curation/chatsession/{coming.pk}/change/"]
        paths += [f"/admin/curation/chatsession/{coming.pk}/history/"]
        paths += [f"/admin/people/user/{dana.pk}/{page}/" for page in ("change", "delete")]
        paths += [f"/admin/{one}/?q={word}" for one in models for word in ("never", "aloud")]
        for person in (jonas, curator, admin_user):
            client = signed_in(person)
            for path in paths:
                content = client.get(path, follow=True).content.decode()
                assert SECRET not in content, f"{path} for {person}"
        assert SECRET not in str(Draft.objects.get())
    assert SECRET not in caplog.text


def test_the_admin_site_has_no_drafts() -> None:
    assert apps.get_model("chat", "Draft") not in admin.site._registry


def test_the_printed_pre_read_leaves_them_out() -> None:
    with open("static/css/pages/pre_read.css") as file:
        assert ".draft-form," in file.read().split("@media print")[1]
