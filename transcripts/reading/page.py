"""What a transcript's page shows, read in a handful of queries however many posts there are.

Names and what moderation hid are as they are now; the rest is as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chat.models import Post
from curation.models import ChatSession, Topic
from people.models import User
from transcripts import archive, record
from transcripts.models import Correction, Transcript
from transcripts.reading.markup import is_whole
from transcripts.reading.rows import Chip, PostRow, read_posts, read_reactions

LONGEST_QUOTE = 120
QUOTES = {
    Post.State.REMOVED: "(removed by its author)",
    Post.State.HIDDEN: "(hidden by the host)",
    "broken": "(can’t be displayed)",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """The post that another answers: one line of it."""

    seq: int
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """What posts are drawn with: everybody by number, posts and reactions by `seq`, the curator."""

    people: dict[int, User]
    posts: dict[int, PostRow]
    reactions: dict[int, list[Chip]]
    curator: int | None


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as `components/post.html` shows it; its `state` may also be "broken"."""

    seq: int
    at: datetime
    author: User
    html: str
    state: str
    is_host: bool
    quote: Quote | None
    reactions: Sequence[Chip]
    is_edited: bool
    is_pinned: bool
    is_prepared: bool


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A topic with the posts that it took."""

    topic: Topic
    posts: Sequence[ShownPost]


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who wrote, and how many posts."""

    person: User
    posts: int


@dataclass(frozen=True, slots=True)
class Page:
    session: ChatSession
    transcript: Transcript
    corrections: Sequence[Correction]
    topics: Sequence[TopicSection]
    people: Sequence[Contributor]
    earlier: Transcript | None
    later: Transcript | None


def read(session: ChatSession, now: Callable[[], datetime]) -> Page:
    """The page of a session that is over. Raises NotOver and NoTranscript as `archive.of` does."""
    transcript = archive.of(session, now)
    posts = read_posts(session)
    counts = record.in_order_of_appearance([post.author for post in posts])
    people = User.objects.select_related("team").in_bulk(counts)
    by_seq = {post.seq: post for post in posts}
    around = PageContext(people, by_seq, read_reactions(session), session.curator_id)
    groups = record.by_topic(posts, lambda post: post.topic)
    is_listed = not session.is_rehearsal
    return Page(
        session,
        transcript,
        list(transcript.corrections.defer("content")),
        [
            TopicSection(topic, [show(post, around) for post in groups[topic.position]])
            for topic in session.read_topics()
        ],
        [Contributor(people[pk], count) for pk, count in counts.items()],
        Transcript.objects.before(session) if is_listed else None,
        Transcript.objects.after(session) if is_listed else None,
    )


def show(post: PostRow, around: PageContext) -> ShownPost:
    author = around.people[post.author]
    answered = around.posts.get(post.reply_to) if post.reply_to else None
    is_here = post.state == Post.State.SHOWN
    return ShownPost(
        seq=post.seq,
        at=post.at,
        author=author,
        html=post.html,
        state=state(post),
        is_host=post.author == around.curator,
        quote=quote(answered, around.people[answered.author]) if answered else None,
        reactions=around.reactions.get(post.seq, ()) if is_here else (),
        is_edited=is_here and post.edited_at is not None,
        is_pinned=is_here and post.pinned,
        is_prepared=post.from_prompt,
    )


def state(post: PostRow) -> str:
    """Stored HTML that isn't whole would break the page for every reader, so it is not shown."""
    if post.state == Post.State.SHOWN and not is_whole(post.html):
        return "broken"
    return post.state


def quote(post: PostRow, author: User) -> Quote:
    line = QUOTES.get(state(post)) or " ".join(post.body.split())
    if len(line) > LONGEST_QUOTE:
        line = line[: LONGEST_QUOTE - 1].rstrip() + "…"
    return Quote(post.seq, author.name, line)
