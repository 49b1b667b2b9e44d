"""The archive and each transcript, as readers see them."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import Post
from curation.models import ChatSession
from people.models import Team, User
from tests.conftest import THURSDAY, make_session
from tests.talktech.hostile import HOSTILE
from tests.transcripts.conftest import AFTER, Write
from transcripts import archive
from transcripts.models import Transcript
from transcripts.reading import views

PAGE = "/transcripts/2026-11-26/"
MOST_QUERIES = 15  # two of them find out who the reader is


@pytest.fixture(autouse=True)
def past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers come some days after the session."""
    monkeypatch.setattr(views, "certain_now", some_days_later)


def some_days_later() -> datetime:
    return AFTER + timedelta(days=3)


def put_away(session: ChatSession) -> Transcript:
    return archive.archive(session.pk, some_days_later)


def html(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def text(html: str) -> str:
    """What a reader sees of it, in one line."""
    return " ".join(unescape(re.sub(r"<(?!/?bdi)[^>]*>", " ", html)).split())


# The list


def test_the_list_shows_date_title_and_counts_of_each_session(
    reader: Client, session: ChatSession, talk: list[Post]
) -> None:
    put_away(session)
    page = html(reader, "/transcripts/")
    assert "1 session, 6 posts." in page
    assert f'href="{PAGE}"' in page
    assert "Learning in the flow of work" in page and "6 posts · 3 people" in page
    assert 'aria-label="Posts: 3 in topic 1, 2 in topic 2, 1 in topic 3"' in page
    assert page.count("<path data-topic=") == 3
    assert "style=" not in page


def test_the_list_shows_weekly_sessions_that_took_place_newest_first(
    reader: Client, session: ChatSession, curator: User
) -> None:
    later = make_session(session.series, curator, THURSDAY + timedelta(hours=24))
    rehearsal = make_session(None, None, THURSDAY)
    for one in (session, later, rehearsal):
        put_away(one)
    make_session(session.series, curator, THURSDAY - timedelta(days=7), status="cancelled")
    make_session(session.series, curator, THURSDAY + timedelta(days=7))
    page = html(reader, "/transcripts/")
    assert re.findall(r'class="row" href="([^"]+)"', page) == ["/transcripts/2026-11-27/", PAGE]
    assert "2 sessions, 0 posts." in page and "No posts" in page


def test_an_empty_archive_explains_what_will_appear_there(reader: Client) -> None:
    page = html(reader, "/transcripts/")
    assert "Transcripts will appear here" in page and "0 sessions" not in page


@pytest.mark.parametrize("page", ["", "1", "2", "3", "99", "0", "-1", "x", "1e9", "²"])
def test_the_list_has_thirty_sessions_a_page(
    reader: Client, session: ChatSession, page: str
) -> None:
    for week in range(views.A_PAGE):
        one = make_session(session.series, None, THURSDAY - timedelta(days=7 * week + 1))
        put_away(one)
    put_away(session)
    shown = html(reader, f"/transcripts/?page={page}")
    rows = shown.count('class="row"')
    assert rows == (1 if page in ("2", "3", "99", "0", "-1") else views.A_PAGE)
    assert ('rel="next"' in shown) is (rows > 1) and ('rel="prev"' in shown) is (rows == 1)
    assert "31 sessions" in shown


def test_the_list_takes_few_queries(
    reader: Client, session: ChatSession, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for week in range(10):
        put_away(make_session(session.series, None, THURSDAY - timedelta(weeks=week, days=1)))
    with django_assert_max_num_queries(8):
        html(reader, "/transcripts/")


# One transcript


def test_posts_are_grouped_by_question_with_a_link_to_each(
    reader: Client, talk: list[Post]
) -> None:
    page = html(reader)
    parts = re.split(r'<section class="transcript-topic"', page)[1:]
    assert [re.findall(r'<article class="post" id="(p\d+)"', part) for part in parts] == [
        ["p1", "p2", "p3"],
        ["p4", "p5"],
        ["p6"],
    ]
    for part, question in zip(
        parts,
        ("What did you learn?", "Which reminder works?", "Where could a team use this?"),
        strict=True,
    ):
        assert question in part
    assert 'href="#p5"' in page
    assert "https://learning.example/2" in parts[1]
    assert '<a href="https://calendar.example/why"' in parts[0]


def test_a_post_shows_its_author_and_the_post_it_replies_to(
    reader: Client, talk: list[Post], team: Team
) -> None:
    page = html(reader)
    seen = text(page)
    assert "Jonas Meyer</bdi> Learning Services" in seen
    assert '<a class="quote" href="#p1"><bdi>Dana Kowalski</bdi>' in page
    assert "A reminder in the calendar works." in page
    people = text(page.split('aria-labelledby="people"')[1].split("</section>")[0])
    order = [people.index(name) for name in ("Dana Kowalski", "Jonas Meyer", "Priya Raman")]
    assert order == sorted(order)
    assert "6 posts · 3 people" in page
    assert page.count(">curator</span>") - page.count("hidden>curator</span>") == 1


def test_times_are_shown_in_the_readers_zone(reader: Client, talk: list[Post], jonas: User) -> None:
    User.objects.filter(pk=jonas.pk).update(time_zone="Asia/Tokyo")
    page = html(reader)
    assert re.search(r'<time datetime="2026-11-26T13:03:30Z"[^>]*>22:03</time>', page)
    assert "Thursday 26 November" in page
    User.objects.filter(pk=jonas.pk).update(time_zone="America/New_York")
    assert re.search(r'<time datetime="2026-11-26T13:03:30Z"[^>]*>08:03</time>', html(reader))
    timezone.deactivate()


def test_the_page_shows_the_hash(reader: Client, session: ChatSession, talk: list[Post]) -> None:
    page = html(reader)
    assert f"<code>{Transcript.objects.get(session=session).sha256}</code>" in page


def test_the_first_reader_causes_the_transcript_to_be_written(
    reader: Client, session: ChatSession
) -> None:
    assert not Transcript.objects.exists()
    html(reader)
    html(reader)
    assert Transcript.objects.get().session == session


def test_a_transcript_without_posts_says_so(reader: Client, session: ChatSession) -> None:
    page = html(reader)
    assert "Nobody posted in this session." in page and "Who posted" not in page
    assert "Which reminder works?" in page


def test_hidden_and_removed_posts_leave_only_a_mark(
    reader: Client, session: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    hidden = write(session, dana, "A secret, hidden", 1, state=Post.State.HIDDEN)
    removed = write(session, dana, "A secret, removed", 2, state=Post.State.REMOVED)
    write(session, jonas, "Why?", 3, reply_to=hidden)
    write(session, jonas, "And why this?", 4, reply_to=removed)
    page = html(reader)
    assert "secret" not in page
    assert "Hidden by the host." in page and "Removed by its author." in page
    assert "(hidden by the host)" in page and "(removed by its author)" in page
    assert "4 posts · 2 people" in page


def test_a_removed_post_has_no_text_in_its_place_or_in_quotes(
    reader: Client, session: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    removed = write(session, dana, "", 2, state=Post.State.REMOVED, html="")
    Post.objects.filter(pk=removed.pk).update(edited_at=AFTER)
    removed.reactions.create(person=jonas, emoji="💡", at=AFTER)
    write(session, jonas, "Why this?", 4, reply_to=removed)
    page = html(reader)
    assert "Removed by its author." in page and "(removed by its author)" in page
    assert "can’t be displayed" not in page and "💡" not in page and ">edited<" not in page


def test_reactions_are_below_their_post_in_the_order_of_first_use(
    reader: Client,
    session: ChatSession,
    talk: list[Post],
    dana: User,
    jonas: User,
    curator: User,
) -> None:
    for person, emoji in (
        (jonas, "💡"),
        (curator, "👍"),
        (dana, "👍"),
        (curator, "💡"),
        (dana, "💡"),
    ):
        talk[0].reactions.create(person=person, emoji=emoji, at=AFTER)
    talk[5].reactions.create(person=jonas, emoji="🎯", at=AFTER)
    page = html(reader)
    first, last = (
        text(part.split("</ul>")[0]) for part in page.split('aria-label="Reactions">')[1:]
    )
    assert (first, last) == ("💡 3 👍 2", "🎯 1")


def test_edited_pinned_and_prompted_posts_are_marked(
    reader: Client, session: ChatSession, talk: list[Post]
) -> None:
    page = html(reader)
    assert not any(f">{mark}<" in page for mark in ("edited", "pinned", "prepared"))
    Post.objects.filter(pk=talk[0].pk).update(edited_at=AFTER)
    Post.objects.filter(pk=talk[1].pk).update(pinned=True)
    Post.objects.filter(pk=talk[2].pk).update(from_prompt=True)
    shown = html(reader)
    parts = shown.split("<article ")[1:]
    marks = [re.findall(r'class="badge">(\w+)<', part) for part in parts]
    assert marks == [["edited"], ["pinned"], ["prepared"], [], [], []]


def test_a_stand_in_host_is_not_shown_as_the_curator(
    reader: Client, session: ChatSession, talk: list[Post], jonas: User
) -> None:
    def marked() -> int:
        page = html(reader)
        return page.count(">curator</span>") - page.count("hidden>curator</span>")

    before = marked()
    session.chairs.create(person=jonas, at=AFTER)
    assert marked() == before > 0


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "<a href=",
        "</div></main>",
        "<a href='x'>never closed",
        "a < b",
        "<br></a>",
        "<b><i></b></i>",
    ],
)
def test_a_post_with_broken_html_affects_no_other_post(
    reader: Client, session: ChatSession, dana: User, write: Write, broken: str
) -> None:
    first = write(session, dana, "Broken", 1, html=broken)
    write(session, dana, "Whole", 2, reply_to=first)
    page = html(reader)
    assert "This post can’t be displayed." in page and "(can’t be displayed)" in page
    assert '<div class="body" data-part="body" dir="auto">Whole</div>' in page


def test_a_post_with_a_topic_of_another_session_is_still_shown(
    reader: Client, session: ChatSession, talk: list[Post], curator: User
) -> None:
    other = make_session(session.series, curator, THURSDAY + timedelta(days=7))
    Post.objects.filter(pk=talk[0].pk).update(topic=other.topics.get(position=3))
    assert html(reader).index('id="p1"') > html(reader).index('id="topic-3"')


def test_invalid_counts_are_drawn_as_zeros(
    reader: Client, session: ChatSession, talk: list[Post]
) -> None:
    transcript = put_away(session)
    for minutes in ([], {"a": 1}, ["x"] * 30, [-1] * 30, [1.5] * 30, [True] * 30):
        Transcript.objects.filter(pk=transcript.pk).update(minutes=minutes)
        assert "Posts: 0 in topic 1" in html(reader)
        assert "Posts: 0 in topic 1" in html(reader, "/transcripts/")


def test_hostile_text_in_every_field_stays_text(
    reader: Client, session: ChatSession, dana: User, curator: User, team: Team, write: Write
) -> None:
    evil = "<script>alert(1)</script>"
    session.title = evil
    session.save()
    session.topics.update(question=evil)
    for topic in session.topics.all():
        topic.articles.update(title=evil, source=evil)
    Team.objects.update(name=evil)
    User.objects.filter(pk__in=(dana.pk, curator.pk)).update(name=f"{evil}a")
    first = write(session, dana, evil, 1)
    write(session, dana, evil, 2, reply_to=first)
    for index, body in enumerate(HOSTILE):
        stored = body.encode("utf-8", "ignore").decode().replace("\0", "")
        write(session, dana, stored or "-", 3 + index / 30)
    page = html(reader)
    assert evil not in page and "<script>alert" not in page
    assert "onerror=alert" not in re.sub(r">[^<]*<", "><", page)
    assert page.count("<main") == page.count("</main>") == 1
    assert evil not in html(reader, "/transcripts/")


def test_a_transcript_links_to_the_ones_before_and_after(
    reader: Client, session: ChatSession, curator: User
) -> None:
    for day in (-7, 1):
        put_away(make_session(session.series, curator, THURSDAY + timedelta(days=day)))
    page = html(reader)
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page) == [
        "/transcripts/2026-11-19/",
        "/transcripts/2026-11-27/",
    ]


def test_before_the_end_the_page_says_when_the_transcript_will_exist(
    reader: Client, session: ChatSession, curator: User
) -> None:
    make_session(session.series, curator, THURSDAY + timedelta(days=7))
    page = html(reader, "/transcripts/2026-12-03/")
    assert "The transcript isn’t ready yet" in page
    assert 'href="/sessions/2026-12-03/"' in page
    assert not Transcript.objects.exists()


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_a_session_that_did_not_take_place_has_no_page(
    reader: Client, session: ChatSession, status: str
) -> None:
    ChatSession.objects.filter(pk=session.pk).update(status=status)
    assert reader.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/transcripts/2026-11-25/",
        "/transcripts/0000-00-00/",
        "/transcripts/2026-02-30/",
        "/transcripts/x/",
        "/rehearsals/99/transcript/",
        f"/rehearsals/{9**30}/transcript/",
    ],
)
def test_an_unknown_session_has_no_page(reader: Client, session: ChatSession, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_a_weekly_session_has_no_transcript_under_a_rehearsals_address(
    reader: Client, session: ChatSession
) -> None:
    assert reader.get(f"/rehearsals/{session.pk}/transcript/").status_code == 404


def test_a_rehearsals_transcript_is_marked_and_has_no_neighbours(
    reader: Client, session: ChatSession, dana: User, write: Write
) -> None:
    put_away(session)
    rehearsal = make_session(None, None, THURSDAY + timedelta(hours=1))
    write(rehearsal, dana, "Does it work?", 1)
    page = html(reader, f"/rehearsals/{rehearsal.pk}/transcript/")
    assert "<strong>Rehearsal.</strong>" in page and "Does it work?" in page
    assert 'rel="prev"' not in page


@pytest.mark.parametrize("path", ["/transcripts/", PAGE])
def test_signed_out_readers_of_transcripts_are_redirected_to_the_sign_in(
    client: Client, session: ChatSession, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("posts", [0, 3, 150])
def test_a_long_transcript_takes_no_more_queries_than_a_short_one(
    reader: Client,
    session: ChatSession,
    dana: User,
    jonas: User,
    write: Write,
    posts: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    first = write(session, dana, "First", 0) if posts else None
    for index in range(1, posts):
        write(session, (dana, jonas)[index % 2], "More", index / 6, reply_to=first)
    put_away(session)
    with django_assert_max_num_queries(MOST_QUERIES):
        html(reader)
