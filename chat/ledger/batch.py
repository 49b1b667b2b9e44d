"""What is wished of a session in one go, answered in order under its lock, and written at once.

A batch reads what its wishes touch in a handful of queries, however many they are, decides each in
memory as if those before it were written already, and writes the sum. It is for
`chat.ledger.store`, which holds the lock.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chat.law import roles, rules
from chat.law.commands import Attempt, Change, Edit, Hide, Pin, React, Remove, Wish
from chat.law.rules import Bounds, Moment, Refused, Situation, Target
from chat.law.sign_ins import SignedOut, SignIn
from chat.ledger import statements
from chat.ledger.committed import Committed
from chat.ledger.statements import Author, Held, NewPost
from chat.ledger.unit_of_work import UnitOfWork
from chat.models import Chair, Post, Reaction, Receipt, RecentChanges
from curation.law import agenda
from curation.models import ChatSession
from curation.rota.curators import curator_ids

W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Taken:
    """What an acknowledgement says; a retry of a post gets the same."""

    seq: int
    rev: int


Answer = Taken | Refused | SignedOut


class Batch:
    def __init__(
        self, session: Held, now: datetime, limits: Bounds, wishes: Sequence[Wish]
    ) -> None:
        self.session = session
        self.now = now
        self.limits = limits
        self.pages = UnitOfWork(session, now)
        self.cancelled = session.status != ChatSession.Status.PUBLISHED
        says = of(wishes, Attempt)
        changes = [wish for wish in wishes if not isinstance(wish, Attempt)]
        self.known = self.read_known(says)
        self.receipts = self.read_receipts(changes)
        self.new_receipts: list[Receipt] = []
        self.active: dict[int, Author] = {}
        self.ended: set[SignIn] = set()
        self.since = session.revision
        self.posts: list[tuple[NewPost, Author, int, int | None]] = []
        self.paces: dict[int, list[datetime]] = {}
        if all(self.known_answer(wish) for wish in wishes):
            return
        people = {wish.person_id for wish in wishes}
        sign_ins = {wish.sign_in for wish in wishes if wish.sign_in}
        self.active, holding, self.silenced, self.topics = statements.standing(
            session.pk, people, sign_ins, now
        )
        self.ended = holding.ended(sign_ins)
        self.lately = self.read_lately(says)
        self.answered = self.read_answered(says)
        if changes:
            self.paces = self.read_paces(people)
            self.hosts = self.read_hosts(changes)
            self.pages.open(changes)

    # What is read

    def read_known(self, says: Sequence[Attempt]) -> dict[tuple[int, UUID], Taken]:
        if not says:
            return {}
        rows = statements.known(self.session.pk, {say.key for say in says})
        return {(person, client): Taken(seq, rev) for person, client, seq, rev in rows}

    def read_receipts(self, changes: Sequence[Change]) -> dict[tuple[int, UUID], Taken]:
        ids = {change.client_id for change in changes if change.client_id}
        if not ids:
            return {}
        rows = Receipt.objects.filter(
            session=self.session.pk,
            person__in={change.person_id for change in changes},
            client_id__in=ids,
        ).values_list("person_id", "client_id", "seq", "rev")
        return {(person, client): Taken(seq, rev) for person, client, seq, rev in rows}

    def read_lately(self, says: Sequence[Attempt]) -> dict[int, list[datetime]]:
        lately: dict[int, list[datetime]] = defaultdict(list)
        if says and self.limits.posts_per_window:
            people, since = {say.person_id for say in says}, self.now - rules.PACE
            for person, at in statements.lately(self.session.pk, people, since):
                lately[person].append(at)
        return lately

    def read_answered(self, says: Sequence[Attempt]) -> dict[int, int]:
        seqs = {say.reply_to for say in says if say.reply_to}
        if not seqs:
            return {}
        rows = Post.objects.filter(session=self.session.pk, seq__in=seqs)
        return dict(rows.values_list("seq", "pk"))

    def read_paces(self, people: set[int]) -> dict[int, list[datetime]]:
        paces: dict[int, list[datetime]] = defaultdict(list)
        rows = RecentChanges.objects.filter(session=self.session.pk, person__in=people)
        for person, instants in rows.values_list("person_id", "instants"):
            at = [datetime.fromisoformat(instant) for instant in instants]
            paces[person] = [one for one in at if one > self.now - rules.PACE_OF_CHANGES]
        return paces

    def read_hosts(self, changes: Sequence[Change]) -> frozenset[int]:
        """Who may do what only hosts may, asked only where somebody wants to."""
        if not any(isinstance(change, Hide | Pin) for change in changes):
            return frozenset()
        chairs = Chair.objects.filter(session=self.session.pk).values_list("person", flat=True)
        is_over = self.now >= self.session.starts_at + agenda.LENGTH
        # After the end nothing is pinned any more, so that the same people count for both.
        return roles.moderators(
            curator_ids(), self.session.curator_id, set(chairs), is_over=is_over
        )

    # What is answered

    def answer(self, wish: Wish) -> Answer:
        if known := self.known_answer(wish):
            return known
        if wish.person_id not in self.active or wish.sign_in in self.ended:
            return SignedOut()
        try:
            if isinstance(wish, Attempt):
                return self.post(wish)
            return self.change(wish)
        except Refused as refused:
            return refused

    def known_answer(self, wish: Wish) -> Taken | None:
        """What was said to it before, if it was taken before."""
        if isinstance(wish, Attempt):
            return self.known.get(wish.key)
        return self.receipts.get((wish.person_id, wish.client_id)) if wish.client_id else None

    def post(self, say: Attempt) -> Taken:
        position = rules.accept(
            say.body,
            Situation(
                starts_at=self.session.starts_at,
                cancelled=self.cancelled,
                now=self.now,
                posts=self.session.last_seq,
                lately=self.lately[say.person_id],
                answers_a_post=say.reply_to is None or say.reply_to in self.answered,
                silenced=say.person_id in self.silenced,
            ),
            self.limits,
        )
        if say.only_topic not in (None, position):
            raise Refused("closed")
        post = self.pages.add(
            say,
            topic_id=self.topics[position],
            reply_to_id=self.answered[say.reply_to] if say.reply_to else None,
        )
        self.posts.append((post, self.active[say.person_id], position, say.reply_to))
        taken = self.known[say.key] = Taken(post.seq, post.rev)
        self.lately[say.person_id].append(self.now)
        return taken

    def change(self, wish: Change) -> Taken:
        """Make the change, unless it is in effect already. Raises Refused."""
        pages, post = self.pages, self.pages.posts.get(wish.seq)
        if post is None or not is_in_effect(wish, post, pages.reactions):
            target = Target(post.author_id, post.state) if post else None
            match wish:
                case Edit():
                    moment = self.moment(wish)
                    most = self.limits.changes_per_window
                    rules.accept_edit(wish.body, wish.person_id, target, moment, most)
                case Remove():
                    most = self.limits.changes_per_window
                    rules.accept_removal(wish.person_id, target, self.moment(wish), most)
                case React():
                    if post:
                        others = pages.emoji(post) - {wish.emoji} if wish.on else set()
                        target = Target(post.author_id, post.state, len(others))
                    most = self.limits.changes_per_window
                    rules.accept_reaction(target, self.moment(wish), most)
                case Hide():
                    rules.accept_hiding(target, self.moment(wish))
                case Pin():
                    rules.accept_pin(target, self.moment(wish))
            assert post is not None
            pages.change(wish, post)
            self.note(wish, post)
            if self.limits.changes_per_window and not isinstance(wish, Hide | Pin):
                self.paces[wish.person_id].append(self.now)
        elif self.may_be_noted(wish):
            self.note(wish, post)
        return Taken(post.seq, post.rev)

    def may_be_noted(self, wish: Change) -> bool:
        """May what is in effect already leave a receipt? A copy of it may come late, too.

        They are bounded as changes are, and nothing can be undone after the end.
        """
        if wish.client_id is None or self.now >= self.session.starts_at + agenda.LENGTH:
            return False
        most, lately = self.limits.changes_per_window, self.paces[wish.person_id]
        if most and len(lately) >= most:
            return False
        if most:
            lately.append(self.now)
        return True

    def note(self, wish: Change, post: Post) -> None:
        if wish.client_id is None:
            return
        self.receipts[wish.person_id, wish.client_id] = Taken(post.seq, post.rev)
        self.new_receipts.append(
            Receipt(
                session_id=self.session.pk,
                person_id=wish.person_id,
                client_id=wish.client_id,
                seq=post.seq,
                rev=post.rev,
            )
        )

    def moment(self, wish: Change) -> Moment:
        return Moment(
            starts_at=self.session.starts_at,
            cancelled=self.cancelled,
            now=self.now,
            lately=self.paces[wish.person_id],
            is_host=wish.person_id in self.hosts,
            silenced=wish.person_id in self.silenced,
        )

    @property
    def news(self) -> Committed | None:
        """None where anything but new posts came of it, or a new post names people."""
        if not self.posts or self.pages.changed or self.pages.mentions:
            return None
        return Committed(self.since, self.now, self.posts)

    def store(self) -> None:
        """Write all that was taken."""
        if self.pages.is_touched:
            self.pages.store()
        if self.new_receipts:
            Receipt.objects.bulk_create(self.new_receipts)
        changed = [person for person, instants in self.paces.items() if self.now in instants]
        if changed:
            RecentChanges.objects.bulk_create(
                [
                    RecentChanges(
                        session_id=self.session.pk,
                        person_id=person,
                        instants=[
                            at.isoformat()
                            for at in self.paces[person][-self.limits.changes_per_window :]
                        ],
                    )
                    for person in changed
                ],
                update_conflicts=True,
                unique_fields=("session", "person"),
                update_fields=("instants",),
            )


def of(wishes: Sequence[Wish], kind: type[W]) -> list[W]:
    return [wish for wish in wishes if isinstance(wish, kind)]


def is_in_effect(wish: Change, post: Post, reactions: dict[tuple[int, int, str], Reaction]) -> bool:
    """Is that so already? Then it is acknowledged whatever the rules say, as a retry would be."""
    shown = post.state == Post.State.SHOWN
    own = post.author_id == wish.person_id
    match wish:
        case Edit():
            return own and shown and post.body == wish.body
        case Remove():
            return own and post.state == Post.State.REMOVED
        case React():
            return shown and ((post.seq, wish.person_id, wish.emoji) in reactions) == wish.on
        case Hide():
            return post.state == Post.State.HIDDEN
        case Pin():
            return shown and post.pinned == wish.on
