"""Reads what is stored of a session at the end, from the database and the transcript's page."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.faults.history.evidence import ClientLog, Evidence, Record
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
# Move the session into the past, so that its transcript can be written.
ChatSession.objects.filter(pk=session.pk).update(starts_at=session.starts_at - timedelta(hours=1))
transcript = archive.archive(session.pk)
print(json.dumps(dict(starts_at=starts_at, revision=revision, records=records,
                      transcript=transcript.content, differs=archive.verify(transcript))))
"""
ARTICLE = re.compile(r'<article class="post[^>]* id="p(\d+)">(.*?)</article>', re.DOTALL)


def run_in_shell(site: Site, code: str, **fields: Any) -> Any:
    """The JSON that the code prints on its last line, run by `manage.py shell`."""
    output = site.manage("shell", "-v0", "-c", code.format(**fields) if fields else code)
    return json.loads(output.splitlines()[-1])


def people(site: Site) -> dict[str, int]:
    """Each person's id by email address."""
    found: dict[str, int] = run_in_shell(site, PEOPLE)
    return found


def revision(site: Site, session: int) -> int:
    return int(run_in_shell(site, REVISION, id=session))


def collect_evidence(
    site: Site, session: int, browser: Browser, client_logs: Sequence[ClientLog]
) -> Evidence:
    """Everything that the checker needs. Ends the session."""
    state = run_in_shell(site, DUMP, id=session)
    assert state["differs"] is None, f"the transcript does not match its hash: {state['differs']}"
    page = browser.get(f"/rehearsals/{session}/transcript/")
    return Evidence(
        starts_at=datetime.fromisoformat(state["starts_at"]),
        revision=state["revision"],
        records=[record(**fields) for fields in state["records"]],
        client_logs=client_logs,
        transcript=state["transcript"],
        page=[(int(seq), html) for seq, html in ARTICLE.findall(page)],
    )


def record(at: str, reacted: list[list[Any]], **fields: Any) -> Record:
    pairs = [(person, emoji) for person, emoji in reacted]
    return Record(at=datetime.fromisoformat(at), reacted=pairs, **fields)
