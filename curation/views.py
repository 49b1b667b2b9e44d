"""What readers see before the session: the pre-read, and the entry for their calendar."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def pre_read(
    request: HttpRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    return HttpResponse("pre-read")


@login_required
def event(request: HttpRequest, day: date | None = None, number: int | None = None) -> HttpResponse:
    return HttpResponse("event", content_type="text/calendar")
