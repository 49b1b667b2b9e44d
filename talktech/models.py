"""The key of the welcome page, with which the first account is created."""

import secrets

from django.db import models


def new_key() -> str:
    return secrets.token_hex(20)


class FirstKey(models.Model):
    """A random key in a single row, so that a link for an earlier database does not work."""

    value = models.CharField(max_length=40, default=new_key)
