"""The addresses of the archive and of each transcript."""

from django.urls import path

from curation import converters  # noqa: F401  (registers the converter)
from transcripts.reading import views

urlpatterns = [
    path("transcripts/", views.archive_list, name="transcripts"),
    path("transcripts/<isodate:day>/", views.transcript, name="transcript"),
    path("rehearsals/<int:number>/transcript/", views.transcript, name="rehearsal-transcript"),
]
