"""Refuses names that could be mistaken for a colleague's, a role or the product's."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise

from django.core.exceptions import ValidationError

from people.lookalikes.skeletons import skeleton, skeletons_of
from people.models import Team, User

# Words for roles, and the product's own name.
RANKS = ("admin", "administrator", "curator", "host", "moderator", "talktech")
SURNAME = "host"  # like Höst, Høst and McHost
SHORTEST_CHAT = 4
TAKEN = "{} already has this name, or one that looks like it. Add an initial, for example."
AT_SIGN_UP = "Sign up without it, then ask an admin to set your full name."
LATER = "Ask an admin if it’s part of yours."

# Functions that return names nobody may take, also in separate words; curation.apps adds the
# chat's.
reserved: list[Callable[[], Iterable[str]]] = [lambda: ("TalkTech",)]


def check_free(name: str, team: Team | None, person: User | None = None) -> None:
    """Raise ValidationError if another person of that team has a name that looks the same.

    Call it again under `User.objects.lock_people()` before you save.
    """
    others = User.objects.people().filter(team=team)
    if person is not None and person.pk:
        others = others.exclude(pk=person.pk)
    mine = skeletons_of(name)
    if any(mine & skeletons_of(other) for other in others.values_list("name", flat=True)):
        who = "Someone in this team" if team else "Someone else"
        raise ValidationError(TAKEN.format(who), code="taken")


def first_free(name: str, team: Team | None, person: User) -> str:
    """Return the name, with the smallest number after it that makes it free if it is taken."""
    for number in range(1, 1000):
        candidate = name if number == 1 else f"{name[:35]} {number}"
        try:
            check_free(candidate, team, person)
        except ValidationError:
            continue
        return candidate
    return name


def check_rank(name: str, way_out: str = LATER) -> None:
    """Raise ValidationError for a name with a role or the chat in it, which only an admin may give.

    Whole words count, and parts of a word that begin with a capital, as in "BobAdmin". Adminović
    and Talkington are names.
    """
    written = words(name)
    parts = [part for word in written for part in pieces(word)]
    for rank in RANKS:
        if any(says(word, rank) for word in (written if rank == SURNAME else written + parts)):
            raise rank_error(rank, way_out)
    for source in reserved:
        for chat in source():
            wanted = "".join(flat(word) for word in words(chat))
            if len(wanted) >= SHORTEST_CHAT and (
                wanted in joined(written) or wanted in joined(parts)
            ):
                raise rank_error(chat, way_out)


def check_team_in_name(name: str) -> None:
    """Raise ValidationError for "Bob (Alpha)" if Alpha is a team, as Bob of Alpha is shown so."""
    behind = re.search(r"\((.*)\)\s*$", unicodedata.normalize("NFKC", name))
    if behind is None:
        return
    said = skeletons_of(behind[1])
    if any(said & skeletons_of(team) for team in Team.objects.values_list("name", flat=True)):
        raise ValidationError("Leave your team out of your name.", code="team")


def rank_error(word: str, way_out: str) -> ValidationError:
    return ValidationError(
        f"Leave out “{word}”. Only an admin can give someone a name with this word. {way_out}",
        code="rank",
    )


def says(word: str, rank: str) -> bool:
    if rank == SURNAME:
        return at_a_glance(skeleton(without_digits(word))) in (rank, rank + "s")
    return flat(word) in (flat(rank), flat(rank + "s"))


def words(name: str) -> list[str]:
    """The words of a name; single letters in a row, as in "A d m i n", are one word."""
    found: list[str] = []
    spelled = ""
    for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name)):
        if len(word) == 1:
            spelled += word
            continue
        found += [spelled, word]
        spelled = ""
    return [word for word in [*found, spelled] if word]


def pieces(word: str) -> list[str]:
    """The parts of a word by its capitals: Bob and Admin for "BobAdmin"."""
    starts = [at for at in range(1, len(word)) if word[at].isupper() and not word[at - 1].isupper()]
    return [word[start:end] for start, end in pairwise([0, *starts, len(word)])]


def joined(words: list[str]) -> set[str]:
    """Every run of words as one word: "Talk Tech" gives "TalkTech" among others."""
    looks = [flat(word) for word in words]
    ends = range(1, len(looks) + 1)
    return {"".join(looks[start:end]) for end in ends for start in range(end)}


def flat(word: str) -> str:
    """The word as a hasty reader sees it: without accents and digits at the end."""
    look = skeleton(without_digits(word))
    return at_a_glance("".join(char for char in look if not unicodedata.combining(char)))


def without_digits(word: str) -> str:
    return word.rstrip("0123456789") or word


def at_a_glance(look: str) -> str:
    """Treat i, l and 1 as the same, and rn as m."""
    return look.replace("i", "l").replace("rn", "m")
