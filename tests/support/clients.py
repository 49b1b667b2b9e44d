"""A Django test client that is signed in as a person."""

from django.test import Client

from people.models import User


def signed_in(person: User) -> Client:
    """A client that is signed in as that person."""
    client = Client()
    client.force_login(person)
    return client
