"""The ASGI application: HTTP requests and WebSockets of the whole product."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talktech.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

from talktech.postgres.base import bound_connections

pages = get_asgi_application()
bound_connections()

from chat.edges.polling import room_over_http  # noqa: E402  (models must be ready)
from chat.edges.routing import addresses  # noqa: E402
from talktech.server.gateway import Gateway  # noqa: E402
from talktech.server.request_queue import RequestQueue  # noqa: E402

# Django's own types know only views.
requests: list[Any] = [
    re_path(r"^api/sessions/(?P<session_id>[0-9]{1,19})/room/$", room_over_http),  # type: ignore[arg-type]
    re_path(r"", RequestQueue(pages)),  # type: ignore[arg-type]
]
application = Gateway(
    ProtocolTypeRouter({"http": URLRouter(requests), "websocket": URLRouter(addresses)})
)
