"""Channels' own pattern, to compare with: a consumer per person, `group_send` to all of them.

As its tutorial does it, over Redis, on Daphne: a post is stored with one ORM `create` and then sent
to the group. In its favour the frame is encoded once and not once per person, database connections
are kept, numbers come from memory without a lock, and nothing is asked of a post but who wrote it.

With BENCH_QUIET=1 it only stores and acknowledges: what one ORM `create` per post costs alone.
"""

import json
import os
from itertools import count
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talktech.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402

# redis-py's pool of 100 would refuse joins. Before the layer is made, which is on first use.
for host in (
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"] if settings.CHANNEL_LAYERS else ()
):
    host["max_connections"] = 5_000

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import re_path  # noqa: E402

from chat.models import Post  # noqa: E402
from curation.clock import database_now  # noqa: E402
from curation.models import Topic  # noqa: E402
from people.models import User  # noqa: E402
from talktech.text.html import post_html  # noqa: E402

QUIET = os.environ.get("BENCH_QUIET") == "1"
connections.settings["default"]["CONN_MAX_AGE"] = None

numbers = count(1_000)
topics: dict[int, int] = {}


def store(session_id: int, author: User, client_id: str, body: str) -> Post:
    if session_id not in topics:
        topics[session_id] = Topic.objects.get(session=session_id, position=1).pk
    seq = next(numbers)
    return Post.objects.create(
        session_id=session_id,
        topic_id=topics[session_id],
        seq=seq,
        rev=seq,
        taken_rev=seq,
        author=author,
        client_id=UUID(client_id),
        body=body,
        html=post_html(body),
        at=database_now(),
    )


def history(session_id: int) -> list[dict[str, Any]]:
    posts = Post.objects.filter(session=session_id).select_related("author__team", "topic")
    return [shown(post, post.author, post.topic.position) for post in posts.order_by("seq")]


def shown(post: Post, author: User, topic: int) -> dict[str, Any]:
    """The same fields as the product's."""
    return {
        "seq": post.seq,
        "rev": post.rev,
        "id": str(post.client_id),
        "topic": topic,
        "author": {
            "id": author.pk,
            "name": author.name,
            "team": "Learning Services",
            "host": False,
        },
        "at": post.at.isoformat(timespec="milliseconds"),
        "html": post.html,
        "state": post.state,
        "reactions": {},
    }


def encode(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


class Person(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        if not self.scope["user"].is_authenticated:
            await self.close()
            return
        self.session_id = int(self.scope["url_route"]["kwargs"]["session_id"])
        self.group = f"room_{self.session_id}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = json.loads(text_data or "")
        if frame["type"] == "hello":
            posts = await database_sync_to_async(history)(self.session_id)
            await self.send(encode("welcome", posts=posts))
            return
        author = self.scope["user"]
        post = await database_sync_to_async(store)(
            self.session_id, author, frame["id"], frame["body"]
        )
        await self.send(encode("ack", ref=frame["id"], rev=post.rev, seq=post.seq))
        if not QUIET:
            text = encode("posts", since=post.rev - 1, rev=post.rev, posts=[shown(post, author, 1)])
            await self.channel_layer.group_send(self.group, {"type": "room.posts", "text": text})

    async def room_posts(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


rooms = [re_path(r"^ws/sessions/(?P<session_id>[0-9]+)/$", Person.as_asgi())]
application = ProtocolTypeRouter({"websocket": AuthMiddlewareStack(URLRouter(rooms))})
