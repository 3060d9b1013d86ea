"""Number grouping: characters of a line that stand together are a number; words, drawings and textures are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from numink.recognition.acceptance import AcceptanceThresholds
from numink.recognition.alphabet import OTHER_MARK
from numink.recognition.number_grouping import (
    GroupedPage,
    NumberOptions,
    group_numbers,
    single_character_number,
)
from numink.recognition.types import CharacterHypothesis, ConstrainedNumber, RecognizedLine
from numink.results import Box
from recognition_examples import certain, character, likely, recognized

OPTIONS = NumberOptions(AcceptanceThresholds(0.5, 0.5))
WORDS = replace(OPTIONS, words=True)


def characters_at(
    text: str, y: int = 0, step: int = 60, probability: float = 0.991, left: int = 0
) -> list[CharacterHypothesis]:
    """Characters 40 wide and 60 high, `step` from one to the next; a blank leaves two steps, `?` is another mark."""
    return [
        character((left + index * step, y, 40, 60), certain(sign.replace("?", OTHER_MARK), probability))
        for index, sign in enumerate(text)
        if sign != " "
    ]


def line_at(
    text: str, y: int = 0, step: int = 60, probability: float = 0.991, empty_probability: float = 0.0
) -> RecognizedLine:
    return recognized(characters_at(text, y, step, probability), 60.0, empty_probability=empty_probability)


def texts(page: GroupedPage) -> list[str]:
    return [number.text for number in page.numbers]


@pytest.mark.parametrize(
    ("point", "expected"), [(certain("."), ["7.7"]), (None, ["7", "7"])], ids=["a point", "an unread speck"]
)
def test_a_point_that_is_read_holds_a_number_together_over_a_wide_gap(point: object, expected: list[str]) -> None:
    """Two digits 1.3 heights apart."""
    seven, mark = certain("7"), character((132, 108, 10, 10), certain(".") if point is not None else None)
    characters = [character((80, 60, 40, 60), seven), mark, character((198, 60, 40, 60), seven)]

    assert texts(group_numbers([recognized(characters, 60.0)], OPTIONS)) == expected


@pytest.mark.parametrize(("gap", "expected"), [(55, ["47"]), (59, ["4", "7"])])
def test_two_digits_nearly_as_far_apart_as_they_are_high_are_two_numbers(gap: int, expected: list[str]) -> None:
    assert texts(group_numbers([line_at("47", step=40 + gap)], OPTIONS)) == expected


def test_numbers_of_several_lines_are_numbered_by_line() -> None:
    numbers = group_numbers([line_at("12"), line_at("345", y=100)], OPTIONS).numbers

    assert [(number.text, number.line) for number in numbers] == [("12", 1), ("345", 2)]
    assert numbers[1].box == Box(0, 100, 160, 60)


@pytest.mark.parametrize("other", [line_at("11", probability=0.2), line_at("net")], ids=["a drawing", "a word"])
def test_a_line_without_a_number_has_no_line_number(other: RecognizedLine) -> None:
    numbers = group_numbers([other, line_at("345", y=100)], OPTIONS).numbers

    assert [(number.text, number.line) for number in numbers] == [("345", 1)]


@pytest.mark.parametrize(("probability", "count"), [(0.29, 0), (0.31, 1)])
def test_characters_of_low_confidence_are_a_drawing(probability: float, count: int) -> None:
    page = group_numbers([line_at("47", probability=probability)], OPTIONS)

    assert len(page.numbers) == len(page.evidence) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-24.15", ["-24.15"]), ("6/2/98", ["6/2/98"]), ("$250", ["$250"]), ("AB123456", ["AB123456"]),
        ("8:30pm", ["8:30pm"]), ("net", []), ("hello1", []), ("/", []), ("-", []), ("Total   250", ["250"]),
    ],
)  # fmt: skip
def test_what_holds_digits_and_few_letters_is_a_number(text: str, expected: list[str]) -> None:
    assert texts(group_numbers([line_at(text, step=52)], OPTIONS)) == expected


def test_words_are_answered_where_they_are_asked_for() -> None:
    line = line_at("Total   250", step=52)
    page = group_numbers([line], WORDS)

    assert texts(page) == ["Total", "250"]
    assert {number.line for number in page.numbers} == {1}
    assert texts(group_numbers([line_at("47", probability=0.2)], WORDS)) == ["47"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1O5", ["105"]), ("l2", ["12"]), ("4S.5", ["45.5"]), ("AO12", ["AO12"]), ("OS", []), ("So", [])],
)
def test_letters_that_look_like_digits_are_digits_among_digits(text: str, expected: list[str]) -> None:
    assert texts(group_numbers([line_at(text, step=52)], OPTIONS)) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("3x4", ["3×4"]), ("12X5", ["12×5"]), ("AX12", ["AX12"]), ("x12", ["x12"]), ("12x", ["12x"])]
)
def test_an_x_before_a_digit_of_a_number_is_the_times_sign(text: str, expected: list[str]) -> None:
    read = texts(group_numbers([line_at(text, step=52)], OPTIONS))

    assert [number.casefold() for number in read] == [number.casefold() for number in expected]


def test_a_letter_read_as_a_digit_counts_both_probabilities() -> None:
    doubtful = character((60, 0, 40, 60), likely({"O": 0.55, "0": 0.4, "Q": 0.05}))
    line = recognized([*characters_at("1"), doubtful, *characters_at("5", left=120)], 60.0)
    (number,) = group_numbers([line], OPTIONS).numbers

    assert number.text == "105"
    assert number.digits[1].confidence == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("text", "expected", "boxes"),
    [
        ("12?45", ["12", "45"], [Box(120, 0, 40, 60)]), ("?12", ["12"], [Box(0, 0, 40, 60)]),
        ("12?", ["12"], [Box(120, 0, 40, 60)]), ("?", [], [Box(0, 0, 40, 60)]),
    ],
)  # fmt: skip
def test_another_mark_splits_a_number_and_is_left_over(text: str, expected: list[str], boxes: list[Box]) -> None:
    page = group_numbers([line_at(text)], OPTIONS)

    assert texts(page) == expected
    assert page.left_over == tuple(boxes)


def test_a_tall_component_that_is_no_character_is_left_over_and_a_speck_is_not() -> None:
    unread = [character((300, 0, 40, 60), None), character((360, 50, 6, 6), None)]
    page = group_numbers([recognized([*characters_at("47"), *unread], 60.0)], OPTIONS)

    assert texts(page) == ["47"]
    assert page.left_over == (Box(300, 0, 40, 60),)


def test_a_digit_among_tall_components_that_are_no_characters_does_not_stand_alone() -> None:
    """It is judged with what is unread about it, as part of a number that may be a drawing."""
    unread = [character((50 * index, 0, 40, 60), None) for index in (0, 2)]
    digit = character((50, 0, 40, 60), certain("0"))
    page = group_numbers([recognized([unread[0], digit, unread[1]], 60.0, strings={"0": 0.9})], OPTIONS)

    assert page.left_over == (Box(0, 0, 40, 60), Box(100, 0, 40, 60))
    assert not any(number.accepted for number in page.numbers)


def test_a_number_beside_a_tall_component_that_is_no_character_is_not_accepted() -> None:
    digits, unread = characters_at("5555", step=50), character((200, 0, 40, 60), None)
    (number,) = group_numbers([recognized([*digits, unread], 60.0)], NumberOptions()).numbers

    assert (number.text, number.accepted) == ("5555", False)
    assert group_numbers([recognized(digits, 60.0)], NumberOptions()).numbers[0].accepted


def test_lines_that_are_not_read_are_left_over() -> None:
    read, unread = line_at("47"), line_at("3", y=100).line
    page = group_numbers([read], OPTIONS, [read.line, unread])

    assert (texts(page), page.left_over) == (["47"], (unread.box,))


def test_a_page_of_many_words_is_no_texture() -> None:
    lines = [line_at("network", y=100 * index) for index in range(5)]

    assert texts(group_numbers([*lines, line_at("12", y=500)], OPTIONS)) == ["12"]


def test_a_line_that_is_rather_empty_is_dropped_unless_it_is_the_only_one() -> None:
    doubtful = line_at("47", empty_probability=0.6)

    assert texts(group_numbers([doubtful], OPTIONS)) == ["47"]
    assert texts(group_numbers([doubtful, line_at("3", y=100)], OPTIONS)) == ["3"]


def test_boxes_are_scaled_back_to_the_picture() -> None:
    characters = [*characters_at("47", y=20), character((200, 20, 40, 60), None)]
    page = group_numbers([recognized(characters, 60.0)], replace(OPTIONS, scale=0.5))

    assert page.numbers[0].box == Box(0, 40, 200, 120)
    assert page.left_over == (Box(400, 40, 80, 120),)


def test_each_number_of_several_characters_has_its_evidence() -> None:
    page = group_numbers([line_at("7"), line_at("12   345", y=100)], replace(OPTIONS, turned=True))

    assert texts(page) == ["7", "12", "345"]
    assert [evidence and evidence.characters for evidence in page.evidence] == [None, 2, 3]
    assert all(evidence.turned for evidence in page.evidence if evidence is not None)


def constrained_line(text: str, numbers: Mapping[int, tuple[str, bool]], step: int = 100) -> RecognizedLine:
    """A line decoded under constraints: its numbers, and whether each satisfies them, by their first character."""
    line = line_at(text, step=step)
    decoded = tuple(
        ConstrainedNumber(start, (0, 9), number, satisfied, 0.9, 0.5, (), None)
        for start, (number, satisfied) in numbers.items()
    )
    return replace(line, decoded=replace(line.decoded, numbers=decoded))


def test_constraints_say_where_numbers_begin() -> None:
    """The gaps are a digit height wide: without constraints there are six numbers."""
    line = constrained_line("123456", {0: ("123", True), 3: ("456", True)})
    page = group_numbers([line], OPTIONS)

    assert texts(page) == ["123", "456"]
    assert [number.satisfied for number in page.numbers] == [True, True]
    assert len(group_numbers([line_at("123456", step=115)], OPTIONS).numbers) == 6


@pytest.mark.parametrize(
    ("text", "satisfied", "expected"),
    [("net", True, ["net"]), ("net", False, []), ("OB12", True, ["OB12"]), ("OB12", False, ["OB12"])],
)
def test_letters_under_constraints_stay_letters(text: str, satisfied: bool, expected: list[str]) -> None:
    page = group_numbers([constrained_line(text, {0: (text, satisfied)}, step=52)], OPTIONS)

    assert texts(page) == expected
    assert all(number.satisfied == satisfied for number in page.numbers)


def test_a_pictures_only_digit_is_read_however_unlikely_it_is() -> None:
    line = line_at("4", probability=0.2)
    (number,) = single_character_number([line], OPTIONS)

    assert (number.text, number.accepted, number.confidence) == ("4", False, pytest.approx(0.2))
    assert group_numbers([line], OPTIONS).numbers == ()
    assert single_character_number([], OPTIONS) == ()
