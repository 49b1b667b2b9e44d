"""The request of somebody who is signed in, as types see it."""

from django.http import HttpRequest

from people.models import User


class SignedInRequest(HttpRequest):
    user: User
