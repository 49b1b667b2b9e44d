"""The rooms: by day, or by number for a rehearsal."""

from django.urls import path

from chat import views
from chat.answers import answers
from curation import dates  # noqa: F401  (registers the converter)

urlpatterns = [
    path("sessions/<isodate:day>/room/", views.room, name="room"),
    path("sessions/<isodate:day>/room/screen/", views.screen, name="screen"),
    path("sessions/<isodate:day>/answers/", answers, name="answers"),
    path("rehearsals/<int:number>/room/", views.room, name="rehearsal-room"),
    path("rehearsals/<int:number>/room/screen/", views.screen, name="rehearsal-screen"),
    path("rehearsals/<int:number>/answers/", answers, name="rehearsal-answers"),
]
