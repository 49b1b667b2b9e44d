"""The page on which a curator prepares a session: everything in one form, a button for each verb.

The row is locked before the clock is read, so the instant by which the law judges is the one that
is written. When something is refused, the typed text stays in the forms.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, Form
from django.http import HttpRequest
from django.utils import timezone

from curation.desk.action_forms import CallOffForm, HandOverForm, MoveForm
from curation.desk.session_forms import SessionForms
from curation.law.checklist import Need
from curation.law.permissions import Incomplete, NotAllowed
from curation.models import Article, ChatSession
from people.templatetags.errors import Wrong, errors_of
from people.time_zones import place_name

CHANGED_MEANWHILE = (
    "Someone else (or another tab) changed this session after you opened it. Your text is still "
    "here but hasn’t been saved. Check it, then save again to replace the other version."
)
NOT_SAVED = "Nothing has been saved yet. Correct the fields marked below, then save again."


class SessionEditor:
    """One request for the page. `session` is locked, and `now` was read after that."""

    def __init__(self, request: HttpRequest, session: ChatSession, now: datetime) -> None:
        self.request = request
        self.session = session
        self.now = now
        self.zone = session.series.zone if session.series else timezone.get_current_timezone()
        self.frozen = session.why_frozen(now)
        self.forms = SessionForms(session, frozen=self.frozen is not None)
        self.move = MoveForm(None, self.zone, session.starts_at)
        self.call_off = CallOffForm(prefix="off")
        self.hand_over = HandOverForm(None, session.curator)
        self.done: list[str] = []
        self.refusal: NotAllowed | ValidationError | None = None

    def act(self) -> bool:
        """Do what the pressed button says. Returns whether all of it was done.

        Afterwards `done` has a sentence for each thing that was done, `refusal` the reason why
        the rest was not, and the forms what was typed.
        """
        verb, _, number = self.request.POST.get("verb", "save").partition("-")
        verbs: dict[str, Callable[[], None]] = {
            "save": lambda: None,
            "publish": self.do_publish,
            "move": self.do_move,
            "off": self.do_call_off,
            "over": self.do_hand_over,
            "hide": lambda: self.do_hide(number),
            "show": lambda: self.do_show(number),
        }
        try:
            if verb == "off":
                self.forms = SessionForms(self.session, self.request.POST)
            elif not self.frozen or verb not in ("publish", "hide", "show"):
                self.save()
            verbs[verb if verb in verbs else "save"]()
        except (NotAllowed, ValidationError) as refusal:
            self.session.refresh_from_db()
            self.refusal = refusal
        return self.refusal is None

    def save(self) -> None:
        frozen = self.frozen is not None
        self.forms = SessionForms(self.session, self.request.POST, frozen=frozen)
        if self.frozen:
            raise self.frozen
        if self.request.POST.get("edition") != str(self.session.edition):
            raise NotAllowed("meanwhile", CHANGED_MEANWHILE)
        if not self.forms.is_valid():
            raise InForms(NOT_SAVED, list(self.forms.live_forms()))
        self.forms.save(self.session, self.now)
        self.done.append("Saved.")
        self.forms = SessionForms(self.session)

    def do_publish(self) -> None:
        self.session.publish(self.now)
        self.done.append("Published. Everyone can read it now.")

    def do_move(self) -> None:
        self.move = MoveForm(self.request.POST, self.zone, self.session.starts_at)
        check_form(self.move)
        self.session.move(self.now, self.move.cleaned_data["to"])
        self.done.append("Moved.")

    def do_call_off(self) -> None:
        self.call_off = CallOffForm(self.request.POST, prefix="off")
        check_form(self.call_off)
        self.session.call_off(self.now, self.call_off.cleaned_data["reason"])
        self.done.append("Called off.")

    def do_hand_over(self) -> None:
        if not self.may_hand_over:
            raise NotAllowed("not_yours", "Ask an admin to hand a session over.")
        self.hand_over = HandOverForm(self.request.POST, self.session.curator)
        check_form(self.hand_over)
        self.session.hand_over(self.now, self.hand_over.cleaned_data["to"])
        self.done.append(f"{self.session.curator} is now the curator.")

    def do_hide(self, number: str) -> None:
        article = self.article(number)
        article.hide(self.now)
        self.done.append(f"Hidden: {article.title}")

    def do_show(self, number: str) -> None:
        article = self.article(number)
        article.show(self.now)
        self.done.append(f"Shown again: {article.title}")

    def article(self, number: str) -> Article:
        """The session's article with that id. Raises NotAllowed."""
        articles = Article.objects.filter(topic__session=self.session)
        article = articles.filter(pk=number).first() if number.isdecimal() else None
        if article is None:
            raise NotAllowed("not_found", "That article no longer exists.")
        return article

    @property
    def may_hand_over(self) -> bool:
        return bool(self.request.user.is_superuser)

    @property
    def heading(self) -> str:
        """The heading of the list of what was wrong."""
        if self.refusal is None:
            return ""
        if not self.done:
            return getattr(self.refusal, "sentence", "") or "That didn’t work:"
        if isinstance(self.refusal, Incomplete):
            return "Saved as a draft. Before you can publish:"
        return f"{' '.join(self.done)} The rest didn’t work:"

    @property
    def wrong(self) -> list[Wrong]:
        """Each reason why not everything was done, with a link to its field if it has one."""
        if self.refusal is None:
            return []
        if isinstance(self.refusal, InForms):
            found = [wrong for form in self.refusal.forms for wrong in errors_of(form)]
            return [*self.forms.too_many(), *found]
        if isinstance(self.refusal, Incomplete):
            return linked(self.refusal.needs)
        return [Wrong("", "", sentence) for sentence in self.refusal.messages]

    def context(self) -> dict[str, Any]:
        return {
            "session": self.session,
            "forms": self.forms,
            "move": self.move,
            "call_off": self.call_off,
            "hand_over": self.hand_over if self.may_hand_over else None,
            "zone": self.zone,
            "place": place_name(self.zone.key),
            "frozen": self.frozen.messages[0] if self.frozen else "",
            "state": session_state(self.session, self.now),
            "may_publish": self.session.status == "draft" and self.now < self.session.starts_at,
            "todo": linked(self.session.needs()),
            "heading": self.heading,
            "wrong": self.wrong,
        }


def linked(needs: list[Need]) -> list[Wrong]:
    """What is missing, each with a link to its field."""
    return [Wrong(f"id_{need.field}", "", need.sentence) for need in needs]


class InForms(ValidationError):
    """What was typed is not valid; `forms` say where."""

    def __init__(self, sentence: str, forms: list[BaseForm]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.forms = forms


def check_form(form: Form) -> None:
    if not form.is_valid():
        raise InForms("", [form])


def session_state(session: ChatSession, now: datetime) -> str:
    """The state of the session for curators, in a word or two, as the screen shows it."""
    if session.is_called_off(now):
        return "Called off"
    if now >= session.ends_at:
        return "Ended"
    if now >= session.starts_at:
        return "Live now"
    return "Published" if session.is_published else "Draft"
