"""What becomes of a post: edits, removals, reactions, pins, hiding; each by its law."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chat.law.commands import Edit, Hide, NewPost, Pin, React, Remove, Submission
from chat.law.rules import MOST_EMOJI, Bounds, Refused
from chat.ledger import store
from chat.ledger.answers import Answer, Taken
from chat.models import (
    Chair,
    Lease,
    Mention,
    Post,
    PostVersion,
    Reaction,
    Receipt,
    RecentChanges,
    Silence,
)
from curation.models import ChatSession
from curation.rota.curators import make_curator
from people.models import AuditEntry, Team, User
from tests.conftest import make_session

MANY = Bounds(posts_per_window=10_000, session_posts=100_000, changes_per_window=10_000)
AFTER_THE_END = timedelta(minutes=31)


@pytest.fixture
def running(db: None, dana: User, curator: User) -> ChatSession:
    """A rehearsal that Priya hosts, in its first topic; Dana has posted once."""
    session = make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))
    take(session, Submission(dana.pk, NewPost("As it was"), uuid4()))
    return session


def take(
    session: ChatSession,
    *submissions: Submission,
    after: timedelta = timedelta(minutes=5),
    limits: Bounds = MANY,
) -> list[Answer]:
    return store.take(session.pk, submissions, limits, lambda: session.starts_at + after)


def code(answer: Answer) -> str:
    return answer.code if isinstance(answer, Refused) else type(answer).__name__


def test_an_edit_replaces_the_text_and_its_author_sees_what_it_was(
    running: ChatSession, dana: User
) -> None:
    assert take(running, Submission(dana.pk, Edit(1, "As it *is*"))) == [Taken(1, 2)]
    post = Post.objects.get()
    assert (post.body, post.html) == ("As it *is*", "As it <em>is</em>")
    assert (post.rev, post.taken_rev) == (2, 1)
    assert post.edited_at is not None
    assert [version.body for version in PostVersion.objects.all()] == ["As it was"]


def test_an_edit_that_changes_nothing_is_acknowledged_without_a_change(
    running: ChatSession, dana: User
) -> None:
    assert take(running, Submission(dana.pk, Edit(1, "As it was"))) == [Taken(1, 1)]
    assert take(running, Submission(dana.pk, Edit(1, "As it was")), after=AFTER_THE_END) == [
        Taken(1, 1)
    ]
    assert Post.objects.get().edited_at is None


def test_a_removed_post_leaves_a_trace_and_not_a_word(running: ChatSession, dana: User) -> None:
    take(running, Submission(dana.pk, Edit(1, "Better")))
    assert take(running, Submission(dana.pk, Remove(1))) == [Taken(1, 3)]
    post = Post.objects.get()
    assert (post.state, post.body, post.html) == ("removed", "", "")
    assert not PostVersion.objects.exists()
    assert take(running, Submission(dana.pk, Remove(1)), after=AFTER_THE_END) == [Taken(1, 3)]


def test_a_retry_of_a_removed_post_gets_its_first_answer(running: ChatSession, dana: User) -> None:
    take(running, Submission(dana.pk, Remove(1)))
    again = Submission(dana.pk, NewPost("As it was"), Post.objects.get().client_id)
    assert take(running, again) == [Taken(1, 1)]
    assert Post.objects.get().state == "removed"


def test_a_reaction_set_twice_is_set_once(running: ChatSession, jonas: User) -> None:
    on, off = (
        Submission(jonas.pk, React(1, "💡", True)),
        Submission(jonas.pk, React(1, "💡", False)),
    )
    assert take(running, on, on) == [Taken(1, 2), Taken(1, 2)]
    assert Reaction.objects.count() == 1
    assert take(running, on) == [Taken(1, 2)]
    assert take(running, off, off) == [Taken(1, 3), Taken(1, 3)]
    assert not Reaction.objects.exists()
    assert take(running, on, off, on) == [Taken(1, 4), Taken(1, 5), Taken(1, 6)]
    assert Reaction.objects.count() == 1


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_late_copy_of_a_change_does_not_undo_what_came_after_it(
    running: ChatSession, dana: User, jonas: User, in_one_batch: bool
) -> None:
    edit = Submission(dana.pk, Edit(1, "First"), uuid4())
    on = Submission(jonas.pk, React(1, "💡", True), uuid4())
    off = Submission(jonas.pk, React(1, "💡", False), uuid4())
    pin = Submission(running.curator_id or 0, Pin(1, True), uuid4())
    unpin = Submission(running.curator_id or 0, Pin(1, False), uuid4())
    newer: list[Submission] = [Submission(dana.pk, Edit(1, "Second"), uuid4()), off, unpin]
    copies: list[Submission] = [edit, on, pin]
    submissions: list[Submission] = [*copies, *newer, *copies]
    answers = (
        take(running, *submissions)
        if in_one_batch
        else [answer for submission in submissions for answer in take(running, submission)]
    )
    assert answers[:6] == [Taken(1, rev) for rev in range(2, 8)]
    assert answers[6:] == answers[:3]
    post = Post.objects.get()
    assert (post.body, post.pinned, Reaction.objects.count()) == ("Second", False, 0)
    assert take(running, edit, after=AFTER_THE_END) == [Taken(1, 2)]


def test_a_late_copy_of_what_was_in_effect_already_undoes_nothing_either(
    running: ChatSession, jonas: User
) -> None:
    by_this_tab, by_the_other = (Submission(jonas.pk, React(1, "💡", True), uuid4()) for _ in "ab")
    take(running, by_the_other)
    assert take(running, by_this_tab) == [Taken(1, 2)]
    take(running, Submission(jonas.pk, React(1, "💡", False), uuid4()))
    assert take(running, by_this_tab) == [Taken(1, 2)]
    assert not Reaction.objects.exists()


def test_receipts_of_what_was_in_effect_are_bounded_as_changes_are(
    running: ChatSession, dana: User, jonas: User
) -> None:
    limits = Bounds(posts_per_window=0, session_posts=100, changes_per_window=3)
    for _ in range(5):
        on = Submission(jonas.pk, React(1, "💡", True), uuid4())
        assert take(running, on, limits=limits) == [Taken(1, 2)]
    assert Receipt.objects.count() == 3
    take(running, Submission(dana.pk, Edit(1, "As it was"), uuid4()), after=AFTER_THE_END)
    assert Receipt.objects.count() == 3


def test_an_id_is_of_one_person_and_what_was_refused_under_it_may_be_tried_again(
    running: ChatSession, dana: User, jonas: User
) -> None:
    id = uuid4()
    edit = Submission(dana.pk, Edit(1, "Better"), id)
    assert code(*take(running, edit, after=AFTER_THE_END)) == "closed"
    assert take(running, Submission(jonas.pk, React(1, "💡", True), id)) == [Taken(1, 2)]
    assert take(running, edit) == [Taken(1, 3)]


def test_changes_without_an_id_are_made_each_time(running: ChatSession, dana: User) -> None:
    texts = ["First", "Second", "First"]
    assert take(running, *(Submission(dana.pk, Edit(1, text)) for text in texts)) == [
        Taken(1, rev) for rev in (2, 3, 4)
    ]


def test_what_only_a_running_session_needs_is_forgotten_after_a_day(
    running: ChatSession, dana: User
) -> None:
    take(running, Submission(dana.pk, Edit(1, "Better"), uuid4()))
    assert Receipt.objects.count() == RecentChanges.objects.count() == 1
    day = running.starts_at + store.LONG_OVER
    assert store.forget(day) == 0
    assert store.forget(day + timedelta(microseconds=1)) == 2
    assert not Receipt.objects.exists()
    assert not RecentChanges.objects.exists()


def test_one_pin_a_topic_and_the_latest_holds(
    running: ChatSession, dana: User, curator: User
) -> None:
    take(running, Submission(dana.pk, NewPost("Another"), uuid4()))
    assert take(running, Submission(curator.pk, Pin(1, True))) == [Taken(1, 3)]
    assert take(running, Submission(curator.pk, Pin(2, True))) == [Taken(2, 5)]
    assert [(post.pinned, post.rev) for post in Post.objects.order_by("seq")] == [
        (False, 4),
        (True, 5),
    ]
    both = [
        Submission(curator.pk, Pin(1, True)),
        Submission(curator.pk, Pin(2, True)),
        Submission(curator.pk, Pin(1, True)),
    ]
    take(running, *both)
    assert [post.pinned for post in Post.objects.order_by("seq")] == [True, False]


def test_a_hidden_post_is_not_shown_and_the_audit_log_says_why(
    running: ChatSession, curator: User
) -> None:
    take(running, Submission(curator.pk, Pin(1, True)))
    assert take(
        running, Submission(curator.pk, Hide(1, "A client’s name")), after=AFTER_THE_END
    ) == [Taken(1, 3)]
    post = Post.objects.get()
    assert (post.state, post.pinned, post.body) == ("hidden", False, "As it was")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.reason) == (curator, "hid a post", "A client’s name")
    assert take(running, Submission(curator.pk, Hide(1, "again"))) == [Taken(1, 3)]
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "change", "outcome"),
    [
        ("dana", (Edit, "Better"), "Taken"),
        ("jonas", (Edit, "Better"), "not_yours"),
        ("curator", (Edit, "Better"), "not_yours"),
        ("dana", (Edit, ""), "empty"),
        ("dana", (Edit, "x" * 2000), "Taken"),
        ("dana", (Edit, "x" * 2001), "too_long"),
        ("dana", (Remove,), "Taken"),
        ("jonas", (Remove,), "not_yours"),
        ("curator", (Remove,), "not_yours"),
        ("jonas", (React, "👍", True), "Taken"),
        ("dana", (React, "👍", True), "Taken"),
        ("jonas", (React, "👍", False), "Taken"),
        ("dana", (Hide, "why"), "not_host"),
        ("dana", (Pin, True), "not_host"),
        ("curator", (Hide, "why"), "Taken"),
        ("curator", (Pin, True), "Taken"),
        ("curator", (Pin, False), "Taken"),
    ],
)
def test_a_change_is_accepted_only_from_the_right_people(
    running: ChatSession,
    dana: User,
    jonas: User,
    curator: User,
    who: str,
    change: tuple[Any, ...],
    outcome: str,
) -> None:
    person = {"dana": dana, "jonas": jonas, "curator": curator}[who]
    kind, *fields = change
    [answer] = take(running, Submission(person.pk, kind(1, *fields)))
    assert code(answer) == outcome
    [answer] = take(running, Submission(person.pk, kind(9, *fields)))
    assert code(answer) in ("not_found", "not_host")


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(-1, "not_started"), (0, "Taken"), (1799.999, "Taken"), (1800, "closed")],
)
@pytest.mark.parametrize("kind", ["edit", "remove", "react", "pin"])
def test_changes_end_with_the_session(
    running: ChatSession, dana: User, curator: User, kind: str, seconds: float, outcome: str
) -> None:
    ChatSession.objects.update(last_at=running.starts_at - timedelta(hours=1))
    submissions: dict[str, Submission] = {
        "edit": Submission(dana.pk, Edit(1, "Better")),
        "remove": Submission(dana.pk, Remove(1)),
        "react": Submission(dana.pk, React(1, "👍", True)),
        "pin": Submission(curator.pk, Pin(1, True)),
    }
    [answer] = take(running, submissions[kind], after=timedelta(seconds=seconds))
    assert code(answer) == outcome


@pytest.mark.parametrize("state", ["removed", "hidden"])
def test_what_is_gone_takes_no_more_changes(
    running: ChatSession, dana: User, curator: User, state: str
) -> None:
    Post.objects.update(state=state)
    submissions: list[Submission] = [
        Submission(dana.pk, Edit(1, "Better")),
        Submission(dana.pk, React(1, "👍", True)),
        Submission(curator.pk, Pin(1, True)),
        Submission(dana.pk, Remove(1))
        if state == "hidden"
        else Submission(curator.pk, Hide(1, "why")),
    ]
    assert [code(answer) for answer in take(running, *submissions)] == ["not_found"] * 4


def test_a_silenced_person_can_only_remove_their_posts(
    running: ChatSession, dana: User, curator: User
) -> None:
    Silence.objects.create(session=running, person=dana, by=curator, at=running.starts_at)
    answers = take(
        running,
        Submission(dana.pk, NewPost("Hello"), uuid4()),
        Submission(dana.pk, Edit(1, "Better")),
        Submission(dana.pk, React(1, "👍", True)),
        Submission(dana.pk, Remove(1)),
    )
    assert [code(answer) for answer in answers] == ["silenced"] * 3 + ["Taken"]


def test_a_person_who_took_the_chair_hosts_too(running: ChatSession, jonas: User) -> None:
    assert code(take(running, Submission(jonas.pk, Pin(1, True)))[0]) == "not_host"
    make_curator(jonas)
    Chair.objects.create(session=running, person=jonas, at=running.starts_at)
    assert take(running, Submission(jonas.pk, Pin(1, True))) == [Taken(1, 2)]


def test_twenty_changes_in_ten_seconds_and_not_one_more(running: ChatSession, dana: User) -> None:
    limits = Bounds(posts_per_window=10, session_posts=100, changes_per_window=20)
    at = timedelta(minutes=5)
    for n in range(10):
        # One at a time and undoing each other: both count.
        for on in (True, False):
            [answer] = take(
                running, Submission(dana.pk, React(1, "👍", on)), after=at, limits=limits
            )
            assert answer == Taken(1, 2 + 2 * n + (not on))
    [refused] = take(running, Submission(dana.pk, React(1, "👍", True)), after=at, limits=limits)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after) == ("too_fast", 10)
    later = at + timedelta(seconds=10)
    assert (
        code(
            take(running, Submission(dana.pk, React(1, "👍", True)), after=later, limits=limits)[0]
        )
        == "Taken"
    )


def test_a_post_takes_so_many_different_emoji_and_any_number_of_the_same(
    running: ChatSession, dana: User, jonas: User
) -> None:
    emoji = [chr(0x1F600 + n) for n in range(MOST_EMOJI + 1)]
    answers = take(running, *(Submission(dana.pk, React(1, one, True)) for one in emoji))
    assert [code(answer) for answer in answers] == ["Taken"] * MOST_EMOJI + ["full"]
    assert code(take(running, Submission(jonas.pk, React(1, emoji[0], True)))[0]) == "Taken"
    assert code(take(running, Submission(dana.pk, React(1, emoji[0], False)))[0]) == "Taken"


def test_a_post_that_names_people_mentions_them(
    running: ChatSession, dana: User, jonas: User, curator: User
) -> None:
    Lease.objects.create(
        session=running,
        process=uuid4(),
        people={str(jonas.pk): ["reading", False, ""]},
        until=running.starts_at + timedelta(minutes=6),
    )
    text = "@Jonas Meyer and @priya raman, ask a@Dana Kowalski or @Nobody. @Jonas Meyer"
    take(running, Submission(dana.pk, NewPost(text), uuid4()))
    assert Post.objects.get(seq=2).html == (
        "<b>@Jonas Meyer</b> and <b>@priya raman</b>, ask a@Dana Kowalski or @Nobody. "
        "<b>@Jonas Meyer</b>"
    )
    found = Mention.objects.order_by("id").values_list("person", "seen")
    assert list(found) == [(jonas.pk, True), (curator.pk, False)]
    Mention.objects.update(seen=True)
    take(running, Submission(dana.pk, Edit(2, "Now @Priya Raman, not him")))
    assert list(Mention.objects.values_list("person", "seen")) == [(curator.pk, True)]
    take(running, Submission(dana.pk, Edit(2, "Only @Dana Kowalski")))
    assert list(Mention.objects.values_list("person", "seen")) == [(dana.pk, True)]
    take(running, Submission(dana.pk, Remove(2)))
    assert not Mention.objects.exists()


def test_where_two_share_a_name_the_team_says_who_is_meant(
    running: ChatSession, dana: User, jonas: User
) -> None:
    other_team = Team.objects.create(name="Multimedia")
    other = User.objects.create_user("jonas2@example.com", name="Jonas Meyer", team=other_team)

    def named(text: str) -> set[int]:
        Mention.objects.all().delete()
        take(running, Submission(dana.pk, NewPost(text), uuid4()))
        return set(Mention.objects.values_list("person", flat=True))

    assert named("@Jonas Meyer (Multimedia) what do you think?") == {other.pk}
    assert "<b>@Jonas Meyer (Multimedia)</b> what" in Post.objects.latest("seq").html
    assert named("@Jonas Meyer (Learning Services)") == {jonas.pk}
    assert named("@Jonas Meyer (of all people)") == {jonas.pk, other.pk}
    jonas.is_active = False
    jonas.save()
    assert named("@Jonas Meyer") == {other.pk}


PEOPLE = 3  # the last one hosts
BATCHES = st.lists(
    st.lists(
        st.one_of(
            st.tuples(st.just("post"), st.integers(0, 2), st.integers(0, 4)),
            st.tuples(st.just("edit"), st.integers(0, 2), st.integers(1, 5), st.sampled_from("ab")),
            st.tuples(st.just("remove"), st.integers(0, 2), st.integers(1, 5)),
            st.tuples(st.just("hide"), st.integers(0, 2), st.integers(1, 5)),
            st.tuples(
                st.just("react"), st.integers(0, 2), st.integers(1, 5), st.sampled_from("👍💡"),
                st.booleans(),
            ),
            st.tuples(st.just("pin"), st.integers(0, 2), st.integers(1, 5), st.booleans()),
        ),
        min_size=1,
        max_size=5,
    ),
    max_size=10,
)  # fmt: skip


@examples(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=BATCHES)
def test_the_ledger_does_with_changes_what_a_simple_model_does(
    running: ChatSession, dana: User, jonas: User, curator: User, batches: list[list[Any]]
) -> None:
    for kind in (Mention, Reaction, PostVersion, AuditEntry, Post):
        kind.objects.all().delete()
    ChatSession.objects.filter(pk=running.pk).update(last_seq=0, revision=0)
    people, ids = [dana, jonas, curator], [uuid4() for _ in range(5)]
    model: list[dict[str, Any]] = []
    revision = 0
    for batch in batches:
        known = len(model)  # nobody can have been told of the others yet
        expected: list[Any] = []
        submissions: list[Submission] = []
        for kind, who, which, *rest in batch:
            person = people[who].pk
            if kind == "post":
                submissions.append(Submission(person, NewPost("a"), ids[which]))
                there = [p for p in model if p["key"] == (who, which)]
                if not there:
                    revision += 1
                    there = [
                        {"key": (who, which), "seq": len(model) + 1, "rev": revision, "body": "a",
                         "state": "shown", "pinned": False, "reactions": set(), "first": revision}
                    ]  # fmt: skip
                    model += there
                expected.append(Taken(there[0]["seq"], there[0]["first"]))
                continue
            commands: dict[str, Any] = {
                "edit": Edit, "remove": Remove, "react": React, "pin": Pin, "hide": Hide
            }  # fmt: skip
            fields = ["why"] if kind == "hide" else rest
            submissions.append(Submission(person, commands[kind](which, *fields)))
            post = model[which - 1] if which <= known else None
            own = post is not None and post["key"][0] == who
            shown = post is not None and post["state"] == "shown"
            change: dict[str, Any] | None = None
            if kind == "edit" and own and shown:
                change = {"body": rest[0]}
            elif kind == "remove" and own and post and post["state"] != "hidden":
                change = {"state": "removed", "body": "", "pinned": False}
            elif kind == "hide" and who == 2 and post and post["state"] != "removed":
                change = {"state": "hidden", "pinned": False}
            elif kind == "hide" and post and post["state"] == "hidden":
                change = {}
            elif kind == "react" and post and shown:
                mine = {(who, rest[0])}
                change = {
                    "reactions": post["reactions"] | mine if rest[1] else post["reactions"] - mine
                }
            elif kind == "pin" and post and shown and (who == 2 or post["pinned"] == rest[0]):
                change = {"pinned": rest[0]}
            if post is None or change is None:
                expected.append(Refused)
                continue
            if any(post[field] != value for field, value in change.items()):
                if change.get("pinned"):
                    for other in model:
                        if other["pinned"]:
                            revision += 1
                            other.update(pinned=False, rev=revision)
                revision += 1
                post.update(change, rev=revision)
            expected.append(Taken(which, post["rev"]))
        for answer, wanted in zip(take(running, *submissions), expected, strict=True):
            assert isinstance(answer, Refused) if wanted is Refused else answer == wanted
    running.refresh_from_db()
    assert (running.revision, running.last_seq) == (revision, len(model))
    fields = ("seq", "rev", "taken_rev", "body", "state", "pinned")
    assert list(Post.objects.order_by("seq").values_list(*fields)) == [
        (p["seq"], p["rev"], p["first"], p["body"], p["state"], p["pinned"]) for p in model
    ]
    stored = Reaction.objects.values_list("post__seq", "person", "emoji")
    assert set(stored) == {
        (p["seq"], people[who].pk, emoji) for p in model for who, emoji in p["reactions"]
    }
