"""The curator's page: who may open it, what its buttons do, and that nothing typed is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from curation.clock import database_now
from curation.models import Article, ChatSession, Series, create_session
from curation.rota.curators import curators_group, make_curator
from people.models import User
from tests.conftest import THURSDAY, make_session
from tests.support.clients import signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/curation/chatsession/"


@pytest.fixture
def two_curators(curator: User, jonas: User) -> None:
    """Priya and Jonas are curators, Dana isn't."""
    make_curator(curator)
    make_curator(jonas)


@pytest.fixture
def draft(series: Series, curator: User, two_curators: None) -> ChatSession:
    """Priya's next session, empty."""
    starts_at = database_now().replace(microsecond=0) + timedelta(days=3)
    day = starts_at.astimezone(series.zone).date()
    return create_session(series, day, starts_at, curator=curator)


@pytest.fixture
def theirs(series: Series, jonas: User, two_curators: None) -> ChatSession:
    """Jonas's session, a week later, complete and not published."""
    starts_at = database_now().replace(microsecond=0) + timedelta(days=10)
    session = make_session(series, jonas, starts_at, "draft")
    ChatSession.objects.filter(pk=session.pk).update(title="A secret of Jonas")
    return session


def desk(session: ChatSession) -> str:
    return f"{LIST}{session.pk}/change/"


def starting(session: ChatSession, starts_at: datetime) -> None:
    """Set its start directly in the database, as no verb would allow."""
    ChatSession.objects.filter(pk=session.pk).update(starts_at=starts_at)


def page(client: Client, session: ChatSession) -> dict[str, Any]:
    """What a browser would send if the page were submitted unchanged."""
    page_forms = client.get(desk(session)).context["forms"]
    edition = ChatSession.objects.get(pk=session.pk).edition
    sent: dict[str, Any] = {"edition": edition}
    forms = [page_forms.session]
    for part in page_forms.topics:
        for rows in (part.articles, part.prompts):
            forms += [*rows.forms, rows.management_form]
        forms.append(part.question)
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = value
    return sent


def filled(client: Client, session: ChatSession) -> dict[str, Any]:
    """What a browser would send with every field filled in."""
    sent = page(client, session) | {"session-title": "Learning at work", "session-intro": "*Hi*"}
    for position in (1, 2, 3):
        sent |= {
            f"topic-{position}-question": f"Question {position}?",
            f"topic-{position}-articles-0-url": f"https://example.com/{position}",
            f"topic-{position}-articles-0-title": f"Article {position}",
            f"topic-{position}-articles-0-minutes": "4",
        }
    return sent


@pytest.mark.parametrize(
    ("who", "own", "other"),
    [("curator", 200, 403), ("jonas", 403, 200), ("admin_user", 200, 200), ("dana", 302, 302)],
)
def test_a_session_is_opened_by_its_curator_and_admins_only(
    draft: ChatSession,
    theirs: ChatSession,
    request: pytest.FixtureRequest,
    who: str,
    own: int,
    other: int,
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(desk(draft)).status_code == own
    assert client.get(desk(theirs)).status_code == other
    for session, status in ((draft, own), (theirs, other)):
        answer = client.post(desk(session), {"verb": "off", "off-reason": "Mine."})
        assert answer.status_code == (302 if status == 200 else status)
        session.refresh_from_db()
        assert (session.status == "cancelled") is (status == 200)


def test_signed_out_readers_are_redirected_to_the_sign_in(
    draft: ChatSession, client: Client
) -> None:
    for address in (LIST, desk(draft), "/admin/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(("/admin/login/", "/accounts/login/"))
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "address",
    [
        "/admin/curation/series/",
        "/admin/curation/series/add/",
        "/admin/people/user/",
        "/admin/people/user/add/",
        "/admin/people/team/",
        "/admin/people/signupdomain/",
        "/admin/people/auditentry/",
        f"{LIST}add/",
    ],
)
def test_a_curator_finds_nothing_else_in_the_admin(
    curator: User, two_curators: None, address: str
) -> None:
    assert signed_in(curator).get(address).status_code == 403


@pytest.mark.parametrize("who", ["curator", "admin_user"])
def test_a_session_can_not_be_added_or_deleted_by_hand(
    draft: ChatSession, request: pytest.FixtureRequest, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(
        LIST, {"action": "delete_selected", "_selected_action": draft.pk, "post": "yes"}
    ).status_code in (200, 302, 403)
    assert ChatSession.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "abc", "1 OR 1=1", "%00"])
