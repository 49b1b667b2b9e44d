"""allauth's pages that do more here: signing out, and the code that proves an address."""

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
    """The browser then keeps nothing of who left."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        # Half-written posts, and pages. Cookies stay: some let this browser be known again.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class EnterCode(ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """The sign-up may be gone while this page is open: deleted, or made once more elsewhere.

    Only the right code learns so. A stranger would read in it that an address has no account.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse
        if "code" not in form.cleaned_data:  # a new code is asked for
            answer = super().form_valid(form)
            return answer
        with transaction.atomic():
            User.objects.lock_people()  # nobody deletes the sign-up meanwhile
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
        """As in allauth, whose sentence after the last try would be about passwords."""
        if self._process.record_invalid_attempt():
            answer: HttpResponse = self.render_to_response(self.get_context_data(form=form))
            return answer
        messages.error(self.request, THIRD_WRONG_CODE)
        return redirect("account_login")
