"""A post, its earlier versions, its reactions and its mentions.

Written by the ledger alone, under the lock of the session's row.
"""

from datetime import datetime

from django.conf import settings
from django.db import models

from chat.law.rules import LONGEST_BODY
from curation.models import ChatSession, Topic


def address(session: ChatSession, seq: int, now: datetime) -> str:
    """The address at which a post of that session can be read at that instant."""
    is_over = now >= session.ends_at
    return f"{session.transcript_url if is_over else session.room_url}#p{seq}"


class Post(models.Model):
    """What a participant wrote."""

    class State(models.TextChoices):
        SHOWN = "shown"
        REMOVED = "removed"
        HIDDEN = "hidden"

    # Found by `seq` and by `rev` within a session; each further index is pages to write per post.
    session = models.ForeignKey(
        ChatSession, on_delete=models.PROTECT, related_name="posts", db_index=False
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="posts", db_index=False)
    seq = models.BigIntegerField(
        help_text="1, 2, 3, … within the session, as the server took them."
    )
    rev = models.BigIntegerField(help_text="The session's revision when this post last changed.")
    taken_rev = models.BigIntegerField(help_text="The revision that its acknowledgement named.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    client_id = models.UUIDField(help_text="Made by the client, kept over retries.")
    body = models.TextField(max_length=LONGEST_BODY, help_text="Empty once its author removed it.")
    html = models.TextField()
    at = models.DateTimeField(help_text="When the server took it, read under the session's lock.")
    reply_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    edited_at = models.DateTimeField(null=True)
    pinned = models.BooleanField(default=False, help_text="By the host; one per topic.")
    from_prompt = models.BooleanField(
        default=False, help_text="It was a prompt, written beforehand."
    )

    class Meta:
        ordering = ("session", "seq")
        constraints = (
            models.UniqueConstraint(fields=("session", "seq"), name="one_post_per_seq"),
            models.UniqueConstraint(
                fields=("session", "author", "client_id"), name="one_post_per_client_id"
            ),
            models.UniqueConstraint(
                fields=("topic",), condition=models.Q(pinned=True), name="one_pin_per_topic"
            ),
        )
        indexes = (models.Index(fields=("session", "rev"), name="post_session_rev"),)

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq}"


class PostVersion(models.Model):
    """What an edit replaced. Its author sees it; it goes when the post is removed."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField(max_length=LONGEST_BODY)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("post", "id")

    def __str__(self) -> str:
        return f"{self.post_id} until {self.replaced_at}"


class Reaction(models.Model):
    """An emoji of a person on a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("post", "id")
        constraints = (
            models.UniqueConstraint(fields=("post", "person", "emoji"), name="one_reaction"),
        )

    def __str__(self) -> str:
        return f"{self.emoji} on {self.post_id}"


class Mention(models.Model):
    """A post names a person. `seen`: they were in the room then, or have opened the list since."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen = models.BooleanField(default=False)

    class Meta:
        ordering = ("-post", "id")
        constraints = (models.UniqueConstraint(fields=("post", "person"), name="one_mention"),)
        indexes = (models.Index(fields=("person", "seen"), name="mention_person_seen"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.post_id}"
