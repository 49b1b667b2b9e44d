"""The app that needs all others: pages, server, commands, and the admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class TalkTechConfig(AppConfig):
    name = "talktech"


class OurAdminConfig(AdminConfig):
    default_site = "talktech.admin_site.CuratorsDesk"
