"""The ledger and a plain model of it are given the same commands, and must agree at each step."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.law.commands import Command, Edit, Hide, NewPost, Pin, React, Remove, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.ledger.answers import Answer, Taken
from chat.ledger.committed import Committed
from chat.models import Post, PostVersion, Reaction, Receipt, Silence
from chat.room.post_frames import posts_after, show_new
from curation.models import ChatSession
from curation.rota.curators import make_curator
from people.models import User
from tests.conftest import THURSDAY, make_session
from tests.support import model_ledger
from tests.support.model_ledger import ModelCommand, ModelLedger

# Small, so that they are reached.
BOUNDS = Bounds(posts_per_window=3, session_posts=6, changes_per_window=4)
PEOPLE = 3  # the last one is the curator
IDS = [UUID(int=number) for number in range(1, 9)]

people = st.integers(0, PEOPLE - 1)
client_ids = st.sampled_from(IDS)
seqs = st.integers(1, 5)
bodies = st.sampled_from(["a", "b", "a", "b", "a", "b", "", "x" * 2001])


def command(kind: str, ids: st.SearchStrategy[Any], **fields: Any) -> st.SearchStrategy[Any]:
    return st.tuples(people, ids, st.just(kind), st.fixed_dictionaries(fields))


def change(kind: str, **fields: Any) -> st.SearchStrategy[Any]:
    return command(kind, st.none() | client_ids, seq=seqs, **fields)


new_posts = command("post", client_ids, body=bodies, reply_to=st.none() | st.none() | seqs)
changes = st.one_of(
    change("edit", body=bodies),
    change("remove"),
    change("react", emoji=st.sampled_from("👍💡"), on=st.booleans()),
    change("react", emoji=st.just("👍"), on=st.booleans()),
    change("pin", on=st.booleans()),
    change("hide", reason=st.just("A reason")),
)
batches = st.lists(new_posts | changes, min_size=1, max_size=5)
KINDS = {"post": NewPost, "edit": Edit, "remove": Remove, "react": React, "pin": Pin, "hide": Hide}


class LedgerAndModel(RuleBasedStateMachine):
    """`clock` is what the ledger reads, in seconds from the session's start."""

    cast: tuple[User, ...] = ()

    @initialize(begins_at=st.sampled_from([10, 10, 10, 595, 595, 1795, -1]))
    def begin(self, begins_at: int) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people = self.cast
        self.curator = self.people[-1]
        self.session = make_session(None, self.curator, THURSDAY)
        self.clock = float(begins_at)
        self.model = ModelLedger(
            posts_per_window=BOUNDS.posts_per_window,
            session_posts=BOUNDS.session_posts,
            changes_per_window=BOUNDS.changes_per_window,
            hosts={PEOPLE - 1},
        )
        self.seen: dict[int, dict[str, Any]] = {}  # what a client has read, by seq
        self.seen_rev = 0
        self.last_batch: list[Any] = []
        self.submit([(n, IDS[n], "post", {"body": "a", "reply_to": None}) for n in range(PEOPLE)])

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What happens

    @rule(seconds=st.sampled_from([0.5, 1, 4, 9.5, 10, 20]))
    def time_passes(self, seconds: float) -> None:
        self.clock += seconds

    @rule(seconds=st.sampled_from([1, 4]))
    def the_clock_is_set_back(self, seconds: float) -> None:
        self.clock -= seconds

    @rule(batch=batches)
    def a_batch_comes(self, batch: list[Any]) -> None:
        self.submit(batch)

    @rule(batch=st.lists(changes, min_size=1, max_size=4))
    def people_change_posts(self, batch: list[Any]) -> None:
        self.submit(batch)

    @rule(person=people, ids=st.lists(client_ids, min_size=1, max_size=4))
    def a_person_posts(self, person: int, ids: list[UUID]) -> None:
        self.submit([(person, id, "post", {"body": "b", "reply_to": None}) for id in ids])

    @precondition(lambda self: self.model.posts)
    @rule(
        number=st.integers(0, 7),
        id=st.none() | client_ids,
        bodies=st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
        removes=st.booleans(),
    )
    def an_author_changes_a_post(
        self, number: int, id: UUID | None, bodies: list[str], removes: bool
    ) -> None:
        post = self.model.posts[number % len(self.model.posts)]
        batch = [(post.author, id, "edit", {"seq": post.seq, "body": body}) for body in bodies]
        if removes:
            batch.append((post.author, None, "remove", {"seq": post.seq}))
        self.submit(batch)

    @rule(pins=st.lists(st.tuples(seqs, st.booleans()), min_size=1, max_size=3))
    def the_curator_pins(self, pins: list[tuple[int, bool]]) -> None:
        curator = PEOPLE - 1
        self.submit([(curator, None, "pin", {"seq": seq, "on": on}) for seq, on in pins])

    @rule()
    def a_copy_comes_late(self) -> None:
        self.submit(self.last_batch)

    @rule(person=st.integers(0, PEOPLE - 2))
    def somebody_is_silenced_or_heard_again(self, person: int) -> None:
        self.model.silenced ^= {person}
        if person in self.model.silenced:
            Silence.objects.create(
                session=self.session, person=self.people[person], by=self.curator, at=THURSDAY
            )
        else:
            Silence.objects.filter(person=self.people[person]).delete()

    @rule()
    def the_curator_loses_the_role_or_gets_it_again(self) -> None:
        self.model.hosts ^= {PEOPLE - 1}
        if self.model.hosts:
            make_curator(self.curator)
        else:
            self.curator.groups.clear()

    def submit(self, batch: list[Any]) -> None:
        revision, self.last_batch = self.model.revision, batch
        submissions = [
            Submission(self.people[person].pk, as_command(kind, fields), id)
            for person, id, kind, fields in batch
        ]
        expected = self.model.take_batch([ModelCommand(*one) for one in batch], self.clock)
        now = THURSDAY + timedelta(seconds=self.clock)
        answers, committed = store.store(self.session.pk, submissions, BOUNDS, lambda: now)
        assert [as_model(answer) for answer in answers] == expected
        if committed is not None:
            self.check_committed(committed, revision)

    def check_committed(self, committed: Committed, revision: int) -> None:
        """A room that learns of new posts from its own process shows what reading would show."""
        assert committed.since == revision
        read = posts_after(self.session.pk, revision, self.curator.pk)
        assert show_new(committed.posts, self.curator.pk) == read

    # What must hold at each step

    @invariant()
    def what_is_stored_is_what_the_model_holds(self) -> None:
        if not hasattr(self, "model"):
            return
        pks = [person.pk for person in self.people]
        session = ChatSession.objects.get(pk=self.session.pk)
        assert (session.revision, session.last_seq) == (self.model.revision, len(self.model.posts))
        posts = Post.objects.order_by("seq").values_list(
            "seq", "rev", "taken_rev", "author", "client_id", "topic__position", "at",
            "body", "reply_to__seq", "state", "pinned",
        )  # fmt: skip
        assert list(posts) == [
            (one.seq, one.rev, one.taken_rev, pks[one.author], one.id, one.topic,
             THURSDAY + timedelta(seconds=one.at), one.body, one.reply_to, one.state, one.pinned)
            for one in self.model.posts
        ]  # fmt: skip
        assert set(Reaction.objects.values_list("post__seq", "person", "emoji")) == {
            (one.seq, pks[person], emoji)
            for one in self.model.posts
            for person, emoji in one.reactions
        }
        versions = PostVersion.objects.order_by("post__seq", "id").values_list("post__seq", "body")
        assert list(versions) == [
            (one.seq, body) for one in self.model.posts for body in one.versions
        ]
        receipts = Receipt.objects.values_list("person", "client_id", "seq", "rev")
        assert set(receipts) == {
            (pks[person], id, seq, rev) for (person, id), (seq, rev) in self.model.receipts.items()
        }

    @invariant()
    def a_client_that_reads_on_sees_the_room_as_it_is(self) -> None:
        if not hasattr(self, "model") or self.model.revision == self.seen_rev:
            return
        for shown in posts_after(self.session.pk, self.seen_rev, self.curator.pk):
            assert shown.rev > self.seen_rev
            self.seen_rev = shown.rev
            self.seen[shown.seq] = json.loads(shown.encoded)
        assert self.seen_rev == self.model.revision
        for one in self.model.posts:
            post, is_shown = self.seen[one.seq], one.state == "shown"
            emoji = [emoji for _, emoji in one.reactions] if is_shown else []
            assert post["rev"] == one.rev
            assert post["state"] == one.state
            assert post["html"] == (one.body if is_shown else "")
            assert post["reactions"] == {each: emoji.count(each) for each in emoji}
            assert post.get("pinned", False) == one.pinned


def as_command(kind: str, fields: dict[str, Any]) -> Command:
    made: Command = KINDS[kind](**fields)
    return made


def as_model(answer: Answer) -> model_ledger.Answer:
    match answer:
        case Taken(seq, rev):
            return "taken", seq, rev
        case Refused():
            return answer.code
    raise AssertionError(answer)


@pytest.mark.django_db
def test_the_ledger_does_what_a_plain_model_does(dana: User, jonas: User, curator: User) -> None:
    class Machine(LedgerAndModel):
        cast = (dana, jonas, curator)

    run_state_machine_as_test(
        Machine,
        settings=examples(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
