"""The demo's sign-in: one click signs a visitor in as an employee, the curator or the admin."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from curation.clock import database_now
from curation.models import ChatSession
from people import security_log
from people.models import User
from people.sign_ins import idle
from talktech.demo import scripts


class DemoAccount(NamedTuple):
    role: str
    label: str
    person: User


def demo_accounts() -> list[DemoAccount]:
    """The accounts that a click signs in to; [] if any account belongs to a real person."""
    if not User.objects.only_simulated():
        return []
    found = [
        ("employee", "An employee", employee()),
        ("curator", "This week’s curator", curator()),
        ("admin", "The admin", User.objects.filter(is_superuser=True, is_active=True).first()),
    ]
    return [DemoAccount(role, label, person) for role, label, person in found if person is not None]


def employee() -> User | None:
    """The person whom the script leaves to a visitor; else anyone who does not use the admin."""
    company = scripts.company()
    free = [one["email"] for one in company["people"] if one["key"] == company["employee"]]
    employees = User.objects.people().filter(is_staff=False)
    return employees.filter(email__in=free).first() or employees.first()


def curator() -> User | None:
    session = ChatSession.objects.current(database_now())
    return session.curator if session and session.curator and session.curator.is_active else None


@require_POST
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the account of the role that was posted; 404 outside a demo."""
    role = request.POST.get("role")
    person = next((account.person for account in demo_accounts() if account.role == role), None)
    if person is None:
        raise Http404("There is no such demo account.")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    idle.mark_signed_in(request)
    security_log.write_event("sign_in", request, by="demo")
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if is_ours else settings.LOGIN_REDIRECT_URL)