def test_an_unknown_session_shows_a_message(curator: User, two_curators: None, number: str) -> None:
    answer = signed_in(curator).get(f"{LIST}{number}/change/", follow=True)
    assert answer.status_code in (200, 404)


def test_the_list_shows_only_date_and_curator_of_others_drafts(
    draft: ChatSession, theirs: ChatSession, curator: User
) -> None:
    text = signed_in(curator).get(LIST).content.decode()
    assert "Jonas Meyer" in text and "Priya Raman" in text
    assert "A secret of Jonas" not in text
    assert desk(draft) in text and desk(theirs) not in text


def test_an_admin_sees_every_title_and_how_much_is_missing(
    draft: ChatSession, theirs: ChatSession, admin_user: User
) -> None:
    text = signed_in(admin_user).get(LIST).content.decode()
    assert "A secret of Jonas" in text
    assert desk(theirs) in text and ">7<" in text


@pytest.mark.parametrize(
    "query", ["title__startswith=A", "intro__contains=a", "topics__question__contains=a"]
)
def test_look_ups_in_the_list_reveal_nothing_about_others_drafts(
    theirs: ChatSession, curator: User, query: str
) -> None:
    assert signed_in(curator).get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["q=secret", "o=4", "o=-4.1", "p=99", "e=1", "which=nonsense"])
def test_the_list_survives_any_query(theirs: ChatSession, curator: User, query: str) -> None:
    answer = signed_in(curator).get(f"{LIST}?{query}", follow=True)
    assert answer.status_code == 200
    assert "A secret of Jonas" not in answer.content.decode()


def test_a_person_who_is_no_curator_is_turned_away(dana: User) -> None:
    answer = signed_in(dana).get("/admin/", follow=True)
    assert answer.status_code == 403


def test_rehearsals_have_a_list_of_their_own(draft: ChatSession, curator: User, dana: User) -> None:
    rehearsal = make_session(None, None, THURSDAY)
    client = signed_in(curator)
    assert f"/rehearsals/{rehearsal.pk}/" not in client.get(LIST).content.decode()
    listed = client.get(f"{LIST}?which=rehearsals").content.decode()
    assert f"/rehearsals/{rehearsal.pk}/" in listed
    assert signed_in(dana).get(f"{LIST}?which=rehearsals").status_code in (302, 403)


def test_past_and_called_off_sessions_have_a_list_of_their_own(
    draft: ChatSession, theirs: ChatSession, admin_user: User
) -> None:
    theirs.call_off(database_now(), "A holiday.")
    client = signed_in(admin_user)
    assert desk(theirs) not in client.get(LIST).content.decode()
    assert desk(theirs) in client.get(f"{LIST}?which=over").content.decode()


