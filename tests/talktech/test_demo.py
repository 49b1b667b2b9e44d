"""The demo: its content is lifelike, and it never touches real people's accounts."""

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from chat.models import Post
from curation.clock import database_now
from curation.models import ChatSession
from people.models import Team, User
from talktech.demo import loader, scripts
from talktech.demo.scripts import Script
from transcripts.models import Transcript

TOPIC = timedelta(minutes=10)

ALL = [scripts.live(), *(scripts.past(week) for week in range(1, scripts.PAST_WEEKS + 1))]
PEOPLE = {one["key"] for one in scripts.company()["people"]}


def sentences(text: str) -> list[str]:
    parts = (part.strip(' ”“"’)(').casefold() for part in re.split(r"[.!?\n]+", text))
    return [part for part in parts if part]


def test_the_company_has_24_people_in_5_teams() -> None:
    company = scripts.company()
    assert len(PEOPLE) == len(company["people"]) == 24
    assert len(company["teams"]) == 5
    assert {one["team"] for one in company["people"]} == {team["name"] for team in company["teams"]}
    assert {company["admin"], company["employee"], *company["curators"]} <= PEOPLE


def test_no_post_of_the_demo_occurs_twice() -> None:
    said = Counter(
        sentence
        for script in ALL
        for scene in script.scenes
        for text in [*(line.text for line in scene.lines), *(one.body for one in scene.prompts)]
        for sentence in sentences(text)
    )
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_there_are_300_posts_and_30_to_60_in_each_past_session() -> None:
    counts = [sum(len(scene.lines) for scene in script.scenes) for script in ALL[1:]]
    assert all(30 <= count <= 60 for count in counts), counts
    assert sum(counts) >= 300


@pytest.mark.parametrize("script", ALL, ids=lambda script: script.title)
def test_every_script_keeps_the_rules_of_the_room(script: Script) -> None:
    assert len(script.scenes) == 3
    assert script.cast <= PEOPLE
    assert script.curator in scripts.company()["curators"]
    for scene in script.scenes:
        times = [line.at for line in scene.lines]
        assert times == sorted(times)
        assert all(timedelta(0) <= at < TOPIC for at in times)
        assert all(
            line.reply_to is None or 1 <= line.reply_to <= index
            for index, line in enumerate(scene.lines)
        )
        assert 1 <= len(scene.articles) <= 3
        for article in scene.articles:
            assert (urlsplit(article.url).hostname or "").endswith(".example")


def test_the_live_session_has_prompts_and_a_mention() -> None:
    scenes = scripts.live().scenes
    assert all(scene.prompts for scene in scenes)
    assert any(one.if_quiet for scene in scenes for one in scene.prompts)
    names = [one["name"] for one in scripts.company()["people"]]
    said = [line.text for scene in scenes for line in scene.lines]
    assert any(f"@{name}" in text for text in said for name in names)


def test_every_topic_has_a_post_within_its_first_half_minute() -> None:
    for scene in scripts.live().scenes:
        assert scene.lines[0].at < timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_loading_the_demo_gives_eight_transcripts_and_an_open_lobby() -> None:
    now = database_now()
    live = loader.load(now)
    assert live.lobby_opens_at <= now < live.starts_at <= now + timedelta(minutes=2)
    assert live.is_published
    assert User.objects.count() == 24
    assert User.objects.only_simulated()
    assert Team.objects.count() == 5
    assert Transcript.objects.count() == scripts.PAST_WEEKS
    assert Post.objects.count() >= 300
    assert ChatSession.objects.filter(starts_at__gt=live.starts_at).count() >= 7
    again = loader.load(database_now())
    assert User.objects.count() == 24
    assert again.pk != live.pk or ChatSession.objects.filter(pk=live.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_not_loaded_where_people_are_real() -> None:
    User.objects.create_user("real@example.com", name="Real Person")
    with pytest.raises(CommandError, match="real people"):
        call_command("demo", "--load-only")
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_is_ended_leaves_room_for_the_welcome_page(client: Client) -> None:
    User.objects.create_user("a@demo.example", name="A", simulated=True)
    call_command("demo", "--end")
    assert not User.objects.exists()
    assert client.get("/")["Location"] == "/welcome/"


@pytest.mark.django_db
def test_ending_a_demo_removes_nothing_where_people_are_real() -> None:
    User.objects.create_user("a@demo.example", name="A", simulated=True)
    User.objects.create_user("ann@example.com", name="Ann")
    with pytest.raises(CommandError, match="nothing was removed"):
        call_command("demo", "--end")
    assert User.objects.count() == 2
