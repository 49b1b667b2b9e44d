"""Renders the texts of submissions: this needs no lock, so it happens before one is taken."""

from collections.abc import Sequence

from chat.law import emoji
from chat.law.commands import Edit, NewPost, Rendering, Submission
from chat.law.rules import LONGEST_BODY
from chat.mentions import find
from chat.mentions.find import Named
from talktech.text.html import post_html

NOBODY = Named()


def render(session_id: int, submissions: Sequence[Submission]) -> list[Submission]:
    """The same submissions; those with a text have its rendering.

    A text that is too long has none: it will be refused. Raises database faults.
    """
    texts = [text_to_render(submission) for submission in submissions]
    naming = [text for text in texts if text is not None and "@" in text]
    found = iter(find.find_mentions(session_id, naming) if naming else ())
    return [
        submission
        if text is None
        else submission.with_rendering(render_text(text, next(found) if "@" in text else NOBODY))
        for submission, text in zip(submissions, texts, strict=True)
    ]


def render_text(text: str, named: Named) -> Rendering:
    return Rendering(post_html(text, named.names, emoji.by_name()), tuple(named.people))


def text_to_render(submission: Submission) -> str | None:
    command = submission.command
    if submission.rendering is not None or not isinstance(command, NewPost | Edit):
        return None
    return command.body if len(command.body) <= LONGEST_BODY else None