def test_a_curator_fills_in_the_page_and_saves(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    answer = client.post(desk(draft), filled(client, draft))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Learning at work", "draft")
    assert "<em>Hi</em>" in draft.intro_html or "*Hi*" in draft.intro_html
    assert [topic.articles.count() for topic in draft.topics.all()] == [1, 1, 1]
    assert LogEntry.objects.get().object_id == str(draft.pk)


def test_an_incomplete_session_is_saved_but_not_published(
    draft: ChatSession, curator: User
) -> None:
    client = signed_in(curator)
    sent = filled(client, draft) | {"topic-2-question": "", "verb": "publish"}
    answer = client.post(desk(draft), sent)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Write the question for topic 2." in text and "Saved as a draft." in text
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Learning at work", "draft")


def test_a_complete_session_is_saved_and_published(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    answer = client.post(desk(draft), filled(client, draft) | {"verb": "publish"}, follow=True)
    assert "Everyone can read it now" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.is_published and draft.published_at is not None


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("session-title", "x" * 121, "at most 120 characters"),
        ("session-title", "a\x00b", "Null characters are not allowed"),
        ("session-title", "\u202eturned", "reverses the text direction"),
        ("session-intro", "x" * 5001, "at most 5000 characters"),
        ("session-intro", "bell \x07", "can’t be displayed"),
        ("topic-1-question", "x" * 201, "at most 200 characters"),
        ("topic-3-question", "\u2067turned", "reverses the text direction"),
        ("topic-2-articles-0-url", "javascript:alert(1)", "Start the link with https://"),
        ("topic-2-articles-0-url", "https://u:p@example.com/", "Remove the user name and password"),
        ("topic-2-articles-0-url", "https://nodot/", "Enter the full address"),
        ("topic-2-articles-0-url", "https://example.com/" + "x" * 500, "at most 500 characters"),
        ("topic-2-articles-0-title", "x" * 161, "at most 160 characters"),
        ("topic-2-articles-0-title", "", "This field is required"),
        ("topic-2-articles-0-source", "x" * 81, "at most 80 characters"),
        ("topic-2-articles-0-note", "x" * 401, "at most 400 characters"),
        ("topic-2-articles-0-minutes", "0", "greater than or equal to 1"),
        ("topic-2-articles-0-minutes", "121", "less than or equal to 120"),
        ("topic-2-articles-0-minutes", "9" * 5000, "Enter a whole number"),
        ("topic-2-articles-0-minutes", "many", "Enter a whole number"),
        ("topic-2-articles-0-ORDER", "first", "Enter a whole number"),
    ],
)
def test_bad_input_is_refused_next_to_its_field_and_everything_typed_stays(
    draft: ChatSession, curator: User, field: str, text: str, sentence: str
) -> None:
    client = signed_in(curator)
    sent = filled(client, draft) | {field: text, "verb": "publish"}
    answer = client.post(desk(draft), sent)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Nothing has been saved yet" in html and sentence in html
    assert f'id="id_{field}_error"' in html, "the error stands at its field"
    again = answer.context["forms"]
    assert again.session["title"].value() == sent["session-title"]
    assert again.topics[0].question["question"].value() == sent["topic-1-question"]
    assert again.topics[2].articles.forms[0]["title"].value() == "Article 3"
    draft.refresh_from_db()
    assert (draft.edition, draft.status) == (0, "draft")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verb": "nonsense"},
        {"edition": "0"},
        {"edition": "0", "topic-1-articles-TOTAL_FORMS": "100000"},
        {"edition": "0", "topic-1-articles-TOTAL_FORMS": "-1"},
        {"verb": "hide-"},
        {"verb": "hide-9" + "9" * 30},
        {"verb": "over", "over-to": "1"},
        {"verb": "move", "edition": "0", "move-day": "0001-01-01", "move-time": "00:00"},
    ],
    ids=str,
)
def test_a_manipulated_form_is_refused(
    draft: ChatSession, curator: User, sent: dict[str, str]
) -> None:
    answer = signed_in(curator).post(desk(draft), sent)
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.edition, draft.status) == (0, "draft")


