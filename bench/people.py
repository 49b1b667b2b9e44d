"""People, their sign-ins and rooms for the benchmark, made straight in its database.

    python -m bench.people make 1000                  people and their sign-ins
    python -m bench.people room 50                    a room that is open, with so many posts in it
    python -m bench.people tickets 7                  everybody's ticket to session 7, a minute long

Each prints one line of JSON. The settings come from the environment, as for any process.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talktech.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402

from chat.edges import admission  # noqa: E402
from chat.law.commands import NewPost, Submission  # noqa: E402
from chat.law.sign_ins import SignIn, fingerprint  # noqa: E402
from chat.ledger import store  # noqa: E402
from curation.clock import database_now  # noqa: E402
from curation.models import ChatSession  # noqa: E402
from curation.rehearsals import rehearse  # noqa: E402
from people.models import Team, User  # noqa: E402

SAID = "I would rather see a short recording than read the whole thread again, if there is one."
AT_ONCE = 500


def make(count: int) -> list[str]:
    """So many people, signed in; their cookies."""
    call_command("migrate", verbosity=0, interactive=False)
    team = Team.objects.create(name="Learning Services")
    people = [
        User(email=f"person{n}@example.com", name=f"Person {n}", team=team, password=f"!{n}")
        for n in range(1, count + 1)
    ]
    people = User.objects.bulk_create(people, batch_size=AT_ONCE)
    sign_ins = [sign_in(person) for person in people]
    Session.objects.bulk_create(sign_ins, batch_size=AT_ONCE)
    return [f"{settings.SESSION_COOKIE_NAME}={one.session_key}" for one in sign_ins]


def sign_in(person: User) -> Session:
    store = SessionStore(session_key=uuid4().hex)
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    row = store.create_model_instance(dict(store.items()))
    assert isinstance(row, Session)
    return row


def room(posts: int) -> int:
    """An open room in which so much was said, by one after the other; its session's id."""
    now = database_now()
    session = rehearse(now, now - timedelta(minutes=1), "Benchmark")
    authors = list(User.objects.order_by("pk").values_list("pk", flat=True)[: max(1, posts)])
    said = [Submission(authors[n % len(authors)], NewPost(SAID), uuid4()) for n in range(posts)]
    if said:
        store.take(session.pk, said, store.bounds())
    return session.pk


def tickets(session_id: int) -> list[str]:
    """Everybody's ticket to that room, in the order of their cookies."""
    session = ChatSession.objects.get(pk=session_id)
    keys = session_keys()
    people = User.objects.select_related("team").order_by("pk")
    return [admission.ticket_for(session, person, keys[person.pk]) for person in people]


def session_keys() -> dict[int, str]:
    """The browser session's key of each person."""
    return {int(row.get_decoded()[SESSION_KEY]): row.session_key for row in Session.objects.all()}


def sign_ins() -> dict[int, SignIn]:
    """Everybody's sign-in."""
    keys = session_keys()
    return {
        person.pk: SignIn(keys[person.pk], person.pk, fingerprint(person.password))
        for person in User.objects.filter(pk__in=keys)
    }


def main(verb: str, number: int) -> Any:
    return {"make": make, "room": room, "tickets": tickets}[verb](number)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
