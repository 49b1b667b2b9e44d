"""The rooms: by day, or by number for a rehearsal."""

from django.urls import path, re_path

from chat import views
from chat.reactors import reactors
from curation import converters  # noqa: F401  (registers the converter)

urlpatterns = [
    path("sessions/<isodate:day>/room/", views.room, name="room"),
    path("sessions/<isodate:day>/room/screen/", views.screen, name="screen"),
    path("sessions/<isodate:day>/posts/<int:seq>/", views.post, name="post"),
    path("rehearsals/<int:number>/room/", views.room, name="rehearsal-room"),
    path("rehearsals/<int:number>/room/screen/", views.screen, name="rehearsal-screen"),
    path("rehearsals/<int:number>/posts/<int:seq>/", views.post, name="rehearsal-post"),
    re_path(
        r"^api/sessions/(?P<session_id>[0-9]{1,18})/posts/(?P<seq>[0-9]{1,9})/reactions/$",
        reactors,
        name="reactors",
    ),
]
