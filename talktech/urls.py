"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from talktech import front, welcome

urlpatterns = [
    path("", front.this_week, name="this-week"),
    path("live/", front.live, name="live"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("health/", front.health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("curation.urls")),
    path("", include("chat.urls")),
]
