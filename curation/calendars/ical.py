"""A session as an iCalendar entry."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from curation.models import ChatSession

PRODUCT = "-//TalkTech//talktech//EN"


def event(session: ChatSession, origin: str, now: datetime, *, with_content: bool) -> bytes:
    """An iCalendar file with one event, in UTC, so that no client can be an hour off.

    `origin` is the scheme and host of our links, like https://chat.example.com. The entry's id
    never changes: a later edition replaces the one in somebody's calendar, and a session that was
    called off is shown as cancelled there. Without content, for people who may not read it yet, the
    entry only has the name of the series.
    """
    entry = Event()
    entry.add("uid", f"session-{session.pk}@{id_domain()}")
    entry.add("sequence", session.edition)
    entry.add("dtstamp", now)
    entry.add("dtstart", session.starts_at)
    entry.add("dtend", session.ends_at)
    entry.add("summary", summary(session, with_content=with_content))
    entry.add("status", "CANCELLED" if session.is_called_off(now) else "CONFIRMED")
    room = f"{origin}{session.room_url if session.is_rehearsal else reverse('live')}"
    entry.add("url", room)
    entry.add("location", room)
    entry.add("description", "\n".join(description(session, origin, room, with_content)))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def id_domain() -> str:
    """The domain in the ids of entries; not the request's host, which could vary."""
    return urlsplit(settings.CONFIG.talktech_url).hostname or "talktech"


def summary(session: ChatSession, *, with_content: bool) -> str:
    name = session.series.name if session.series else "Rehearsal"
    title = session.title if with_content and session.title != name else ""
    return f"{name}: {title}" if title else name


def description(session: ChatSession, origin: str, room: str, with_content: bool) -> list[str]:
    lines = []
    if session.called_off_because:
        lines += [f"Called off: {session.called_off_because}", ""]
    if with_content:
        questions = [topic.question for topic in session.topics.all()]
        lines += [f"{number}. {text}" for number, text in enumerate(questions, 1) if text] + [""]
    lines += [
        f"Join: {room}",
        f"Read before you join: {origin}{session.get_absolute_url()}",
        "",
        "Thirty minutes: three questions, ten minutes each. Post, or just read.",
    ]
    return lines
