"""allauth's pages with more to do: signing out, and entering the code that confirms an address."""

from typing import Any

from allauth.account.views import ConfirmEmailVerificationCodeView, LogoutView
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from people.accounts import sign_up
from people.models import User

THIRD_WRONG_CODE = "That was the third wrong code. Sign in again to get a new one."


class SignOut(LogoutView):  # type: ignore[misc]
    """Sign out, and have the browser delete what it stored for this person."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        # Unsent posts and cached pages. Cookies stay, as one marks this browser as known.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class EnterCode(ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """Confirm a sign-up, which may have been deleted or repeated while this page was open.

    That is said only after the right code. It would tell a stranger that an address has no account.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse
        if "code" not in form.cleaned_data:  # the button that sends a new code
            answer = super().form_valid(form)
            return answer
        with transaction.atomic():
            User.objects.lock_people()  # so that the sign-up isn't deleted meanwhile
            if self.is_pending():
                answer = super().form_valid(form)
                return answer
        self._process.abort()
        messages.error(self.request, sign_up.GONE)
        return redirect("account_signup")

    def is_pending(self) -> bool:
        state = self._process.state
        return bool(self._process.user) and not state.get("account_already_exists")

    def form_invalid(self, form: Any) -> HttpResponse:
        """Do as allauth does, but its message after the last try is about passwords."""
        if self._process.record_invalid_attempt():
            answer: HttpResponse = self.render_to_response(self.get_context_data(form=form))
            return answer
        messages.error(self.request, THIRD_WRONG_CODE)
        return redirect("account_login")
