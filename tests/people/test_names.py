"""Names are visible and short, and give initials and hues."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from people import names


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "N" * 40,
        "Zoë Ångström",
        "Marek Novotný",
        "李小龙",
        "محمد",
        "O’Neill-Smith Jr. 3",
        "Nguyễn Thị",
        "e" + "\u0301" * 4,
    ],
)
def test_names_that_people_have_are_accepted(name: str) -> None:
    names.check(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "N" * 41,
        "42",
        "!?",
        "Dana\x00",
        "Dana\x7f",
        "Da\u200bna",
        "Dana\u202egpj",
        "Dana\u2066x\u2069",
        "Dana\ufeff",
        "Da\u00adna",
        "Dana\ue000",
        "Dana\U000e0041",
        "\u3164",
        "Dana\u115f",
        "\u1160Dana",
        "Da\uffa0na",
        "Da\u034fna",
        "Dana\u17b4",
        "Dana\ufe0f",
        "Dana\u2800",
        "e" + "\u0301" * 5,
        "e" + "\u0488" * 5,
        "\ud800",
    ],
)
def test_other_texts_are_refused_as_names(name: str) -> None:
    with pytest.raises(ValidationError):
        names.check(name)


@given(st.text(max_size=60))
def test_a_tidy_name_stays_as_it_is(text: str) -> None:
    tidy = names.tidy(text)
    assert names.tidy(tidy) == tidy == unicodedata.normalize("NFC", tidy)
    assert "\n" not in tidy and "  " not in tidy


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_every_name_has_initials(text: str) -> None:
    assert names.initials(names.tidy(text))


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Priya Raman", "PR"), ("Ada", "A"), ("Ana de la Cruz", "AC"), ("(Ben) Bo", "B"), ("?", "?")],
)
def test_initials_are_those_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert names.initials(name) == initials


def test_hues_are_one_to_twelve_and_all_are_used() -> None:
    assert {names.hue(number) for number in range(1, 100)} == set(range(1, 13))
