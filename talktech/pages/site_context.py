"""The template variables that every page has: a context processor."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from curation.models import Series
from people.accounts import sign_up
from people.models import User
from talktech.demo.sign_in import demo_accounts


def site_context(request: HttpRequest) -> dict[str, Any]:
    """The variables; each queries the database only when a template uses it."""
    return {
        "chat_name": SimpleLazyObject(chat_name),
        "is_demo": SimpleLazyObject(User.objects.only_simulated),
        "demo_accounts": SimpleLazyObject(demo_accounts),
        "sign_up_is_open": SimpleLazyObject(sign_up.is_open),
        "mail_is_printed": not settings.EMAIL_HOST,
    }


def chat_name() -> str:
    series = Series.objects.order_by("pk").first()
    return series.name if series else "TalkTech"
