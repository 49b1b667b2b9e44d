"""Names that could be mistaken for a colleague's, a role or the product's are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from curation.clock import database_now
from curation.models import Series
from people import duties
from people.accounts.create import open_account
from people.lookalikes import impersonation
from people.lookalikes.skeletons import skeletons_of
from people.models import AuditEntry, SignUpDomain, Team, User
from tests.conftest import PASSWORD, make_session
from tests.people.accounts.test_sign_up import FIELDS, SIGN_UP, code_in_mail

YOU = "/you/"
ALIKE = [
    ("Bob", "bob"),
    ("Bob", "B\u043eb"),  # Cyrillic о
    ("Bob", "\u0412ob"),  # Cyrillic В, which is no b in small letters
    ("Bob", "𝐁𝐨𝐛"),  # mathematical bold
    ("Bob", "Ｂｏｂ"),  # full width
    ("Bob", "Βob"),  # Greek Β
    ("Ian", "lan"),  # a small L
    ("Ian", "ian"),
    ("Mia", "mia"),
    ("Mia", "rnia"),
    ("Bob Ross", "Bob  ross"),
    ("Lo", "L0"),
    ("Zoë", "Zoe\u0308"),
    ("Ma Yo", "Ma\u00a0Yo"),
]
DIFFERENT = [("Bob", "Rob"), ("Aila", "Alia"), ("Zoë", "Zoe"), ("Anna", "Ana"), ("ian", "lan")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_look_the_same_share_a_skeleton(one: str, other: str) -> None:
    assert skeletons_of(one) & skeletons_of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_look_different_share_no_skeleton(one: str, other: str) -> None:
    assert not skeletons_of(one) & skeletons_of(other)


@pytest.mark.parametrize(
    "name",
    [
        "Cora (curator)",
        "TalkTech Admin",
        "Talk Tech",
        "ADMIN",
        "Admin2",
        "A d m i n",
        "a.d.m.i.n.",
        "Adm1n",
        "\u0410dmin",  # Cyrillic А
        "Ａｄｍｉｎ Bob",
        "𝗛𝗼𝘀𝘁",
        "Your host",
        "BobAdmin",
        "Àdmin",
        "The Moderators",
        "Friday Bytes team",
        "FridayBytes",
        "BobTalkTech",
        "Bob1Admins",
    ],
)
@pytest.mark.django_db
def test_a_word_for_a_role_is_refused(series: Series, name: str) -> None:
    Series.objects.update(name="#Friday Bytes")
    with pytest.raises(ValidationError, match="Leave out"):
        impersonation.check_rank(name)


@pytest.mark.parametrize(
    "name",
    [
        "Cora Torres",
        "Hosty McHost",
        "Admir Curan",
        "Bo Friday",
        "Tech Talk",
        "Mo Derato",
        "李四",
        "Kari Høst",
        "Måns Höst",
        "Mia Adminović",
        "Ana Radmin",
        "Ugo Curatorio",
        "Ida Fridaybyteson",
    ],
)
@pytest.mark.django_db
def test_a_name_that_only_resembles_a_role_is_accepted(series: Series, name: str) -> None:
    Series.objects.update(name="#Friday Bytes")
    impersonation.check_rank(name)


@pytest.mark.django_db
def test_a_chat_with_a_short_name_refuses_that_word_only(series: Series) -> None:
    Series.objects.update(name="Talk")
    impersonation.check_rank("Anna Talkington")
    impersonation.check_rank("Anna Smalltalk")
    with pytest.raises(ValidationError, match="“Talk”"):
        impersonation.check_rank("Talk Team")


@pytest.fixture
def bob() -> User:
    alpha = Team.objects.create(name="Alpha")
    return open_account(User(email="bob@example.com", name="Bob Ross", team=alpha), PASSWORD)


@pytest.fixture
def mallory(bob: User) -> Client:
    mallory = open_account(User(email="mal@example.com", name="Mal Lory"), PASSWORD)
    client = Client()
    client.force_login(mallory)
    return client


def say(client: Client, name: str, team: Team | None = None) -> str:
    """Submit a name, and return the one that is stored afterwards."""
    client.post(YOU, {"name": name, "team": team.pk if team else "", "time_zone": ""})
    return User.objects.get(pk=int(client.session["_auth_user_id"])).name


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Bob Ross", "BOB ROSS", "B\u043eb Ross", "Ｂｏｂ Ｒｏｓｓ"])
def test_a_colleagues_name_and_team_cannot_be_taken(mallory: Client, bob: User, name: str) -> None:
    assert say(mallory, name, bob.team) == "Mal Lory"
    assert User.objects.get(name="Mal Lory").team is None


@pytest.mark.django_db
def test_the_same_name_in_another_team_is_accepted(mallory: Client, bob: User) -> None:
    assert say(mallory, "Bob Ross", Team.objects.create(name="Beta")) == "Bob Ross"


@pytest.mark.django_db
def test_a_team_written_into_a_name_is_refused(mallory: Client, bob: User) -> None:
    assert say(mallory, "Bob Ross (\u0410lpha)") == "Mal Lory"
    assert say(mallory, "Robert (Bob) Lory") == "Robert (Bob) Lory"


@pytest.mark.django_db
def test_any_team_that_an_admin_made_can_be_chosen(mallory: Client) -> None:
    desk = Team.objects.create(name="Database admins")
    say(mallory, "Mal Lory", desk)
    assert User.objects.get(name="Mal Lory").team == desk


@pytest.mark.django_db
def test_a_refusal_says_where_the_name_is_and_what_to_do(mallory: Client, bob: User) -> None:
    def refusal(name: str, team: Team | None = None) -> str:
        fields = {"name": name, "team": team.pk if team else "", "time_zone": ""}
        [[sentence]] = mallory.post(YOU, fields).context["form"].errors.values()
        return str(sentence)

    open_account(User(email="ann@example.com", name="Ann Other"), PASSWORD)
    assert refusal("ann other").startswith("Someone else already has this name, or one that")
    assert refusal("bob ross", bob.team).startswith("Someone in this team already has this name")
    assert refusal("Mal (Alpha)") == "Leave your team out of your name."
    assert refusal("Mal Host").endswith("Ask an admin if it’s part of yours.")
    SignUpDomain.objects.create(domain="example.com")
    page = Client().post(SIGN_UP, FIELDS | {"name": "Michel Host"})
    [sentence] = page.context["form"].errors["name"]
    assert sentence.endswith("Sign up without it, then ask an admin to set your full name.")


@pytest.mark.django_db
def test_the_name_of_somebody_who_has_left_is_free(mallory: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert say(mallory, "Bob Ross", bob.team) == "Bob Ross"


@pytest.mark.django_db
def test_an_admin_gets_the_error_at_the_name(bob: User, admin_user: User, client: Client) -> None:
    client.force_login(admin_user)
    fields = {"name": "bob ross", "email": "b2@example.com", "team": bob.team_id}
    fields |= {"password1": "a staple for it", "password2": "a staple for it"}
    answer = client.post("/admin/people/user/add/", fields)
    assert "already has this name" in answer.content.decode()
    with pytest.raises(CommandError, match="already has this name"):
        call_command(
            "create_user", "--email=b3@example.com", "--name=B\u043eb Ross", "--team=Alpha"
        )
    assert User.objects.filter(name__iendswith="ross").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_take_a_name_at_once_one_gets_it() -> None:
    def add(number: int) -> bool:
        try:
            open_account(User(email=f"b{number}@example.com", name="Bob Ross"), None)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(add, range(4))) == 1


@pytest.mark.django_db
def test_a_stranger_who_signs_up_does_not_learn_who_is_here(mallory: Client) -> None:
    SignUpDomain.objects.create(domain="example.com")
    newcomer = Client()
    page = newcomer.post(SIGN_UP, FIELDS | {"name": "mal lory"}, follow=True)
    assert "Enter the code" in page.content.decode()
    newcomer.post(page.redirect_chain[-1][0], {"code": code_in_mail()})
    assert User.objects.get(email=FIELDS["email"]).name == "mal lory 2"
    refused = Client().post(SIGN_UP, FIELDS | {"name": "The Admin", "email": "x@example.com"})
    assert refused.context["form"].errors["name"]


@pytest.mark.django_db
def test_a_change_of_name_is_in_the_audit_log_and_shows_for_a_week(
    mallory: Client, bob: User
) -> None:
    say(mallory, "Ann Other")
    say(mallory, "Dana K.")
    first, second = AuditEntry.objects.filter(action__contains="own name").order_by("pk")
    assert (first.subject, second.subject) == ("Mal Lory → Ann Other", "Ann Other → Dana K.")
    assert first.actor == second.actor == User.objects.get(name="Dana K.")

    def formerly() -> list[str | None]:
        found = mallory.get("/api/people/?q=dana").json()["people"]
        return [one.get("formerly") for one in found]

    assert formerly() == ["Mal Lory"]
    now = database_now()
    duties.delete_former_names(now + timedelta(days=6))
    assert formerly() == ["Mal Lory"]
    duties.delete_former_names(now + timedelta(days=8))
    assert formerly() == [None]


@pytest.mark.django_db
def test_taking_the_old_name_back_clears_the_former_name(mallory: Client) -> None:
    say(mallory, "Ann Other")
    say(mallory, "Mal Lory")
    assert User.objects.get(name="Mal Lory").former_name == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "stands"), [(-11, True), (-9, False), (15, False), (31, True)])
def test_nobody_changes_their_name_from_the_lobby_to_the_end(
    mallory: Client, series: Series, curator: User, minutes: int, stands: bool
) -> None:
    make_session(series, curator, database_now() - timedelta(minutes=minutes))
    assert (say(mallory, "Ann Other") == "Ann Other") is stands
    answer = mallory.post(YOU, {"name": "Mal Lory", "team": "", "time_zone": "Asia/Tokyo"})
    assert (answer.status_code == 302) or stands
