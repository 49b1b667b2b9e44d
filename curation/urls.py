"""A session's entry for calendars: by day, or by number for a rehearsal."""

from django.urls import path

from curation import converters, views  # noqa: F401  (converters registers `isodate`)

urlpatterns = [
    path("sessions/<isodate:day>/event.ics", views.event, name="event"),
    path("rehearsals/<int:number>/event.ics", views.event, name="rehearsal-event"),
]
