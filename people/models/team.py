"""A team of the company."""

from django.db import models

from people import names


class Team(models.Model):
    name = models.CharField(
        max_length=names.LONGEST_OF_TEAM, unique=True, validators=[names.check_team]
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
