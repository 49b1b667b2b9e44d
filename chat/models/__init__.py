"""The tables of the room: posts, attendance, hosting, drafts, receipts."""

from chat.models.attendance import Attendance, Lease
from chat.models.draft import Draft
from chat.models.hosting import Chair, Silence
from chat.models.post import Mention, Post, PostVersion, Reaction
from chat.models.receipt import Receipt, RecentChanges

__all__ = [
    "Attendance",
    "Chair",
    "Draft",
    "Lease",
    "Mention",
    "Post",
    "PostVersion",
    "Reaction",
    "Receipt",
    "RecentChanges",
    "Silence",
]
