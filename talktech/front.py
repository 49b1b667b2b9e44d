"""The front of the house: this week, the way to the room, welcome, you, and what every page needs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def house(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    return {}


class WelcomeFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"reason": reason}, status=403)


def this_week(request: HttpRequest) -> HttpResponse:
    return render(request, "talktech/this_week.html", {})