def test_a_link_without_https_gets_it(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    client.post(desk(draft), filled(client, draft) | {"topic-1-articles-0-url": "example.com/a"})
    assert Article.objects.get(topic__session=draft, topic__position=1).url == (
        "https://example.com/a"
    )


def test_articles_are_ordered_removed_and_added(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    sent = filled(client, draft) | {
        "topic-1-articles-1-url": "https://example.com/second",
        "topic-1-articles-1-title": "Second",
    }
    client.post(desk(draft), sent)
    sent = page(client, draft) | {
        "topic-1-articles-0-ORDER": "2",
        "topic-1-articles-1-ORDER": "1",
        "topic-2-articles-0-DELETE": "on",
    }
    client.post(desk(draft), sent)
    first, second, _ = draft.topics.all()
    assert [article.title for article in first.articles.all()] == ["Second", "Article 1"]
    assert not second.articles.exists()


def test_two_people_who_save_at_once_do_not_overwrite_each_other(
    draft: ChatSession, curator: User, admin_user: User
) -> None:
    priya, ada = signed_in(curator), signed_in(admin_user)
    sent = filled(priya, draft)
    ada.post(desk(draft), page(ada, draft) | {"session-title": "Ada was faster"})
    answer = priya.post(desk(draft), sent)
    assert answer.status_code == 200
    assert "changed this session after you opened it" in answer.content.decode()
    assert answer.context["forms"].session["title"].value() == "Learning at work"
    draft.refresh_from_db()
    assert draft.title == "Ada was faster"
    priya.post(desk(draft), sent | {"edition": draft.edition})
    draft.refresh_from_db()
    assert draft.title == "Learning at work"


@pytest.fixture
def published(draft: ChatSession, curator: User) -> ChatSession:
    client = signed_in(curator)
    client.post(desk(draft), filled(client, draft) | {"verb": "publish"})
    draft.refresh_from_db()
    return draft


def test_a_published_session_stays_complete(published: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    sent = page(client, published) | {"session-title": "Better", "topic-3-question": ""}
    answer = client.post(desk(published), sent)
    assert "Write the question for topic 3." in answer.content.decode()
    assert answer.context["forms"].session["title"].value() == "Better"
    published.refresh_from_db()
    assert published.title == "Learning at work"


@pytest.mark.parametrize("minutes", [9, -5, -31])
def test_from_the_lobby_on_the_page_only_hides_articles(
    published: ChatSession, curator: User, minutes: int
) -> None:
    client = signed_in(curator)
    sent = page(client, published)
    starting(published, database_now() + timedelta(minutes=minutes))
    html = client.get(desk(published)).content.decode()
    assert "You can still hide articles" in html or "you can only hide articles" in html
    assert 'value="save"' not in html and 'value="move"' not in html
    typed = client.post(desk(published), sent | {"session-title": "Too late"})
    assert "hide articles" in typed.content.decode() and "Too late" in typed.content.decode()
    later = {"verb": "move", "move-day": "2099-01-01", "move-time": "10:00"}
    for verb in (later, {"verb": "off", "off-reason": "No."}):
        assert client.post(desk(published), sent | verb).status_code == 200
    published.refresh_from_db()
    assert (published.title, published.status) == ("Learning at work", "published")
    article = Article.objects.filter(topic__session=published).first()
    assert article is not None
    assert client.post(desk(published), {"verb": f"hide-{article.pk}"}).status_code == 302
    article.refresh_from_db()
    assert article.hidden
    assert client.post(desk(published), {"verb": f"show-{article.pk}"}).status_code == 302


def test_a_complete_draft_can_be_published_in_its_lobby(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    client.post(desk(draft), filled(client, draft))
    starting(draft, database_now() + timedelta(minutes=5))
    html = client.get(desk(draft)).content.decode()
    assert 'value="publish"' in html and 'value="save"' not in html
    assert client.post(desk(draft), {"verb": "publish"}).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published


def test_a_draft_that_should_have_started_shows_as_called_off(
    draft: ChatSession, curator: User
) -> None:
    client = signed_in(curator)
    client.post(desk(draft), filled(client, draft))
    starting(draft, database_now() - timedelta(seconds=1))
    answer = client.post(desk(draft), {"verb": "publish"})
    assert "before they start" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_hiding_an_article_saves_what_was_typed(published: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    sent = page(client, published) | {
        "topic-1-articles-1-url": "https://example.com/second",
        "topic-1-articles-1-title": "Second",
    }
    first = Article.objects.get(topic__session=published, topic__position=1)
    assert client.post(desk(published), sent | {"verb": f"hide-{first.pk}"}).status_code == 302
    first.refresh_from_db()
    assert first.hidden and first.topic.articles.count() == 2


def test_an_article_of_another_session_is_not_hidden(
    draft: ChatSession, theirs: ChatSession, curator: User
) -> None:
    client = signed_in(curator)
    article = Article.objects.filter(topic__session=theirs).first()
    assert article is not None
    answer = client.post(desk(draft), page(client, draft) | {"verb": f"hide-{article.pk}"})
    assert "no longer exists" in answer.content.decode()
    article.refresh_from_db()
    assert not article.hidden


def test_a_move_uses_the_time_zone_of_the_series(draft: ChatSession, curator: User) -> None:
    client = signed_in(curator)
    day = (draft.starts_at + timedelta(days=1)).date()
    move = {"verb": "move", "move-day": day.isoformat(), "move-time": "15:30"}
    assert client.post(desk(draft), page(client, draft) | move).status_code == 302
    draft.refresh_from_db()
    assert draft.series is not None
    local = draft.starts_at.astimezone(draft.series.zone)
    assert (local.date(), local.hour, local.minute) == (day, 15, 30)


@pytest.mark.parametrize(
    "move",
    [
        {"move-day": "", "move-time": "15:00"},
        {"move-day": "2026-02-30", "move-time": "15:00"},
        {"move-day": "2020-01-01", "move-time": "15:00"},
        {"move-day": "9999-12-31", "move-time": "23:59"},
        {"move-day": "0001-01-01", "move-time": "00:00"},
    ],
    ids=str,
)
def test_a_move_that_is_not_allowed_is_refused_and_the_rest_is_saved(
    draft: ChatSession, curator: User, move: dict[str, str]
) -> None:
    client = signed_in(curator)
    answer = client.post(desk(draft), filled(client, draft) | {"verb": "move"} | move)
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
    before = draft.starts_at
    draft.refresh_from_db()
    assert (draft.starts_at, draft.title) == (before, "Learning at work")


def test_calling_off_asks_for_a_reason_and_keeps_what_was_typed(
    draft: ChatSession, curator: User, dana: User
) -> None:
    client = signed_in(curator)
    sent = filled(client, draft) | {"verb": "off", "off-reason": "  "}
    answer = client.post(desk(draft), sent)
    assert "Give a reason" in answer.content.decode()
    assert answer.context["forms"].session["title"].value() == "Learning at work"
    answer = client.post(desk(draft), sent | {"off-reason": "A holiday."})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.called_off_because) == ("cancelled", "A holiday.")
    assert "A holiday." in signed_in(dana).get(draft.get_absolute_url()).content.decode()


def test_an_admin_hands_a_session_over(draft: ChatSession, admin_user: User, jonas: User) -> None:
    client = signed_in(admin_user)
    sent = page(client, draft) | {"verb": "over", "over-to": jonas.pk}
    assert client.post(desk(draft), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.curator == jonas


def test_a_session_is_handed_to_curators_and_admins_only(
    draft: ChatSession, admin_user: User, curator: User, jonas: User, dana: User
) -> None:
    ada = signed_in(admin_user)
    ada.post(desk(draft), page(ada, draft) | {"verb": "over", "over-to": dana.pk})
    priya = signed_in(curator)
    priya.post(desk(draft), page(priya, draft) | {"verb": "over", "over-to": jonas.pk})
    draft.refresh_from_db()
    assert draft.curator == curator


def test_markup_in_any_field_is_shown_as_text(
    draft: ChatSession, curator: User, dana: User
) -> None:
    client = signed_in(curator)
    evil = "<script>alert(1)</script>"
    sent = filled(client, draft) | {
        "session-title": evil,
        "session-intro": evil,
        "topic-1-question": evil,
        "topic-1-articles-0-title": evil,
        "topic-1-articles-0-source": evil,
        "topic-1-articles-0-note": evil,
        "verb": "publish",
    }
    assert client.post(desk(draft), sent).status_code == 302
    for who, address in (
        (client, desk(draft)),
        (client, LIST),
        (signed_in(dana), draft.get_absolute_url()),
    ):
        html = who.get(address).content.decode()
        assert evil not in html and "&lt;script&gt;" in html


def test_the_group_has_just_the_permissions_it_needs(two_curators: None) -> None:
    codenames = curators_group().permissions.values_list("codename", flat=True)
    assert sorted(codenames) == ["change_chatsession", "view_chatsession"]
