"""Each view answers the HTTP methods that it is made for, and no others."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

OURS = ("chat", "curation", "people", "talktech", "transcripts")


def views(resolver: URLResolver) -> Iterator[Callable[..., Any]]:
    """Our own function views. Class-based views and Django's admin check methods themselves."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from views(entry)
        elif is_ours(entry):
            yield entry.callback


def is_ours(entry: URLPattern) -> bool:
    module = getattr(entry.callback, "__module__", "")
    return module.split(".")[0] in OURS and not hasattr(entry.callback, "view_class")


FOUND = sorted(set(views(get_resolver())), key=lambda view: (view.__module__, view.__name__))


def test_there_are_views_to_check() -> None:
    assert len(FOUND) > 10


@pytest.mark.parametrize("view", FOUND, ids=lambda view: f"{view.__module__}.{view.__name__}")
def test_put_patch_and_delete_are_refused(view: Callable[..., Any]) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = view(RequestFactory().generic(method, "/"))
        assert answer.status_code == 405
        assert "GET" in answer["Allow"] or "POST" in answer["Allow"]
