"""Number grouping: digits of a line that stand together are a number; words, drawings and textures are not."""

from __future__ import annotations

import pytest

from numink.recognition.acceptance import AcceptanceThresholds
from numink.recognition.number_grouping import PARAMETERS, NumberOptions, group_numbers, single_digit_number
from numink.recognition.types import RecognizedLine
from numink.results import Box
from recognition_examples import certain, character, recognized

OPTIONS = NumberOptions(AcceptanceThresholds(0.5, 0.5))


def line_at(text: str, y: int = 0, step: int = 60, probability: float = 0.991, **values: float) -> RecognizedLine:
    characters = [
        character((index * step, y, 40, 60), certain(int(digit), probability)) for index, digit in enumerate(text)
    ]
    return recognized(characters, 60.0, **values)


@pytest.mark.parametrize(("mark", "numbers"), [((132, 108, 10, 10), 1), ((132, 84, 10, 6), 2), (None, 2)])
def test_a_point_on_the_line_holds_a_number_together_over_a_wide_gap(
    mark: tuple[int, int, int, int] | None, numbers: int
) -> None:
    """Two digits 1.3 heights apart, with a point at their feet, a speck half-way up, or an empty gap."""
    characters = [character((80, 60, 40, 60), certain(7)), character((198, 60, 40, 60), certain(7))]
    if mark is not None:
        characters.insert(1, character(mark, None))

    assert len(group_numbers([recognized(characters, 60.0)], OPTIONS)) == numbers


@pytest.mark.parametrize(("gap", "texts"), [(53, ["47"]), (55, ["4", "7"])])
def test_digits_further_apart_than_nine_tenths_of_their_height_are_two_numbers(gap: int, texts: list[str]) -> None:
    numbers = group_numbers([line_at("47", step=40 + gap)], OPTIONS)

    assert [number.text for number in numbers] == texts
    assert PARAMETERS.greatest_gap * 60 == 54


def test_numbers_of_several_lines_are_numbered_by_line() -> None:
    numbers = group_numbers([line_at("12"), line_at("345", y=100)], OPTIONS)

    assert [(number.text, number.line) for number in numbers] == [("12", 1), ("345", 2)]
    assert numbers[1].box == Box(0, 100, 160, 60)


def test_a_line_without_a_number_has_no_line_number() -> None:
    word = line_at("11", probability=0.3)

    assert [(number.text, number.line) for number in group_numbers([word, line_at("345", y=100)], OPTIONS)] == [
        ("345", 1)
    ]


@pytest.mark.parametrize(("probability", "count"), [(0.54, 0), (0.57, 1)])
def test_digits_of_low_confidence_are_a_word(probability: float, count: int) -> None:
    assert len(group_numbers([line_at("47", probability=probability)], OPTIONS)) == count


def test_a_digit_among_tall_components_that_are_no_digits_is_part_of_a_word() -> None:
    letters = [character((50 * index, 0, 40, 60), None) for index in (0, 2)]

    assert (
        group_numbers([recognized([letters[0], character((50, 0, 40, 60), certain(0)), letters[1]], 60.0)], OPTIONS)
        == ()
    )


def test_a_number_with_a_tall_component_that_is_no_digit_is_not_accepted() -> None:
    digits = [character((50 * index, 0, 40, 60), certain(5)) for index in range(4)]
    (number,) = group_numbers([recognized([*digits, character((200, 0, 40, 60), None)], 60.0)], OPTIONS)

    assert (number.text, number.accepted) == ("5555", False)
    assert group_numbers([recognized(digits, 60.0)], OPTIONS)[0].accepted


@pytest.mark.parametrize(("count", "read"), [(25, True), (26, False)])
def test_a_page_of_many_components_that_are_mostly_unread_is_a_texture(count: int, read: bool) -> None:
    unread = [character((50 * index, 0, 40, 60), None) for index in range(count - 10)]
    lines = [recognized(unread, 60.0), line_at("0123456789", y=100)]

    assert bool(group_numbers(lines, OPTIONS)) == read


def test_a_line_that_is_rather_empty_is_dropped_unless_it_is_the_only_one() -> None:
    doubtful = line_at("47", empty_probability=0.6)

    assert [number.text for number in group_numbers([doubtful], OPTIONS)] == ["47"]
    assert [number.text for number in group_numbers([doubtful, line_at("3", y=100)], OPTIONS)] == ["3"]


def test_boxes_are_scaled_back_to_the_picture() -> None:
    (number,) = group_numbers([line_at("47", y=20)], NumberOptions(OPTIONS.thresholds, scale=0.5))

    assert number.box == Box(0, 40, 200, 120)


def test_alternatives_are_the_three_likeliest_other_digits() -> None:
    probabilities = certain(4, 0.9)
    probabilities[[9, 7, 1, 3]] = 0.04, 0.03, 0.02, 0.00001
    (number,) = group_numbers([recognized([character((0, 0, 40, 60), probabilities)], 60.0)], OPTIONS)

    assert [other.text for other in number.digits[0].alternatives] == ["9", "7", "1"]


def test_a_pictures_only_digit_is_read_however_unlikely_it_is() -> None:
    line = line_at("4", probability=0.2)
    (number,) = single_digit_number([line], OPTIONS)

    assert (number.text, number.accepted, number.confidence) == ("4", False, pytest.approx(0.2))
    assert group_numbers([line], OPTIONS) == ()
    assert single_digit_number([], OPTIONS) == ()
