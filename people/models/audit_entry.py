"""The audit log: what was done to people, rights and posts, by whom and why."""

from django.db import models

from people.models.user import User


class AuditEntry(models.Model):
    """One act: actor, action, subject, instant and reason. It is written once and never changed."""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.action}: {self.subject}"
