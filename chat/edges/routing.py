"""Every address of a socket."""

from django.urls import re_path

from chat.edges.consumers import NoSuchRoom, RoomConsumer

addresses = [
    re_path(r"^ws/sessions/(?P<session_id>[0-9]{1,19})/$", RoomConsumer.as_asgi()),
    re_path(r"", NoSuchRoom.as_asgi()),
]
