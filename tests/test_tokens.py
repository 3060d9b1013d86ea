"""Tokens: which characters of a line stand together, in many spacings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from numink.recognition.alphabet import CHARACTERS
from numink.recognition.spacing import parting_gap
from numink.recognition.token_line import PARAMETERS
from numink.recognition.tokens import find_tokens
from numink.results import Box

DIGIT_HEIGHT = 40
WIDTHS = {".": 0.1, ",": 0.12, "'": 0.1, ":": 0.1, "1": 0.15, "-": 0.4, "(": 0.2, ")": 0.2}
"""Widths of narrow characters in digit heights; others are half as wide as high."""


@dataclass(frozen=True)
class Written:
    """A character of a line."""

    text: str
    box: Box


def write_line(text: str, gap: float = 0.2, blank: float = 1.0, rng: Generator | None = None) -> list[Written]:
    """Return the characters of a line; gaps are `gap`, where `text` has a blank `blank` digit heights wide."""
    x, wide = 0.0, False
    line: list[Written] = []
    for character in text:
        if character == " ":
            wide = True
            continue
        uneven = 0.0 if rng is None else rng.normal(0, 0.06)
        x += (blank if wide else gap + uneven) * DIGIT_HEIGHT if line else 0
        width = WIDTHS.get(character, 0.5) * DIGIT_HEIGHT
        line.append(Written(character, Box(round(x), 0, round(width), DIGIT_HEIGHT)))
        x, wide = x + width, False
    return line


def texts(line: list[Written]) -> list[str]:
    return [token.text for token in find_tokens(line, DIGIT_HEIGHT)]


@pytest.mark.parametrize(("gap", "blank"), [(0.0, 0.7), (0.18, 0.75), (0.18, 0.9), (0.3, 0.9), (0.3, 1.3), (0.2, 3.0)])
@pytest.mark.parametrize("text", ["12 34", "853 2960", "53 56 93 36", "12.50 13.75", "-20 37", "17% 30%"])
def test_numbers_closer_than_a_digit_height_are_apart(text: str, gap: float, blank: float) -> None:
    assert texts(write_line(text, gap, blank)) == text.split()


@pytest.mark.parametrize("gap", [-0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
@pytest.mark.parametrize("text", ["1234", "217533", "01067", "24.15"])
def test_evenly_spaced_digits_are_one_number(text: str, gap: float) -> None:
    assert texts(write_line(text, gap)) == [text]


def test_single_digits_far_apart_are_numbers_of_their_own() -> None:
    assert texts(write_line("1234", gap=1.5)) == ["1", "2", "3", "4"]
    assert texts(write_line("7 12 5", gap=0.2, blank=1.0)) == ["7", "12", "5"]


@pytest.mark.parametrize(("gap", "blank"), [(0.05, 0.7), (0.2, 0.8), (0.35, 0.95), (0.5, 1.25)])
def test_uneven_spacing_is_read_by_the_line_s_own_gaps(gap: float, blank: float) -> None:
    rng = np.random.default_rng(5)
    right = sum(texts(write_line("4093 586 27", gap, blank, rng)) == ["4093", "586", "27"] for _ in range(100))

    assert right >= 90


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25. 000", ["25.000"]), ("17 . 50", ["17.50"]), ("12, 50", ["12,50"]), ("1. 234. 567", ["1.234.567"]),
        ("$ 250", ["$250"]), ("250 \u20ac", ["250\u20ac"]), ("15 %", ["15%"]), ("(212) 753-8675", ["(212)753-8675"]),
        ("8:30 pm", ["8:30pm"]), ("12. 5. 98", ["12.5.98"]), ("3 / 4", ["3/4"]), ("- 186", ["-186"]),
        ("CHF 1 ' 250", ["CHF", "1'250"]),
    ],
)  # fmt: skip
def test_a_sign_holds_a_number_together_across_a_wide_gap(text: str, expected: list[str]) -> None:
    assert texts(write_line(text, gap=0.1, blank=0.9)) == expected


@pytest.mark.parametrize(
    "text", ["12, 15, 18", "No. 12", "Total: 250", "17 -23", "123 -4567", "x = 5", "17 =", "hello 12", "20- 37"]
)
def test_a_sign_does_not_join_tokens_that_make_no_number(text: str) -> None:
    assert texts(write_line(text, gap=0.1, blank=1.0)) == text.split()


def test_no_sign_holds_across_two_digit_heights() -> None:
    assert texts(write_line("25. 000", blank=2.0)) == ["25.", "000"]


@pytest.mark.parametrize("blank", [0.9, 1.5, 2.5])
@pytest.mark.parametrize(
    "text",
    [
        "123 + 3456 - 890 = @", "120 + 345 + 678 + 908 = ?", "238$ + 154% = 366.52", "120 + 57 =", "20 - 37",
        "987 + 456 - 1230 * 76", "23 - (23 - 12) * { 2 * 11}", "3 x 4", "5 + -3",
    ],
)  # fmt: skip
def test_operators_between_numbers_make_one_expression(text: str, blank: float) -> None:
    assert texts(write_line(text, 0.1, blank)) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20 - 37 12", ["20 - 37", "12"]), ("20 - 37 -", ["20 - 37", "-"]), ("Total - 250", ["Total", "-", "250"]),
        ("= 52 + 67", ["=", "52 + 67"]),
    ],
)  # fmt: skip
def test_an_expression_ends_with_its_last_number(text: str, expected: list[str]) -> None:
    assert texts(write_line(text, 0.1, 1.0)) == expected


def test_a_dash_is_a_minus_where_it_stands_closer_to_the_number_behind_it() -> None:
    line = [
        *write_line("20", 0.2), Written("-", Box(84, 20, 16, 4)), Written("3", Box(110, 0, 20, 40)),
        Written("7", Box(136, 0, 20, 40)),
    ]  # fmt: skip

    assert texts(line) == ["20", "-37"]


def test_a_dash_in_the_middle_is_no_minus_though_one_gap_is_narrow() -> None:
    line = [
        *write_line("20", 0.2), Written("-", Box(84, 20, 16, 4)), Written("3", Box(126, 0, 20, 40)),
        Written("7", Box(152, 0, 20, 40)),
    ]  # fmt: skip

    assert texts(line) == ["20 - 37"]


def test_numbers_too_close_for_their_gap_to_tell_are_parted_where_the_grammar_does() -> None:
    assert texts(write_line("15% 20%", 0.2, 0.5)) == ["15%", "20%"]
    assert texts(write_line("12.50 13.75", 0.25, 0.5)) == ["12.50", "13.75"]


def test_letters_stand_closer_together_than_digits() -> None:
    assert texts(write_line("one two 45", 0.1, 0.7)) == ["one", "two", "45"]
    assert texts(write_line("AB123456", 0.3)) == ["AB123456"]


def test_a_constrained_number_reaches_across_all_gaps_and_begins_where_it_must() -> None:
    line = write_line("12 345 678 901 234", 0.1, 1.5)
    tokens = find_tokens(line, DIGIT_HEIGHT, starts=[2, 8])

    assert [(token.start, token.stop, token.text) for token in tokens] == [
        (0, 2, "12"), (2, 8, "345678"), (8, 14, "901234"),
    ]  # fmt: skip


def test_starts_outside_the_line_are_not_used() -> None:
    assert [token.text for token in find_tokens(write_line("12 34"), DIGIT_HEIGHT, starts=[-1, 4, 9])] == ["12", "34"]


def test_a_line_without_characters_has_no_tokens() -> None:
    assert find_tokens([], DIGIT_HEIGHT) == ()


@given(
    st.lists(st.tuples(st.sampled_from(CHARACTERS), st.integers(-30, 120), st.integers(1, 60)), max_size=25),
    st.floats(1, 200), st.lists(st.integers(-3, 30), max_size=3),
)  # fmt: skip
def test_tokens_of_any_line_hold_each_character_once(
    characters: list[tuple[str, int, int]], height: float, starts: list[int]
) -> None:
    x, line = 0, []
    for text, gap, width in characters:
        line.append(Written(text, Box(x + gap, 0, width, 40)))
        x += gap + width
    tokens = find_tokens(line, height, starts)

    assert "".join(token.text.replace(" ", "") for token in tokens) == "".join(character.text for character in line)
    assert [token.start for token in tokens[1:]] == [token.stop for token in tokens[:-1]]


@given(st.lists(st.floats(-1, 5), max_size=20))
def test_the_parting_gap_keeps_its_limits(gaps: list[float]) -> None:
    parting = parting_gap(gaps, PARAMETERS.digits)

    assert all(gap > parting for gap in gaps if gap > PARAMETERS.digits.greatest_gap)
    assert not any(gap > parting for gap in gaps if gap < PARAMETERS.digits.least_gap)
