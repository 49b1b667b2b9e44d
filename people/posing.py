"""Nobody passes for a colleague or for somebody who runs this place."""

import re
import unicodedata
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError

from people.models import Team, User
from people.skeletons import looks, skeleton

# Words that say somebody has a say here, and the product's own name.
RANKS = ("admin", "administrator", "curator", "host", "moderator", "talktech")
LONG_ENOUGH_TO_BE_A_PART = 5  # "BobAdmin"; but "Hosty" is a name
SHORTEST_CHAT = 4
TAKEN = (
    "Someone else already has this name, or one that looks like it. Add an initial, for example."
)

# Names that nobody may take, also written apart; what the chat is called follows (curation.apps).
reserved: list[Callable[[], Iterable[str]]] = [lambda: ("TalkTech",)]


def check_free(name: str, team: Team | None, person: User | None = None) -> None:
    """Raise ValidationError if another person of that team has a name that looks the same.

    Call it again under `User.objects.hold_people()` before you save.
    """
    others = User.objects.people().filter(team=team)
    if person is not None and person.pk:
        others = others.exclude(pk=person.pk)
    mine = looks(name)
    if any(mine & looks(other) for other in others.values_list("name", flat=True)):
        raise ValidationError(TAKEN, code="taken")


def first_free(name: str, team: Team | None, person: User) -> str:
    """That name, or with the first number behind it that makes it free."""
    for number in range(1, 1000):
        candidate = name if number == 1 else f"{name[:35]} {number}"
        try:
            check_free(candidate, team, person)
        except ValidationError:
            continue
        return candidate
    return name


def check_rank(name: str) -> None:
    """Raise ValidationError for a name that people may not give themselves; an admin may."""
    words = tokens(name)
    for rank in RANKS:
        if any(says(word, flat(rank)) for word in words):
            raise refused(rank)
    squashed = "".join(words)
    for source in reserved:
        for chat in source():
            wanted = "".join(tokens(chat))
            if len(wanted) >= SHORTEST_CHAT and wanted in squashed:
                raise refused(chat)


def check_team_in_name(name: str) -> None:
    """Raise ValidationError for "Bob (Alpha)" where Alpha is a team: so a Bob of Alpha is shown."""
    behind = re.search(r"\((.*)\)\s*$", unicodedata.normalize("NFKC", name))
    if behind is None:
        return
    said = looks(behind[1])
    if any(said & looks(team) for team in Team.objects.values_list("name", flat=True)):
        raise ValidationError("Choose your team below, not in your name.", code="team")


def refused(word: str) -> ValidationError:
    return ValidationError(
        f"Leave out “{word}”. Only an admin can give someone a name with this word.", code="rank"
    )


def says(word: str, rank: str) -> bool:
    if len(rank) >= LONG_ENOUGH_TO_BE_A_PART:
        return word.startswith(rank) or word.endswith((rank, rank + "s"))
    return word in (rank, rank + "s")


def tokens(name: str) -> list[str]:
    """The words of a name as they look; letters that stand alone, as in "A d m i n", are a word."""
    found: list[str] = []
    spelled = ""
    for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name)):
        if len(word) == 1:
            spelled += word
            continue
        found += [spelled, word]
        spelled = ""
    return [flat(word) for word in [*found, spelled] if word]


def flat(word: str) -> str:
    """As it looks at a glance, where an i, an l and a 1 are the same, and digits at the end go."""
    look = skeleton(word.rstrip("0123456789") or word)
    bare = "".join(char for char in look if not unicodedata.combining(char))
    return bare.replace("i", "l").replace("rn", "m")
