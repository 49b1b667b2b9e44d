"""What a transcript's page shows, read in a handful of queries however many posts there are.

Names and what moderation hid are as they are now; the rest is as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chat.models import Post
from curation.models import ChatSession, Topic
from people.models import User
from transcripts import archive, builder
from transcripts.markup import is_whole
from transcripts.models import Transcript

LONGEST_QUOTE = 120
QUOTES = {
    Post.State.REMOVED: "(removed by its author)",
    Post.State.HIDDEN: "(hidden by the curator)",
    "broken": "(cannot be shown)",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """The post that another answers: one line of it."""

    seq: int
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as `chat/_post.html` draws it. `state` is also "broken", where html can't be shown."""

    seq: int
    at: datetime
    author: User
    html: str
    state: str
    is_host: bool
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Answers:
    """A topic with the posts that it took."""

    topic: Topic
    posts: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who wrote, and how many posts."""

    person: User
    posts: int


@dataclass(frozen=True, slots=True)
class Page:
    session: ChatSession
    transcript: Transcript
    topics: Sequence[Answers]
    people: Sequence[Voice]
    earlier: Transcript | None
    later: Transcript | None


def read(session: ChatSession) -> Page:
    """The page of a session that is over. Raises NotOver and NoTranscript as `archive.of` does."""
    transcript = archive.of(session)
    posts = list(
        Post.objects.filter(session=session).select_related("author__team", "topic").order_by("seq")
    )
    topics = session.topics.select_related("session").prefetch_related("articles")
    groups = builder.by_topic(posts, lambda post: post.topic.position)
    people = {post.author_id: post.author for post in posts}
    counts = builder.in_order_of_appearance([post.author_id for post in posts])
    is_listed = not session.is_rehearsal
    by_id = {post.pk: post for post in posts}
    return Page(
        session,
        transcript,
        [
            Answers(topic, [show(post, session, by_id) for post in groups[topic.position]])
            for topic in topics
        ],
        [Voice(people[pk], count) for pk, count in counts.items()],
        Transcript.objects.before(session) if is_listed else None,
        Transcript.objects.after(session) if is_listed else None,
    )


def show(post: Post, session: ChatSession, posts: dict[int, Post]) -> Shown:
    answered = posts.get(post.reply_to_id) if post.reply_to_id else None
    return Shown(
        seq=post.seq,
        at=post.at,
        author=post.author,
        html=post.html,
        state=state(post),
        is_host=post.author_id == session.curator_id,
        quote=quote(answered) if answered else None,
    )


def state(post: Post) -> str:
    """Stored HTML that isn't whole would break the page for every reader, so it is not shown."""
    if post.state == Post.State.SHOWN and not is_whole(post.html):
        return "broken"
    return post.state


def quote(post: Post) -> Quote:
    line = QUOTES.get(state(post)) or " ".join(post.body.split())
    if len(line) > LONGEST_QUOTE:
        line = line[: LONGEST_QUOTE - 1].rstrip() + "…"
    return Quote(post.seq, post.author.name, line)
