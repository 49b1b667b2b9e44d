"""The pre-read and its calendar entry: by day, or by number for a rehearsal."""

from django.urls import path

from curation import converters, views  # noqa: F401  (dates registers the converter)

urlpatterns = [
    path("sessions/<isodate:day>/", views.pre_read, name="pre-read"),
    path("sessions/<isodate:day>/event.ics", views.event, name="event"),
    path("rehearsals/<int:number>/", views.pre_read, name="rehearsal"),
    path("rehearsals/<int:number>/event.ics", views.event, name="rehearsal-event"),
]
