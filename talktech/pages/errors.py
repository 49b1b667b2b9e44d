"""The error pages for 400, 500, 503 and CSRF failures; 403, 404 and 429 are plain templates."""

import logging
import re
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template import loader
from django.views import defaults

from chat.ledger import sql

log = logging.getLogger(__name__)

# The last two come from an invalid charset: `hex` is a codec of Python, but not a charset.
UNREADABLE = (
    BadRequest, SuspiciousOperation, MultiPartParserError, OSError, LookupError, ValueError,
)  # fmt: skip


class RefuseUnreadableForms:
    """Middleware: answers 400 if the form or the query can't be read.

    Django reads the form wherever it looks for a token, even while it renders an error page; an
    exception there would be a 500 instead of a 400.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.GET  # noqa: B018
            request.POST  # noqa: B018
        except UNREADABLE as fault:
            log.warning("Refused a form that can't be read, at %.200r: %.200s", request.path, fault)
            return bad_request(request, fault)
        return self.get_response(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that can't be read, without using anything of it."""
    return HttpResponseBadRequest(loader.get_template("400.html").render({}))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 if the database is away."""
    fault = sys.exc_info()[1]
    if fault is None or not sql.is_away(fault):
        return defaults.server_error(request)
    page = loader.get_template("503.html").render({})
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that may not come from our page; nothing was done."""
    context = {"no_cookie": reason == REASON_NO_CSRF_COOKIE, "back": previous_page(request)}
    return render(request, "403_csrf.html", context, status=403)


def previous_page(request: HttpRequest) -> str:
    """Return path and query of the page that the form was on; "/" if it is unknown or not ours."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address like http://[x]/
        return "/"
    if came_from.netloc != request.get_host() or not re.match(r"/(?!/)", came_from.path):
        return "/"
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
