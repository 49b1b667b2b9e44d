"""What a transcript's page shows, read in a few queries however many posts there are.

Names and hidden posts are shown as they are now, everything else as it was recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chat.law.browser_facts import GONE, QUOTED_GONE
from chat.models import Post
from curation.models import ChatSession, Topic
from people.models import User
from transcripts import archive, record
from transcripts.models import Correction, Transcript
from transcripts.reading.markup import is_whole, quoted_line
from transcripts.reading.rows import Chip, PostRow, read_posts, read_reactions

BROKEN = "broken"
WORDS = GONE | {BROKEN: "This post can’t be displayed."}
QUOTED = QUOTED_GONE | {BROKEN: "(can’t be displayed)"}


@dataclass(frozen=True, slots=True)
class Quote:
    """One line of the post that another replies to."""

    seq: int
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a rendered post may need: people by id, posts and reactions by `seq`, the curator."""

    people: dict[int, User]
    posts: dict[int, PostRow]
    reactions: dict[int, list[Chip]]
    curator_id: int | None


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as `components/post.html` shows it; `gone` is what to show in its place, or empty."""

    seq: int
    at: datetime
    author: User
    html: str
    gone: str
    is_host: bool
    quote: Quote | None
    reactions: Sequence[Chip]
    is_edited: bool
    is_pinned: bool
    is_from_prompt: bool


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A topic with its posts."""

    topic: Topic
    posts: Sequence[ShownPost]


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who posted, and how many posts they wrote."""

    person: User
    posts: int


@dataclass(frozen=True, slots=True)
class Page:
    session: ChatSession
    transcript: Transcript
    corrections: Sequence[Correction]
    topics: Sequence[TopicSection]
    contributors: Sequence[Contributor]
    earlier: Transcript | None
    later: Transcript | None


def read(session: ChatSession, now: Callable[[], datetime]) -> Page:
    """The page of a session that is over. Raises NotOver, NoTranscript."""
    transcript = archive.transcript_of(session, now)
    posts = read_posts(session)
    counts = record.in_order_of_appearance([post.author for post in posts])
    people = User.objects.select_related("team").in_bulk(counts)
    by_seq = {post.seq: post for post in posts}
    context = PageContext(people, by_seq, read_reactions(session), session.curator_id)
    groups = record.by_topic(posts, lambda post: post.topic)
    is_listed = not session.is_rehearsal
    return Page(
        session,
        transcript,
        list(transcript.corrections.defer("content")),
        [
            TopicSection(topic, [shown_post(post, context) for post in groups[topic.position]])
            for topic in session.read_topics()
        ],
        [Contributor(people[pk], count) for pk, count in counts.items()],
        Transcript.objects.before(session) if is_listed else None,
        Transcript.objects.after(session) if is_listed else None,
    )


def shown_post(post: PostRow, context: PageContext) -> ShownPost:
    author = context.people[post.author]
    replied_to = context.posts.get(post.reply_to) if post.reply_to else None
    is_shown = post.state == Post.State.SHOWN
    return ShownPost(
        seq=post.seq,
        at=post.at,
        author=author,
        html=post.html,
        gone=WORDS.get(shown_state(post), ""),
        is_host=post.author == context.curator_id,
        quote=quote_of(replied_to, context.people[replied_to.author]) if replied_to else None,
        reactions=context.reactions.get(post.seq, ()) if is_shown else (),
        is_edited=is_shown and post.edited_at is not None,
        is_pinned=is_shown and post.pinned,
        is_from_prompt=post.from_prompt,
    )


def shown_state(post: PostRow) -> str:
    """The post's state, or "broken" if its HTML would break the page for every reader."""
    if post.state == Post.State.SHOWN and not is_whole(post.html):
        return BROKEN
    return post.state


def quote_of(post: PostRow, author: User) -> Quote:
    line = QUOTED.get(shown_state(post)) or quoted_line(post.html)
    return Quote(post.seq, author.name, line)
