"""The group of curators, with just the permissions that they need for their own sessions."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from people.models import User

NAME = "Curators"
CODENAMES = ("view_chatsession", "change_chatsession")


def curators_group() -> Group:
    """The group, created on first use. `curation.admin` decides whose sessions one may change."""
    group, _ = Group.objects.get_or_create(name=NAME)
    permissions = Permission.objects.filter(
        content_type__app_label="curation", codename__in=CODENAMES
    )
    if set(group.permissions.all()) != set(permissions):
        group.permissions.set(permissions)
    return group


def make_curator(user: User) -> None:
    """Let that person open the admin and prepare their own sessions."""
    user.groups.add(curators_group())
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


def curator_ids() -> frozenset[int]:
    return frozenset(curators().values_list("pk", flat=True))


def curators() -> QuerySet[User]:
    """Everyone who could curate a session: the curators and admins who can sign in."""
    members = Q(groups__name=NAME) | Q(is_superuser=True)
    return User.objects.people().filter(members).distinct()
