"""Django's test client for a person."""

from django.test import Client

from people.models import User


def signed_in(person: User) -> Client:
    """A client with that person's sign-in."""
    client = Client()
    client.force_login(person)
    return client
