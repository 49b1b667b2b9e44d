"""What an upgrade puts right in a database that an earlier release left open."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client

from curation.rota.curators import make_curator
from people.models import AuditEntry, SignUpDomain, User

pytestmark = pytest.mark.django_db


def migration(name: str) -> object:
    return import_module(f"people.migrations.{name}")


def test_a_demo_that_real_people_joined_ends_with_all_that_its_visitors_set_up(dana: User) -> None:
    visited = User.objects.create_superuser("a@demo.example", "x", name="Avery", simulated=True)
    make_curator(visited)
    Client().force_login(visited)
    SignUpDomain.objects.create(domain="stranger.example")
    migration("0008_a_demo_with_real_people_has_ended").end(apps, None)  # type: ignore[attr-defined]
    visited.refresh_from_db()
    assert not (visited.is_active or visited.is_staff or visited.is_superuser)
    assert not visited.has_usable_password() and not visited.groups.exists()
    assert not Session.objects.exists() and not SignUpDomain.objects.exists()
    assert AuditEntry.objects.get().action == "ended the demo"
    dana.refresh_from_db()
    assert dana.is_active


def test_a_demo_without_real_people_stays_as_it_is() -> None:
    User.objects.create_superuser("a@demo.example", "x", name="Avery", simulated=True)
    SignUpDomain.objects.create(domain="demo.example")
    migration("0008_a_demo_with_real_people_has_ended").end(apps, None)  # type: ignore[attr-defined]
    assert User.objects.get().is_superuser and SignUpDomain.objects.exists()


def test_a_public_mail_provider_that_was_allowed_is_removed_and_others_stay() -> None:
    for domain in ("gmail.com", "acme.example"):
        SignUpDomain.objects.create(domain=domain)
    migration("0012_no_public_mail_provider_is_allowed").remove(apps, None)  # type: ignore[attr-defined]
    assert [allowed.domain for allowed in SignUpDomain.objects.all()] == ["acme.example"]
    assert AuditEntry.objects.get().subject == "gmail.com"
