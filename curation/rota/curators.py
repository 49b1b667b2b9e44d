"""Who curates: a group with just the permissions that its members' own sessions need."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from people.models import User

NAME = "Curators"
MAY = ("view_chatsession", "change_chatsession")


def curators() -> Group:
    """The group, made on first use. The desk decides whose session somebody may change."""
    group, _ = Group.objects.get_or_create(name=NAME)
    may = Permission.objects.filter(content_type__app_label="curation", codename__in=MAY)
    if set(group.permissions.all()) != set(may):
        group.permissions.set(may)
    return group


def make_curator(user: User) -> None:
    """Let that person open the desk and prepare their own sessions."""
    user.groups.add(curators())
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


def curator_ids() -> frozenset[int]:
    return frozenset(crew().values_list("pk", flat=True))


def crew() -> QuerySet[User]:
    """Everyone who could curate a session: curators and admins who may sign in."""
    members = Q(groups__name=NAME) | Q(is_superuser=True)
    return User.objects.people().filter(members).distinct()
