"""What a batch reads before it decides: a handful of queries, however many submissions it has."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chat.law import roles, rules
from chat.law.commands import Hide, NewPost, Pin, Submission
from chat.law.rules import Bounds
from chat.law.sign_ins import SignIn
from chat.ledger import post_statements
from chat.ledger.answers import Key, Taken
from chat.ledger.locked_session import LockedSession
from chat.ledger.standing import Author, read_standing
from chat.models import Chair, Post, Receipt, RecentChanges
from curation.rota.curators import curator_ids

Instants = dict[int, list[datetime]]


@dataclass(slots=True)
class BatchReads:
    """What was stored when the session was locked, brought up to date by each decision."""

    known: dict[Key, Taken]  # posts, as they were acknowledged
    receipts: dict[Key, Taken]  # changes, as they were acknowledged
    active: dict[int, Author] = field(default_factory=dict)
    ended: set[SignIn] = field(default_factory=set)
    silenced: set[int] = field(default_factory=set)
    hosts: frozenset[int] = frozenset()
    topics: dict[int, int] = field(default_factory=dict)  # primary keys by position
    reply_ids: dict[int, int] = field(default_factory=dict)  # primary keys by seq
    recent_posts: Instants = field(default_factory=dict)
    recent_changes: Instants = field(default_factory=dict)

    def first_answer(self, submission: Submission) -> Taken | None:
        """What was answered under the same id before."""
        if submission.client_id is None:
            return None
        key = submission.person_id, submission.client_id
        return (self.known if isinstance(submission.command, NewPost) else self.receipts).get(key)


def read_batch(
    session: LockedSession, now: datetime, limits: Bounds, submissions: Sequence[Submission]
) -> BatchReads:
    """Nothing more is read where all submissions have their answer already."""
    posts = [one for one in submissions if isinstance(one.command, NewPost)]
    changes = [one for one in submissions if not isinstance(one.command, NewPost)]
    known = read_known(session, posts)
    receipts = read_receipts(session, changes)
    reads = BatchReads(known, receipts)
    if all(reads.first_answer(one) for one in submissions):
        return reads
    people = {one.person_id for one in submissions}
    sign_ins = {one.sign_in for one in submissions if one.sign_in}
    active, holding, silenced, topics = read_standing(session.pk, people, sign_ins, now)
    return BatchReads(
        known,
        receipts,
        active=active,
        ended=holding.ended(sign_ins),
        silenced=silenced,
        hosts=read_hosts(session, now, changes),
        topics=topics,
        reply_ids=read_reply_ids(session, posts),
        recent_posts=read_recent_posts(session, now, limits, posts),
        recent_changes=read_recent_changes(session, people) if changes else {},
    )


def read_known(session: LockedSession, posts: Sequence[Submission]) -> dict[Key, Taken]:
    keys = {(one.person_id, one.client_id) for one in posts if one.client_id}
    if not keys:
        return {}
    found = post_statements.find_known(session.pk, keys)
    return {key: Taken(seq, rev) for key, seq, rev in found}


def read_receipts(session: LockedSession, changes: Sequence[Submission]) -> dict[Key, Taken]:
    ids = {one.client_id for one in changes if one.client_id}
    if not ids:
        return {}
    rows = Receipt.objects.filter(
        session=session.pk,
        person__in={one.person_id for one in changes},
        client_id__in=ids,
    ).values_list("person_id", "client_id", "seq", "rev")
    return {(person, client): Taken(seq, rev) for person, client, seq, rev in rows}


def read_recent_posts(
    session: LockedSession, now: datetime, limits: Bounds, posts: Sequence[Submission]
) -> Instants:
    recent: Instants = defaultdict(list)
    if posts and limits.posts_per_window:
        people, since = {one.person_id for one in posts}, now - rules.POST_WINDOW
        for person, at in post_statements.find_recent(session.pk, people, since):
            recent[person].append(at)
    return recent


def read_recent_changes(session: LockedSession, people: set[int]) -> Instants:
    recent: Instants = defaultdict(list)
    rows = RecentChanges.objects.filter(session=session.pk, person__in=people)
    for person, instants in rows.values_list("person_id", "instants"):
        recent[person] = [datetime.fromisoformat(instant) for instant in instants]
    return recent


def read_reply_ids(session: LockedSession, posts: Sequence[Submission]) -> dict[int, int]:
    seqs = {
        one.command.reply_to
        for one in posts
        if isinstance(one.command, NewPost) and one.command.reply_to
    }
    if not seqs:
        return {}
    rows = Post.objects.filter(session=session.pk, seq__in=seqs)
    return dict(rows.values_list("seq", "pk"))


def read_hosts(
    session: LockedSession, now: datetime, changes: Sequence[Submission]
) -> frozenset[int]:
    """The people who may do what only hosts may; read only where somebody tries to."""
    if not any(isinstance(one.command, Hide | Pin) for one in changes):
        return frozenset()
    chairs = Chair.objects.filter(session=session.pk).values_list("person", flat=True)
    # After the end nothing is pinned any more, so that the same people count for both.
    return roles.moderators(
        curator_ids(), session.curator_id, set(chairs), is_over=session.has_ended(now)
    )
