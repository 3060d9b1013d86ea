"""Plausibility of a page's numbers: a photo's texture and a page of words hold none, however like digits marks look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numink.recognition.number_grouping import NumberOptions, group_numbers
from numink.recognition.page_plausibility import holds_prose, implausible_numbers
from numink.recognition.types import RecognizedLine
from recognition_examples import certain, character, recognized


def line_of(text: str, y: int, probability: float = 0.991) -> RecognizedLine:
    characters = [
        character((60 * index, y, 40, 60), certain(sign, probability))
        for index, sign in enumerate(text)
        if sign != " "
    ]  # fmt: skip
    return recognized(characters, 60.0)


def texture(count: int) -> list[RecognizedLine]:
    return [recognized([character((60, 100 * row, 40, 60), None)], 60.0) for row in range(1, count + 1)]


def read(*lines: RecognizedLine) -> tuple[list[str], int]:
    page = group_numbers(lines, NumberOptions())
    return [number.text for number in page.numbers], len(page.left_over)


@pytest.mark.parametrize(("marks", "expected"), [(19, (["4"], 19)), (20, ([], 21))])
def test_a_digit_alone_among_marks_without_end_is_one_of_them(marks: int, expected: tuple[list[str], int]) -> None:
    assert read(line_of("4", 0), *texture(marks)) == expected


def test_a_number_among_marks_without_end_is_read() -> None:
    assert read(line_of("47", 0), *texture(60))[0] == ["47"]


def test_many_single_strokes_are_no_ones_and_what_is_among_them_is_no_digit_either() -> None:
    strokes = [line_of("1", 100 * row) for row in range(4)]

    assert read(*strokes, line_of("25", 600)) == (["25"], 4)
    assert read(*strokes, line_of("4", 600), *texture(16)) == ([], 21)


@pytest.mark.parametrize(
    ("text", "words", "confidence", "expected"),
    [
        ("47", ["network", "reader"], 0.2, {0}), ("47", ["network", "reader"], 0.3, set()), ("47", ["net"], 0.2, set()),
        ("4y", ["network", "reader"], 0.4, {0}), ("4y", ["network", "reader"], 0.6, set()),
    ],
)  # fmt: skip
def test_a_doubtful_number_on_a_page_of_words_is_a_word(
    text: str, words: list[str], confidence: float, expected: set[int]
) -> None:
    lines = [line_of(text, 0), *(line_of(word, 100 * row) for row, word in enumerate(words, 1))]
    number = replace(group_numbers(lines, NumberOptions()).numbers[0], confidence=confidence)

    assert implausible_numbers([number], 0, is_prose=holds_prose(lines)) == expected
