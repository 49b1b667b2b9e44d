"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from curation import converters  # noqa: F401  (registers `isodate`)
from people import autocomplete
from people.accounts.views import EnterCode, SignOut
from talktech.demo.sign_in import sign_in as demo_sign_in
from talktech.operations import health
from talktech.pages import pre_read, welcome
from talktech.pages.live import live
from talktech.pages.this_week import this_week
from talktech.pages.you import you

handler400 = "talktech.pages.errors.bad_request"
handler500 = "talktech.pages.errors.server_error"

urlpatterns = [
    path("", this_week, name="this-week"),
    path("live/", live, name="live"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("you/", you, name="you"),
    path("sessions/<isodate:day>/", pre_read.pre_read, name="pre-read"),
    path("sessions/<isodate:day>/answers/", pre_read.save_drafts, name="answers"),
    path("rehearsals/<int:number>/", pre_read.pre_read, name="rehearsal-pre-read"),
    path("rehearsals/<int:number>/answers/", pre_read.save_drafts, name="rehearsal-answers"),
    path("api/people/", autocomplete.people, name="people"),
    path("health/", health.health, name="health"),
    path("demo/sign-in/", demo_sign_in, name="demo-sign-in"),
    # One address a person, which an admin changes: allauth's page for several is not used.
    path("accounts/email/", RedirectView.as_view(pattern_name="you"), name="account_email"),
    path("accounts/logout/", SignOut.as_view(), name="account_logout"),
    path("accounts/confirm-email/", EnterCode.as_view(), name="account_email_verification_sent"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("curation.urls")),
    path("", include("chat.urls")),
    path("", include("transcripts.urls")),
]
