"""Random texts of composed lines: each kind is read as the kind that it is meant to be, and no character is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator

from numink.recognition.alphabet import CHARACTERS, DIGITS, LETTERS, OTHER_MARK, SIGNS
from numink.recognition.number_grammar import parse_number
from numink.training.synthesis import texts

DRAWN = 400


def draw(make: Callable[[Generator], str], count: int = DRAWN) -> list[str]:
    return [make(np.random.default_rng((5, index))) for index in range(count)]


@pytest.mark.parametrize(
    ("make", "kinds", "least"),
    [
        (texts.decimal, {"decimal"}, 1.0), (texts.signed, {"integer"}, 1.0), (texts.percent, {"percent"}, 1.0),
        (texts.thousands, {"decimal", "integer"}, 1.0),
        (texts.money, {"money"}, 0.85), (texts.date, {"date"}, 0.85),  # 7- and 11.30.42 are not known as such
        (texts.time, {"time"}, 0.8), (texts.phone, {"phone"}, 0.65), (texts.code, {"code"}, 0.95),
        (texts.fraction, {"fraction"}, 0.55),  # the others are scores and ranges
        (texts.expression, {"expression"}, 0.97),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_texts_of_a_kind_are_parsed_as_that_kind(
    make: Callable[[Generator], str], kinds: set[str], least: float
) -> None:
    parsed = Counter(parse_number(text).kind for text in draw(make))

    assert sum(parsed[kind] for kind in kinds) >= least * DRAWN, parsed


def test_each_bracket_of_bracketed_numbers_is_closed() -> None:
    drawn = draw(texts.bracketed)

    for left, right in ("()", "[]", "{}", "<>"):
        assert all(text.count(left) == text.count(right) for text in drawn)
        assert any(left in text for text in drawn)
    assert any(text.count("(") >= 3 and text.startswith("[") for text in drawn)


def test_numbers_are_of_all_kinds() -> None:
    parsed = Counter(parse_number(text).kind for text in draw(texts.number, 3000))

    assert set(parsed) >= {"integer", "decimal", "percent", "money", "fraction", "date", "time", "phone", "code",
                           "expression"}  # fmt: skip
    assert all(parsed[kind] >= 30 for kind in ("integer", "decimal", "percent", "money", "date", "time", "phone"))


def test_every_character_of_the_alphabet_is_drawn_and_no_other() -> None:
    signs_and_digits = "".join(draw(texts.number, 5000))
    letters = "".join(texts.letters(np.random.default_rng(index), 2, 8) for index in range(300))

    assert set(SIGNS + DIGITS) <= set(signs_and_digits)
    assert set(LETTERS) == set(letters)
    assert set(signs_and_digits) <= set(CHARACTERS) - {OTHER_MARK} | {" "}


def test_a_text_repeats_with_its_seed() -> None:
    assert draw(texts.number, 50) == draw(texts.number, 50)
    assert len(set(draw(texts.number, 50))) > 40


@pytest.mark.parametrize(("least", "most"), [(1, 1), (3, 3), (2, 9)])
def test_digits_are_as_many_as_asked_for(least: int, most: int) -> None:
    drawn = draw(lambda rng: texts.digits(rng, least, most))

    assert {len(text) for text in drawn} == set(range(least, most + 1))
    assert all(text.isdigit() for text in drawn)
    assert set("".join(drawn)) == set(DIGITS)
