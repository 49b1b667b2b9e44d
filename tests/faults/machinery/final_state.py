"""What is stored of a troubled session, asked in a process of its own and on the archive's page."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.faults.history.evidence import Evidence, Record, Story
from tests.support.live import Browser, Site

PEOPLE = """
import json
from people.models import User
print(json.dumps(dict(User.objects.values_list("email", "pk"))))
"""
REVISION = """
from curation.models import ChatSession
print(ChatSession.objects.get(pk={id}).revision)
"""
DUMP = """
import json
from datetime import timedelta
from chat.models import Post, Reaction
from curation.models import ChatSession
from transcripts import archive
session = ChatSession.objects.get(pk={id})
reacted = {{}}
for seq, person, emoji in Reaction.objects.filter(post__session=session).values_list(
    "post__seq", "person_id", "emoji"):
    reacted.setdefault(seq, []).append((person, emoji))
posts = Post.objects.filter(session=session).select_related("topic", "reply_to").order_by("seq")
records = [dict(seq=p.seq, rev=p.rev, topic=p.topic.position, author=p.author_id,
                client_id=str(p.client_id), at=p.at.isoformat(), body=p.body, html=p.html,
                state=p.state, taken_rev=p.taken_rev, pinned=p.pinned,
                reply_to=p.reply_to.seq if p.reply_to else None, reacted=reacted.get(p.seq, []))
           for p in posts]
starts_at, revision = session.starts_at.isoformat(), session.revision
# Over at last, so that it has its transcript.
ChatSession.objects.filter(pk=session.pk).update(starts_at=session.starts_at - timedelta(hours=1))
transcript = archive.archive(session.pk)
print(json.dumps(dict(starts_at=starts_at, revision=revision, records=records,
                      transcript=transcript.content, differs=archive.verify(transcript))))
"""
ARTICLE = re.compile(r'<article class="post[^>]* id="p(\d+)">(.*?)</article>', re.DOTALL)


def ask(site: Site, code: str, **fields: Any) -> Any:
    said = site.manage("shell", "-v0", "-c", code.format(**fields) if fields else code)
    return json.loads(said.splitlines()[-1])


def people(site: Site) -> dict[str, int]:
    found: dict[str, int] = ask(site, PEOPLE)
    return found


def revision(site: Site, session: int) -> int:
    return int(ask(site, REVISION, id=session))


def evidence(site: Site, session: int, browser: Browser, stories: Sequence[Story]) -> Evidence:
    """All that there is to know; the session is over then."""
    told = ask(site, DUMP, id=session)
    assert told["differs"] is None, f"the transcript is not what it is a hash of: {told['differs']}"
    page = browser.get(f"/rehearsals/{session}/transcript/")
    return Evidence(
        starts_at=datetime.fromisoformat(told["starts_at"]),
        revision=told["revision"],
        records=[record(**one) for one in told["records"]],
        stories=stories,
        transcript=told["transcript"],
        page=[(int(seq), html) for seq, html in ARTICLE.findall(page)],
    )


def record(at: str, reacted: list[list[Any]], **fields: Any) -> Record:
    pairs = [(person, emoji) for person, emoji in reacted]
    return Record(at=datetime.fromisoformat(at), reacted=pairs, **fields)
