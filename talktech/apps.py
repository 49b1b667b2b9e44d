"""The top of the house: it holds what needs all other apps."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class TalkTechConfig(AppConfig):
    name = "talktech"


class OurAdminConfig(AdminConfig):
    default_site = "talktech.admin_site.CuratorsDesk"
