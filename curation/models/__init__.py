"""The tables of curation: series and turns, sessions, topics with articles, prompts."""

from curation.law.permissions import NotAllowed
from curation.models.article import Article, ArticleDraft
from curation.models.prompt import Prompt, PromptDraft
from curation.models.series import Series, Turn, Weekday
from curation.models.session import NEVER_PUBLISHED, ChatSession, create_session
from curation.models.topic import Topic

__all__ = [
    "NEVER_PUBLISHED",
    "Article",
    "ArticleDraft",
    "ChatSession",
    "NotAllowed",
    "Prompt",
    "PromptDraft",
    "Series",
    "Topic",
    "Turn",
    "Weekday",
    "create_session",
]
