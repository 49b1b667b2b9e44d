"""The one thing that the place itself keeps: the key to its first account."""

import secrets

from django.db import models


def new_key() -> str:
    return secrets.token_hex(20)


class FirstKey(models.Model):
    """Random for each database, so that an earlier one's link opens nothing. There is one row."""

    value = models.CharField(max_length=40, default=new_key)
