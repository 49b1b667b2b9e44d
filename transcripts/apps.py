"""Django's configuration of the app."""

from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    name = "transcripts"
