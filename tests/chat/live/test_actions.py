"""Edits, reactions and what hosts do, over real sockets, by a client that knows the protocol."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.support.client import Client, leave
from tests.support.live import Browser, Server, Site
from tests.support.sessions import RUNNING


async def test_an_edit_reaches_everyone_and_its_author_sees_what_it_was(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("As it was")
    assert await one.command("edit", seq=1, body="As it <is>") | {"ref": ""} == {
        "type": "ack", "ref": "", "seq": 1, "rev": 2,
    }  # fmt: skip
    await asyncio.gather(one.until_at(2), two.until_at(2))
    assert two.posts[1]["html"] == "As it &lt;is&gt;"
    assert two.posts[1]["edited_at"].endswith("Z")
    yours = await one.until(lambda frame: frame["type"] == "yours" and "was" in frame["posts"][0])
    assert yours["posts"][0] == {
        "seq": 1, "rev": 2, "mine": [], "body": "As it <is>", "was": ["As it was"],
    }  # fmt: skip
    assert 1 not in two.own
    again = await Client(dana, room).open()
    assert (again.posts[1]["body"], again.posts[1]["was"]) == ("As it <is>", ["As it was"])
    late = await Client(jonas, room).open()
    assert not {"body", "was", "mine"} & late.posts[1].keys()
    await leave(one, two, again, late)


async def test_a_removed_post_is_gone_for_everyone_and_its_place_stays(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("never mind")
    assert (await two.command("remove", seq=1))["code"] == "not_yours"
    assert (await one.command("remove", seq=1))["rev"] == 2
    await two.until_at(2)
    assert (two.posts[1]["state"], two.posts[1]["html"]) == ("removed", "")
    assert "never mind" not in str(two.frames[-1])
    assert (await one.command("remove", seq=1))["type"] == "ack"
    assert (await one.command("edit", seq=1, body="after all"))["code"] == "not_found"
    await leave(one, two)


async def test_reactions_are_counted_for_all_and_each_knows_their_own(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("An idea")
    assert (await two.command("react", seq=1, emoji="💡", on=True))["rev"] == 2
    assert (await two.command("react", seq=1, emoji="💡", on=True))["rev"] == 2
    assert (await one.command("react", seq=1, emoji="💡", on=True))["rev"] == 3
    assert (await one.command("react", seq=1, emoji="👍", on=True))["rev"] == 4
    await asyncio.gather(one.until_at(4), two.until_at(4))
    assert one.posts[1]["reactions"] == two.posts[1]["reactions"] == {"💡": 2, "👍": 1}
    other_tab = await Client(jonas, room).open()
    assert other_tab.posts[1]["mine"] == ["💡"]
    assert (await two.command("react", seq=1, emoji="💡", on=False))["rev"] == 5
    await other_tab.until(lambda f: f["type"] == "yours" and f["posts"][0]["mine"] == [])
    assert "body" not in other_tab.own[1]
    await one.until_at(5)
    assert one.posts[1]["reactions"] == {"💡": 1, "👍": 1}
    assert (await two.command("react", seq=9, emoji="💡", on=True))["code"] == "not_found"
    await leave(one, two, other_tab)


@pytest.mark.parametrize("emoji", ["", "x", "💡💡", "<b>", "💡" * 40, None, 7])
async def test_only_emoji_react(site: Site, dana: Browser, emoji: object) -> None:
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    await client.post("An idea")
    assert (await client.command("react", seq=1, emoji=emoji, on=True))["code"] == "bad_request"
    await leave(client)


async def test_a_returning_client_gets_changes_and_posts(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    for n in range(4):
        await one.post(f"post {n}")
    await two.until_holding(4)
    await two.leave()
    await one.command("edit", seq=1, body="edited")
    await one.command("remove", seq=2)
    await one.command("react", seq=3, emoji="👍", on=True)
    await one.post("post 4")
    await one.until_at(8)
    await two.open(after=two.rev)
    await two.until_at(8)
    assert [post["seq"] for post in two.frames[-1].get("posts", [])] or two.posts
    assert two.posts == {seq: without_own(post) for seq, post in one.posts.items()}
    await leave(one, two)


def without_own(post: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in post.items() if name not in ("body", "mine", "was")}


async def test_a_reply_names_the_post_that_it_answers(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("A question")
    await two.until_holding(1)
    assert (await two.post("An answer", reply_to=1))["seq"] == 2
    assert (await two.post("To nothing", reply_to=7))["code"] == "not_found"
    await one.until_holding(2)
    assert one.posts[2]["reply_to"] == 1
    await leave(one, two)


async def test_a_name_in_a_post_mentions_the_person(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.post("What do you think, @Jonas Meyer?")
    await two.until_holding(1)
    assert two.posts[1]["mentions"] == [two.you["id"]]
    await leave(one, two)


async def test_typing_is_announced_and_ends_with_the_post(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await one.send(type="typing")
    await asyncio.sleep(1.5)
    assert two.typing == [], "a silent reader was given away"
    await one.command("mode", mode="talking", named=False)
    await one.send(type="typing")
    await two.until(lambda f: f["type"] == "presence" and f["typing"] == [one.you["id"]])
    await one.post("There")
    await two.until(lambda f: f["type"] == "presence" and f["typing"] == [], since=len(two.frames))
    await one.send(type="typing")
    typing = len(two.frames)
    await two.until(lambda f: f["type"] == "presence" and f["typing"] != [], since=typing)
    await two.until(
        lambda f: f["type"] == "presence" and f["typing"] == [], since=typing, seconds=8
    )
    await leave(one, two)


async def test_a_curator_takes_the_chair_of_a_room_without_a_host(
    site: Site, server: Server, dana: Browser, jonas: Browser, priya: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    talker, reader = await Client(dana, room).open(), await Client(jonas, room).open()
    host = await Client(priya, room).open()
    await talker.post("Something")
    assert (host.you["host"], host.you["may_host"], "prompts" in host.you) == (False, True, False)
    assert (talker.you["host"], talker.you["may_host"]) == (False, False)
    assert (await host.command("pin", seq=1, on=True))["code"] == "not_host"
    assert (await talker.command("chair"))["code"] == "not_host"
    seen = len(reader.frames)
    assert (await host.command("chair"))["type"] == "ack"
    await host.until(lambda frame: frame["type"] == "you" and frame["host"] is True)
    assert host.you["prompts"] == []
    # A reader too is named once they host.
    joined = await reader.until(lambda f: f["type"] == "presence" and f["joined"], since=seen)
    [person] = [one for one in joined["joined"] if one["id"] == host.you["id"]]
    assert (person["host"], person["mode"]) == (True, "reading")
    newcomer = await Client(jonas, room).open()
    assert newcomer.people[person["id"]] == person
    await newcomer.leave()

    assert (await host.command("pin", seq=1, on=True))["type"] == "ack"
    await reader.until_at(2)
    assert reader.posts[1]["pinned"] is True

    silenced = talker.you["id"]
    assert (await reader.command("silence", person=silenced, on=True))["code"] == "not_host"
    assert f'"host_act_refused", "who": {reader.you["id"]},' in server.log
    assert (await host.command("silence", person=host.you["id"], on=True))["code"] == "not_yours"
    assert (await host.command("silence", person=999_999, on=True))["code"] == "not_found"
    assert (await host.command("silence", person=silenced, on=True))["type"] == "ack"
    await talker.until(lambda frame: frame["type"] == "you" and frame["silenced"] is True)
    await host.until(lambda frame: frame["type"] == "you" and frame["hushed"] == [silenced])
    assert (await talker.post("But"))["code"] == "silenced"
    assert (await host.command("silence", person=silenced, on=False))["type"] == "ack"
    assert (await talker.post("Thank you"))["type"] == "ack"

    assert (await host.command("hide", seq=1, reason=" "))["code"] == "bad_request"
    assert (await host.command("hide", seq=1, reason="x" * 201))["code"] == "bad_request"
    assert (await host.command("hide", seq=1, reason="A client’s name"))["type"] == "ack"
    await reader.until(lambda f: f["type"] == "posts" and f["posts"][0]["state"] == "hidden")
    assert (reader.posts[1]["html"], reader.posts[1].get("pinned")) == ("", None)
    assert "client’s name" not in str(reader.frames)
    await leave(talker, reader, host)


async def test_only_a_curator_changes_a_post_after_the_end(
    site: Site, dana: Browser, priya: Browser
) -> None:
    rehearsal = site.rehearse(timedelta(minutes=-25))
    room = rehearsal.socket_path
    talker, host = await Client(dana, room).open(), await Client(priya, room).open()
    assert (await talker.post("The last"))["type"] == "ack"
    assert (await host.command("chair"))["type"] == "ack"
    site.move(rehearsal, timedelta(minutes=-30, seconds=1))
    await talker.until(lambda frame: frame["type"] == "clock" and frame["phase"] == "closed")
    assert (await talker.command("edit", seq=1, body="x"))["code"] == "closed"
    assert (await talker.command("remove", seq=1))["code"] == "closed"
    assert (await talker.command("react", seq=1, emoji="👍", on=True))["code"] == "closed"
    assert (await talker.command("react", seq=1, emoji="👍", on=False))["type"] == "ack"
    await host.until(lambda frame: frame["type"] == "you" and frame["host"] is False)
    assert host.you["may_host"] is True
    assert (await host.command("chair"))["code"] == "closed"
    assert (await host.command("silence", person=talker.you["id"], on=True))["code"] == "not_host"
    assert (await host.command("pin", seq=1, on=True))["code"] == "closed"
    assert (await host.command("hide", seq=1, reason="Too late to take it back"))["type"] == "ack"
    await talker.until_at(2)
    assert talker.posts[1]["state"] == "hidden"
    await leave(talker, host)


async def test_a_host_who_loses_the_role_is_told_and_stops_hosting(
    site: Site, server: Server, dana: Browser, priya: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    talker, host = await Client(dana, room).open(), await Client(priya, room).open()
    await talker.post("Something")
    await host.command("chair")
    await host.until(lambda frame: frame["type"] == "you" and frame["host"] is True)
    ada = server.browser().sign_in("ada@example.com")
    page = f"/admin/people/user/{host.you['id']}/change/"
    group = re.search(r'name="groups" value="(\d+)"', ada.get(page))
    assert group
    as_it_was = {"name": "Priya Raman", "email": "priya@example.com", "is_active": "on"}
    try:
        ada.post(page, **as_it_was)
        told = await host.until(lambda f: f["type"] == "you" and f["host"] is False)
        assert (told["may_host"], "prompts" in told, "hushed" in told) == (False, False, False)
        assert (await host.command("hide", seq=1, reason="No more"))["code"] == "not_host"
        assert (await host.command("chair"))["code"] == "not_host"
    finally:
        ada.post(page, groups=group[1], **as_it_was)
    seen = len(host.frames)
    await host.until(lambda f: f["type"] == "you" and f["may_host"] is True, since=seen)
    await leave(talker, host)
