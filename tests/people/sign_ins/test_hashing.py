"""The cost of a password hash, and one hash at a time."""

import threading

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

from people.sign_ins import hashing


def test_a_hash_has_the_parameters_that_owasp_recommends() -> None:
    encoded = hashing.PasswordHasher().encode("correct horse", "a salt for this one")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashing.PasswordHasher().verify("correct horse", encoded)
    assert not hashing.PasswordHasher().verify("wrong horse", encoded)


def test_a_hash_with_djangos_own_parameters_fits_and_is_due_for_renewal() -> None:
    class Small(Argon2PasswordHasher):
        memory_cost = 1024

    encoded = Small().encode("correct horse", "a salt for this one")
    assert hashing.PasswordHasher().verify("correct horse", encoded)
    assert hashing.PasswordHasher().must_update(encoded)


def test_ten_requests_at_once_are_hashed_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under_way, most, guard = 0, 0, threading.Lock()
    encode = Argon2PasswordHasher.encode

    def counted(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        encoded = encode(self, password, salt)
        with guard:
            under_way -= 1
        return encoded

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    work = [
        threading.Thread(target=hashing.PasswordHasher().encode, args=("x", "a salt for all"))
        for _ in "0123456789"
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert most == 1


def test_a_wrong_password_is_hashed_once() -> None:
    """Each authentication backend would hash it."""
    [backend] = settings.AUTHENTICATION_BACKENDS
    assert not import_string(backend)().has_perm(AnonymousUser(), "people.change_user")
