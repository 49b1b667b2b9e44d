"""No file uses the words and turns of phrase that give a translator away."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = (
    "*.py",
    "*.js",
    "*.mjs",
    "*.css",
    "*.html",
    "*.md",
    "*.toml",
    "*.yml",
    "*.c",
    "*.h",
    "*.sh",
)
NAMED = ("Makefile", "Dockerfile", "Caddyfile", ".env.example", ".ci/*", "bin/*", "templates/*.txt")
# Other people's files; and what colleagues in the demo say to each other.
NOT_OURS = ("static/vendor", "package-lock.json", "talktech/demo/content", "requirements*.txt")

# Each with what to write instead. No word of ours has one of these as a part.
TELLTALE = {
    r"anew": "again",
    r"besides": "also",
    r"mend(s|ed|ing)?": "fix, correct, recover",
    r"(that|which|and) (is|are) none": "is not one",
    r"who(m)?ever": "the person who",
    r"round and round": "in a loop",
    r"by (itself|themselves)": "automatically, alone",
    r"what (stands|lies|hangs)": "what is",
    r"is (well|there) again": "has recovered",
}
WORDS = re.compile(rf"\b({'|'.join(TELLTALE)})\b", re.IGNORECASE)
# "Who leaves comes back later." without a question mark: a clause without its noun.
BARE_CLAUSE = re.compile(r'(?:[.:] |"""|[#*] |// )(Who [^.?\n]*\.)')
# A test's name, in Python or in JavaScript, that begins with one.
BARE_TEST = re.compile(r'def test_who(?:se)?_\w+|test\("[Ww]ho(?:se)? [^"]*')


def files() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--", *KINDS, *NAMED, *(f":!{path}" for path in NOT_OURS)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in done.stdout.split() if ROOT / name != Path(__file__)]


def telltales(text: str) -> list[str]:
    """What a text should say otherwise. Names of code count as their words."""
    spaced = text.replace("_", " ")
    return [match[0] for match in WORDS.finditer(spaced)] + [
        match[0] for pattern in (BARE_CLAUSE, BARE_TEST) for match in pattern.finditer(text)
    ]


def test_no_file_has_a_word_that_gives_a_translator_away() -> None:
    found = {
        str(path.relative_to(ROOT)): telltales(path.read_text(encoding="utf-8")) for path in files()
    }
    assert len(found) > 300
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "text",
    [
        "It is read anew.",
        "def test_it_mends_what_broke() -> None:",
        "# Who is silenced stays so.",
        '"""Who leaves at once would have chosen nothing."""',
        "def test_who_comes_late_is_told_all() -> None:",
    ],
)
def test_the_check_notices(text: str) -> None:
    assert telltales(text)


@pytest.mark.parametrize(
    "text", ["It is read again.", "# Who is here? Everybody.", "We recommend an amendment."]
)
def test_the_check_lets_plain_sentences_be(text: str) -> None:
    assert not telltales(text)
