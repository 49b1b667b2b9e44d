"""Pages that say what went wrong. The others are plain templates: 403, 404, 429."""

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

# The last two come from a charset that a client makes up: `hex` is a codec, and no charset.
UNREADABLE = (
    BadRequest, SuspiciousOperation, MultiPartParserError, OSError, LookupError, ValueError,
)  # fmt: skip


class RefuseUnreadableForms:
    """Middleware: a form or a query that can't be read is refused before anybody reads it.

    Django reads the form wherever it looks for a token, also while it draws a page that says what
    went wrong; a fault there would be an error of ours instead of the client's.
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
    """A request that can't be read, so that nothing of it is asked for."""
    return HttpResponseBadRequest(loader.get_template("400.html").render({}))


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or the database is away, which is over soon."""
    fault = sys.exc_info()[1]
    if fault is None or not sql.is_away(fault):
        return defaults.server_error(request)
    page = loader.get_template("503.html").render({})
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that can't be trusted to come from our page; nothing was done."""
    context = {"no_cookie": reason == REASON_NO_CSRF_COOKIE, "back": previous_page(request)}
    return render(request, "403_csrf.html", context, status=403)


def previous_page(request: HttpRequest) -> str:
    """The page of ours that the form was on, as its path and query; / when nobody says."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address like http://[x]/
        return "/"
    if came_from.netloc != request.get_host() or not re.match(r"/(?!/)", came_from.path):
        return "/"
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
