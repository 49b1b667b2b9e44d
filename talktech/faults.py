"""Pages that say what went wrong. The others are plain templates: 400, 403, 404, 429, 500."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that can't be trusted to come from our page; nothing was done."""
    context = {"no_cookie": reason == REASON_NO_CSRF_COOKIE, "back": way_back(request)}
    return render(request, "403_csrf.html", context, status=403)


def way_back(request: HttpRequest) -> str:
    """The page of ours that the form was on, as its path and query; / when nobody says."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address like http://[x]/
        return "/"
    if came_from.netloc != request.get_host() or not re.match(r"/(?!/)", came_from.path):
        return "/"
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
