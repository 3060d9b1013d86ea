"""Pages, numbers and their JSON, of this version and of version 1.0.0."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from numink.results import KINDS, Alternative, Box, Digit, Number, Page, in_place_of

BOX = Box(4, 5, 6, 7)


def digit(text: str, *, accepted: bool = True) -> Digit:
    return Digit(text, 0.9, accepted, BOX, (Alternative("7", 0.05),))


def number(text: str, doubtful: str = "", **fields: Any) -> Number:
    digits = tuple(digit(character, accepted=character not in doubtful) for character in text if character != " ")
    return Number(text, 1, 0.9, not doubtful, BOX, digits, **fields)


def page(*numbers: Number, **fields: Any) -> Page:
    return Page(100, 50, numbers, "numink-2.0.0", 8.0, **fields)


FULL = page(
    number("24.15", kind="decimal", value="24.15", alternatives=(Alternative("24.75", 0.004),)),
    number("1.234", kind="decimal", ambiguous=True),
    replace(number("827"), struck_out=True, accepted=False),
    replace(number("58"), handwritten=False),
    left_over=(Box(1, 2, 3, 4), Box(5, 6, 7, 8)), printed_left_out=3,
)  # fmt: skip


def test_a_page_with_all_fields_survives_json() -> None:
    assert Page.from_dict(FULL.to_dict()) == FULL


def test_json_names_the_fields_of_the_contract() -> None:
    values = FULL.to_dict()
    first, second, third, fourth = values["numbers"]

    assert values["left_over"] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert (first["text"], first["kind"], first["value"], first["ambiguous"]) == ("24.15", "decimal", "24.15", False)
    assert first["alternatives"] == [{"text": "24.75", "confidence": 0.004}]
    assert [sign["text"] for sign in first["digits"]] == list("24.15")
    assert (second["value"], second["ambiguous"]) == (None, True)
    assert third["struck_out"] is True
    assert [first["handwritten"], fourth["handwritten"], values["printed_left_out"]] == [True, False, 3]


def test_the_reason_of_an_empty_page_survives_json() -> None:
    empty = page(reason="print only")

    assert empty.to_dict()["reason"] == "print only"
    assert Page.from_dict(empty.to_dict()) == empty


def test_json_of_version_1_0_0_opens() -> None:
    values = page(number("471")).to_dict()
    del values["left_over"], values["printed_left_out"], values["reason"]
    for name in ("kind", "value", "ambiguous", "alternatives", "struck_out", "handwritten"):
        del values["numbers"][0][name]
    (opened,) = Page.from_dict(values).numbers

    assert opened == number("471", kind="integer", value="471")


def test_strict_has_a_question_mark_for_each_character_that_is_not_accepted() -> None:
    strict = page(number("-24.15", doubtful="-.", value="-24.15"), number("58", value="58")).strict()

    assert strict.text == "?24?15 58"
    assert [number.value for number in strict.numbers] == [None, "58"]


def test_strict_keeps_the_spaces_between_thousands() -> None:
    assert number("1 234", doubtful="2").strict_text() == "1 ?34"


@pytest.mark.parametrize(("characters", "expected"), [("9876", "9 876"), (["9", "", "7", "6"], "9 76")])
def test_characters_take_the_place_of_those_of_a_text(characters: str | list[str], expected: str) -> None:
    assert in_place_of("1 234", characters) == expected


def test_an_integer_is_the_first_kind_and_a_word_the_last() -> None:
    assert (KINDS[0], KINDS[-1]) == ("integer", "word")
    assert number("7").kind in KINDS
