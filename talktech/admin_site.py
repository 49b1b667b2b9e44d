"""The admin as curators and admins see it."""

from django.contrib.admin import AdminSite


class CuratorsDesk(AdminSite):
    site_header = "TalkTech"
    site_title = "TalkTech"
    index_title = "Curators' desk"
