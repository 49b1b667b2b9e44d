"""The counts of what was tried, as `people.limits` needs them."""

from django.db import models


class Tally(models.Model):
    """The instants of the tries that count against one limit."""

    key = models.CharField(max_length=64, primary_key=True)
    hits = models.JSONField(default=list)  # seconds since 1970, the oldest first
    until = models.DateTimeField(db_index=True)  # the end of the longest period; deleted afterwards

    class Meta:
        default_permissions = ()
