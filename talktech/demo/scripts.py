"""Reads the demo's content from `content/`: the company, and the scripts of its sessions."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from curation.models import ArticleDraft
from curation.models.prompt import PromptDraft

FOLDER = Path(__file__).parent / "content"
PAST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One post: its author's key, its time in the topic, and the line it replies to (from 1)."""

    by: str
    at: timedelta
    text: str
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One topic: its question, articles, lines and prompts."""

    question: str
    articles: list[ArticleDraft]
    lines: list[Line]
    prompts: list[PromptDraft]


@dataclass(frozen=True, slots=True)
class Script:
    """The script of one session."""

    title: str
    curator: str
    intro: str
    scenes: list[Scene]

    @property
    def cast(self) -> set[str]:
        return {line.by for scene in self.scenes for line in scene.lines}


@cache
def company() -> dict[str, Any]:
    """name, chat, domain, teams, people (key, name, email, team, time_zone), admin, curators."""
    return read("company")


@cache
def live() -> Script:
    """The script of the live session, which simulated colleagues post."""
    return script("live")


def past(week: int) -> Script:
    """The script of the session that many weeks ago, 1 to 8."""
    return script(f"past-{week}")


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def script(name: str) -> Script:
    fields = read(name)
    scenes = [
        Scene(
            topic["question"],
            [ArticleDraft(**article) for article in topic["articles"]],
            [
                Line(post["by"], minutes(post["at"]), post["text"], post.get("reply_to"))
                for post in topic["posts"]
            ],
            [
                PromptDraft(one["minute"], one["text"], one.get("if_quiet", False))
                for one in topic.get("prompts", ())
            ],
        )
        for topic in fields["topics"]
    ]
    return Script(fields["title"], fields["curator"], fields["intro"], scenes)


def minutes(clock: str) -> timedelta:
    """Parse "9:59" as minutes and seconds."""
    whole, seconds = clock.split(":")
    return timedelta(minutes=int(whole), seconds=int(seconds))
