"""A batch of submissions to one session: reads, then decides in order, then writes the sum.

Each submission is decided as if those before it were written already. It is for
`chat.ledger.store`, which holds the session's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chat.law.commands import Change, NewPost, React, Submission
from chat.law.decide import Accepted, Facts, PostFacts, decide
from chat.law.rules import Bounds, Refused
from chat.law.sign_ins import SignedOut
from chat.ledger.answers import Answer, Taken
from chat.ledger.batch_reads import BatchReads, read_batch
from chat.ledger.committed import Committed
from chat.ledger.locked_session import LockedSession
from chat.ledger.unit_of_work import UnitOfWork
from chat.models import Post, Receipt, RecentChanges


@dataclass(slots=True)
class Batch:
    """Made by `read`; then `decide` once, and `write`."""

    session: LockedSession
    now: datetime
    limits: Bounds
    submissions: Sequence[Submission]
    reads: BatchReads
    work: UnitOfWork
    since: int
    receipts: list[Receipt] = field(default_factory=list)
    changed_by: set[int] = field(default_factory=set)  # people whose `recent_changes` grew

    @classmethod
    def read(
        cls,
        session: LockedSession,
        now: datetime,
        limits: Bounds,
        submissions: Sequence[Submission],
    ) -> "Batch":
        reads = read_batch(session, now, limits, submissions)
        changes = [
            one.command
            for one in submissions
            if not isinstance(one.command, NewPost) and not reads.first_answer(one)
        ]
        work = UnitOfWork.read(session, now, changes)
        return cls(session, now, limits, submissions, reads, work, session.revision)

    def decide(self) -> list[Answer]:
        """An answer to each submission, in their order."""
        return [self.answer(submission) for submission in self.submissions]

    def answer(self, submission: Submission) -> Answer:
        reads, person = self.reads, submission.person_id
        if first := reads.first_answer(submission):
            return first
        if person not in reads.active or submission.sign_in in reads.ended:
            return SignedOut()
        command = submission.command
        if isinstance(command, NewPost):
            return self.answer_new_post(submission, command)
        return self.answer_change(submission, command)

    def answer_new_post(self, submission: Submission, command: NewPost) -> Answer:
        session, reads, person = self.session, self.reads, submission.person_id
        decision = decide(
            command,
            Facts(
                starts_at=session.starts_at,
                cancelled=session.is_cancelled,
                now=self.now,
                bounds=self.limits,
                person_id=person,
                recent=reads.recent_posts.get(person, ()),
                is_silenced=person in reads.silenced,
                session_posts=session.last_seq,
                reply_exists=command.reply_to is None or command.reply_to in reads.reply_ids,
            ),
        )
        if isinstance(decision, Refused):
            return decision
        assert isinstance(decision, Accepted) and decision.topic and submission.client_id
        reply_to = command.reply_to
        post = self.work.add_post(
            submission,
            author=reads.active[person],
            topic=(decision.topic, reads.topics[decision.topic]),
            reply_to=(reply_to, reads.reply_ids[reply_to]) if reply_to else None,
        )
        taken = reads.known[person, submission.client_id] = Taken(post.seq, post.rev)
        reads.recent_posts.setdefault(person, []).append(self.now)
        return taken

    def answer_change(self, submission: Submission, change: Change) -> Answer:
        person, post = submission.person_id, self.work.posts.get(change.seq)
        decision = decide(change, self.facts_of_change(person, change, post))
        if isinstance(decision, Refused):
            return decision
        assert post is not None
        if isinstance(decision, Accepted):
            self.work.change_post(submission, change, post)
            self.add_receipt(submission, post)
            if decision.counts:
                self.count_change(person)
        elif decision.leaves_receipt and submission.client_id:
            self.add_receipt(submission, post)
            self.count_change(person)
        return Taken(post.seq, post.rev)

    def facts_of_change(self, person: int, change: Change, post: Post | None) -> Facts:
        reads = self.reads
        return Facts(
            starts_at=self.session.starts_at,
            cancelled=self.session.is_cancelled,
            now=self.now,
            bounds=self.limits,
            person_id=person,
            recent=reads.recent_changes.get(person, ()),
            is_host=person in reads.hosts,
            is_silenced=person in reads.silenced,
            post=self.facts_of_post(post, person, change) if post else None,
        )

    def facts_of_post(self, post: Post, person: int, change: Change) -> PostFacts:
        if not isinstance(change, React):
            return PostFacts(post.author_id, post.state, post.body, post.pinned)
        reactions = self.work.reactions.get(post.seq, {})
        return PostFacts(
            post.author_id,
            post.state,
            post.body,
            post.pinned,
            emoji=frozenset(emoji for _, emoji in reactions),
            own_emoji=frozenset(emoji for one, emoji in reactions if one == person),
        )

    def count_change(self, person: int) -> None:
        if self.limits.changes_per_window:
            self.reads.recent_changes.setdefault(person, []).append(self.now)
            self.changed_by.add(person)

    def add_receipt(self, submission: Submission, post: Post) -> None:
        if submission.client_id is None:
            return
        key = submission.person_id, submission.client_id
        self.reads.receipts[key] = Taken(post.seq, post.rev)
        self.receipts.append(
            Receipt(
                session_id=self.session.pk,
                person_id=submission.person_id,
                client_id=submission.client_id,
                seq=post.seq,
                rev=post.rev,
            )
        )

    @property
    def committed(self) -> Committed | None:
        """None unless nothing but new posts came of it, none of which mentions people."""
        if not self.work.added or self.work.changed or self.work.mentions:
            return None
        return Committed(self.since, self.work.added)

    def write(self) -> None:
        """Write all that was accepted."""
        self.work.write()
        if self.receipts:
            Receipt.objects.bulk_create(self.receipts)
        if self.changed_by:
            self.write_recent_changes()

    def write_recent_changes(self) -> None:
        recent, most = self.reads.recent_changes, self.limits.changes_per_window
        RecentChanges.objects.bulk_create(
            [
                RecentChanges(
                    session_id=self.session.pk,
                    person_id=person,
                    instants=[at.isoformat() for at in recent[person][-most:]],
                )
                for person in self.changed_by
            ],
            update_conflicts=True,
            unique_fields=("session", "person"),
            update_fields=("instants",),
        )
