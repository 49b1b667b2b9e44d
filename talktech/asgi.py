"""The way in for every request and every socket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talktech.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

http = get_asgi_application()

from chat.sockets import addresses  # noqa: E402  (models must be ready)

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(addresses)})
