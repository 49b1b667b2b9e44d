"""The admin's pages about people, and allauth's and Django's own pages taken out."""

import allauth.account.admin  # noqa: F401  (it registers the page that is taken out below)
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group

from people.admin import audit_entry, person, sign_up_domain, team

__all__ = ("audit_entry", "person", "sign_up_domain", "team")

admin.site.unregister([EmailAddress, Group])  # one address a person; groups are on their page
