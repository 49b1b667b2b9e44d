"""What belongs to one world only: several processes need PostgreSQL and Redis."""

from django.conf import settings

collect_ignore = ["test_processes.py"] if settings.SQLITE else []
