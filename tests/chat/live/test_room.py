"""The room over real sockets to a real server process, by a client that knows only the protocol."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.client import Client, Frame
from tests.support.live import Browser, Server, Site
from tests.support.sessions import RUNNING

FAR_FUTURE = 2**53


async def test_a_post_reaches_the_others_once(site: Site, dana: Browser, jonas: Browser) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    for n in range(5):
        answer = await one.post(f"post {n}")
        assert (answer["type"], answer["seq"], answer["rev"]) == ("ack", n + 1, n + 1)
    await two.until_holding(5)
    await one.until_holding(5)
    assert two.bodies == one.bodies == [f"post {n}" for n in range(5)]
    heard = [p["seq"] for f in two.frames if f["type"] == "posts" for p in f["posts"]]
    assert heard == [1, 2, 3, 4, 5]
    await one.leave()
    await two.leave()


async def test_a_welcome_contains_all_that_the_page_needs(site: Site, dana: Browser) -> None:
    rehearsal = site.rehearse(RUNNING, title="Where we stand")
    client = await Client(dana, rehearsal.socket_path).open()
    welcome = client.frames[0]
    assert welcome["type"] == "welcome"
    assert welcome["version"] == 1
    assert welcome["session"]["title"] == "Where we stand"
    assert welcome["session"]["date"] is None
    assert [topic["position"] for topic in welcome["topics"]] == [1, 2, 3]
    assert all(topic["articles"] for topic in welcome["topics"])
    assert welcome["clock"]["phase"] == "topic"
    assert welcome["clock"]["topic"] == 1
    assert welcome["clock"]["phase_ends_at"] == welcome["topics"][0]["ends_at"]
    assert welcome["you"]["name"] == "Dana Kowalski"
    assert welcome["you"]["mode"] == "reading"
    assert welcome["presence"]["reading"] == 1
    assert (welcome["after"], welcome["rev"], welcome["posts"]) == (0, 0, [])
    await client.leave()


async def test_a_client_that_reconnects_with_after_gets_what_it_missed(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("before")
    await two.until_holding(1)
    await two.leave()
    await one.post("meanwhile")
    await one.post("and again")
    back = await Client(jonas, room).open(after=two.rev)
    assert back.frames[0]["after"] == 1
    # In the welcome, or in the frame behind it: an acknowledgement may be ahead of the room.
    await back.until_holding(2)
    assert back.bodies == ["meanwhile", "and again"]
    await one.leave()
    await back.leave()


async def test_an_unknown_revision_counts_as_zero(site: Site, dana: Browser) -> None:
    room = site.rehearse(RUNNING).socket_path
    client = await Client(dana, room).open()
    await client.post("one")
    await client.until_holding(1)
    welcome = await client.hello(FAR_FUTURE)
    assert (welcome["after"], len(welcome["posts"])) == (0, 1)
    welcome = await client.hello(1)
    assert (welcome["after"], len(welcome["posts"])) == (1, 0)
    await client.leave()


async def test_authors_get_their_posts_as_they_typed_them(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    mine, other_tab = await Client(dana, room).open(), await Client(dana, room).open()
    theirs = await Client(jonas, room).open()
    await mine.post("a < b")
    yours = await other_tab.until(lambda frame: frame["type"] == "yours")
    assert yours["posts"][0]["body"] == "a < b"
    await theirs.until_holding(1)
    assert "body" not in theirs.posts[1]
    assert theirs.posts[1]["html"] == "a &lt; b"
    again = await Client(dana, room).open()
    assert again.posts[1]["body"] == "a < b"
    assert not any(frame["type"] == "yours" for frame in theirs.frames)
    for client in (mine, other_tab, theirs, again):
        await client.leave()


async def test_a_post_sent_again_gets_the_same_answer_and_is_stored_once(
    site: Site, dana: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    client = await Client(dana, room).open()
    id = str(uuid4())
    first = await client.post("once", id=id)
    again = await client.post("once more", id=id)
    assert first == again
    await client.until_holding(1)
    await asyncio.sleep(0.3)
    assert client.bodies == ["once"]
    await client.leave()


async def test_a_room_takes_no_post_before_the_start_or_after_the_end(
    site: Site, dana: Browser
) -> None:
    for starts_in, code, phase in (
        (timedelta(hours=2), "not_started", "scheduled"),
        (timedelta(minutes=5), "not_started", "lobby"),
        (timedelta(minutes=-31), "closed", "closed"),
    ):
        client = await Client(dana, site.rehearse(starts_in).socket_path).open()
        assert client.frames[0]["clock"]["phase"] == phase
        for body in ("Hello", "", "x" * 2001):
            refused = await client.post(body)
            assert (refused["type"], refused["code"]) == ("refused", code)
            assert refused["reason"].endswith(".")
        chosen = await client.command("mode", mode="talking", named=True)
        assert (chosen["type"], chosen.get("code")) == (
            ("ack", None) if phase == "lobby" else ("refused", code)
        )
        await client.leave()


async def test_a_topic_starts_at_its_instant_and_takes_the_posts_from_then_on(
    site: Site, dana: Browser
) -> None:
    rehearsal = site.rehearse(RUNNING)
    client = await Client(dana, rehearsal.socket_path).open()
    await client.post("for topic 1")
    site.move(rehearsal, timedelta(minutes=-10, seconds=4))
    told = await client.until(lambda frame: frame["type"] == "clock" and frame["topic"] == 2)
    assert told["phase"] == "topic"
    late = datetime.fromisoformat(told["now"]) - (rehearsal.starts_at + timedelta(minutes=10))
    assert timedelta(0) <= late < timedelta(milliseconds=100)
    await client.post("for topic 2")
    await client.until_holding(2)
    assert [client.posts[seq]["topic"] for seq in (1, 2)] == [1, 2]
    await client.leave()


async def test_the_end_closes_the_room_and_leaves_the_socket_open(
    site: Site, dana: Browser
) -> None:
    rehearsal = site.rehearse(timedelta(minutes=-25))
    client = await Client(dana, rehearsal.socket_path).open()
    id = str(uuid4())
    first = await client.post("in time", id=id)
    site.move(rehearsal, timedelta(minutes=-30, seconds=1))
    await client.until(lambda frame: frame["type"] == "clock" and frame["phase"] == "closed")
    assert (await client.post("too late"))["code"] == "closed"
    assert await client.post("in time", id=id) == first
    await client.leave()


async def test_a_person_with_several_tabs_is_counted_once(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    watcher = await Client(jonas, room).open()
    tabs = [await Client(dana, room).open() for _ in range(3)]
    await watcher.until(lambda f: f["type"] == "presence" and f["reading"] == 2)
    await tabs[0].send(type="mode", mode="talking", ref="m")
    await tabs[0].until(lambda f: f["type"] == "ack" and f["ref"] == "m")
    told = await watcher.until(lambda f: f["type"] == "presence" and f["talking"] == 1)
    assert [person["name"] for person in told["joined"]] == ["Dana Kowalski"]
    assert told["joined"][0]["team"] == "Multimedia"
    await tabs[0].leave()
    await tabs[1].leave()
    seen = len(watcher.frames)
    await tabs[2].leave()
    told = await watcher.until(lambda f: f["type"] == "presence", since=seen)
    assert (told["talking"], told["reading"], len(told["left"])) == (0, 1, 1)
    await watcher.leave()


async def test_a_reader_is_named_only_if_they_want_to_be(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    watcher, reader = await Client(jonas, room).open(), await Client(dana, room).open()
    told = await watcher.until(lambda f: f["type"] == "presence" and f["reading"] == 2)
    assert told["joined"] == []
    await reader.send(type="mode", mode="reading", named=True)
    told = await watcher.until(lambda f: f["type"] == "presence" and bool(f["joined"]))
    assert told["joined"][0]["mode"] == "reading"
    await reader.leave()
    back = await Client(dana, room).open()
    assert back.frames[0]["you"]["named"] is True
    await back.leave()
    await watcher.leave()


async def test_a_person_who_posts_counts_as_talking(site: Site, dana: Browser) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    await client.post("Hello")
    await client.until(lambda f: f["type"] == "presence" and f["talking"] == 1)
    await client.leave()


async def test_a_connection_answers_pings_and_sends_pulses(site: Site, dana: Browser) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    await client.send(type="ping", t=12.5)
    pong = await client.until(lambda frame: frame["type"] == "pong")
    assert pong["t"] == 12.5
    apart = abs(datetime.fromisoformat(pong["now"]) - datetime.now(UTC))
    assert apart < timedelta(seconds=2)
    pulse = await client.until(lambda frame: frame["type"] == "pulse")
    assert pulse["rev"] == 0
    await client.leave()


async def test_strangers_are_sent_away_and_other_sites_are_refused(
    site: Site, server: Server, dana: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    stranger = await Client(server.browser(), room).open(after=None)
    assert await stranger.until_closed() == 4401
    for origin in (
        "http://evil.example",
        server.base.replace("http", "https"),
        f"http://127.0.0.1:{server.port + 1}",
        "null",
        None,
    ):
        with pytest.raises(InvalidStatus) as refused:
            await Client(dana, room).open(after=None, origin=origin)
        assert refused.value.response.status_code == 403
    local = await Client(dana, room).open(origin=f"http://localhost:{server.port}")
    await local.leave()


@pytest.mark.parametrize(
    "path",
    ["/ws/sessions/999999/", "/ws/sessions/9999999999999999999/", "/ws/sessions/x/", "/ws/", "/"],
)
async def test_an_unknown_room_closes_with_4404(dana: Browser, path: str) -> None:
    client = await Client(dana, path).open(after=None)
    assert await client.until_closed() == 4404


def answers(ref: str, frame: Frame) -> bool:
    return bool(frame.get("ref") == ref)


async def test_bad_frames_are_refused_and_the_tenth_closes_the_socket(
    site: Site, dana: Browser
) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    for n in range(9):
        await client.send(type="unheard", ref=str(n))
        refused = await client.until(partial(answers, str(n)))
        assert refused["code"] == "bad_request"
    assert (await client.post("still here"))["type"] == "ack"
    await client.socket.send("not json")
    assert await client.until_closed() == 4429


async def test_a_frame_of_32_kib_is_read_and_one_byte_more_closes_the_socket(
    site: Site, dana: Browser
) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    frame = '{"type":"ping","t":1,"padding":"%s"}'
    room = 32 * 1024 - len(frame % "")
    await client.socket.send(frame % ("x" * room))
    await client.until(lambda f: f["type"] == "pong")
    await client.socket.send(frame % ("x" * (room + 1)))
    assert await client.until_closed() == 1009


async def test_two_thousand_emoji_are_a_post(site: Site, dana: Browser) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    assert (await client.post("💡" * 2000))["type"] == "ack"
    assert (await client.post("💡" * 2001))["code"] == "too_long"
    assert (await client.post(""))["code"] == "empty"
    await client.leave()


async def test_ten_thousand_posts_from_one_client_do_not_disturb_the_others(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    other = await Client(jonas, room).open()
    flood = await Client(dana, room).open()
    posts = asyncio.create_task(flood_with(flood, 10_000))
    answer = await other.post("I am heard")
    assert answer["type"] == "ack"
    await posts
    assert await flood.until_closed() == 4429
    from_dana = [p for p in other.posts.values() if p["author"]["name"] == "Dana Kowalski"]
    assert len(from_dana) <= 10
    await other.leave()


async def test_a_client_that_reads_two_seconds_late_still_gets_the_close_code(
    site: Site, dana: Browser
) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    for n in range(300):
        await client.send(type="ping", t=n)
        if n > 200:
            time.sleep(0.02)  # a page that is busy writing, and reads nothing meanwhile
    assert await client.until_closed() == 4429


async def flood_with(client: Client, count: int) -> None:
    try:
        for n in range(count):
            await client.send(type="post", id=str(uuid4()), body=f"flood {n}")
    except Exception:
        return


async def test_the_eleventh_tab_of_a_person_is_refused(site: Site, priya: Browser) -> None:
    room = site.rehearse(RUNNING).socket_path
    tabs = [await Client(priya, room).open() for _ in range(10)]
    assert await (await Client(priya, room).open(after=None)).until_closed() == 4429
    for tab in tabs:
        await tab.leave()


async def test_hostile_text_is_shown_as_text(site: Site, dana: Browser) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    for body in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "[x](javascript:alert(1)) javascript:alert(1)",
        "<a href='data:text/html,x'>x</a> \u202e evil",
    ):
        assert (await client.post(body))["type"] == "ack"
    await client.until_holding(4)
    for html in client.bodies:
        for forbidden in (
            "<script",
            "<img",
            "<a href='data",
            'href="javascript',
            "onerror=alert(1)>",
        ):
            assert forbidden not in html
    for body in ("a\x00b", "\ud800", "a\x1bb"):
        assert (await client.post(body))["code"] == "bad_request"
    await client.leave()


async def test_a_sign_out_closes_the_socket_within_five_seconds(site: Site, server: Server) -> None:
    browser = server.browser().sign_in("ada@example.com")
    client = await Client(browser, site.rehearse(RUNNING).socket_path).open()
    browser.post("/accounts/logout/")
    assert await client.until_closed(seconds=5) == 4401
