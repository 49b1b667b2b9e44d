"""Completes the names that people type after an @: `GET /api/people/?q=dan`."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from people import names
from people.models import User

MOST = 8
BEFORE_A_WORD = " -'’("


@require_safe
@never_cache
def people(request: HttpRequest) -> JsonResponse:
    """Return id, name and team of the people with a word in their name that begins with `q`."""
    if not request.user.is_authenticated:
        return error_response(401, "signed_out", "You’ve been signed out. Sign in again.")
    typed = request.GET.get("q", "")
    if not 1 <= len(typed) <= names.LONGEST:
        return error_response(400, "bad_request", f"“q” has 1 to {names.LONGEST} characters.")
    beginning = names.tidy(typed.replace("\0", ""))
    found = people_matching(beginning) if beginning else []
    return JsonResponse({"people": [person_json(one) for one in found]})


def person_json(person: User) -> dict[str, Any]:
    """The JSON of a person; `formerly` is there for a week after a change of name."""
    found = {"id": person.pk, "name": person.name}
    found["team"] = person.team.name if person.team else None
    return {**found, "formerly": person.former_name} if person.former_name else found


def people_matching(beginning: str) -> QuerySet[User]:
    """At most `MOST` people who may sign in; those whose first name matches come first."""
    # For SQLite ö and Ö are two letters, so each spelling that occurs in names is looked for.
    spellings = {beginning, beginning.lower(), beginning.title(), beginning.upper()}
    first = reduce(or_, (Q(name__istartswith=one) for one in spellings))
    later = (Q(name__icontains=mark + one) for one in spellings for mark in BEFORE_A_WORD)
    order = Case(When(first, then=Value(0)), default=Value(1))
    found = User.objects.people().filter(reduce(or_, later, first))
    return found.select_related("team").order_by(order, "name", "pk")[:MOST]


def error_response(status: int, code: str, reason: str) -> JsonResponse:
    return JsonResponse({"code": code, "reason": reason}, status=status)
