"""The type of a request whose user is signed in."""

from django.http import HttpRequest

from people.models import User


class SignedInRequest(HttpRequest):
    user: User
