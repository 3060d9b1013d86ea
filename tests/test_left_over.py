"""What is left over: textures, bars and remainders of print are no numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numink.recognition.acceptance import AcceptanceThresholds
from numink.recognition.alphabet import OTHER_MARK
from numink.recognition.line_place import LinePlace
from numink.recognition.number_grouping import NumberOptions, group_numbers
from numink.recognition.types import RecognizedLine
from numink.results import Cell
from recognition_examples import certain, character, recognized

OPTIONS = NumberOptions(AcceptanceThresholds(0.5, 0.5))


def line_at(text: str, y: int = 0, *, empty_probability: float = 0.0, cell: Cell | None = None) -> RecognizedLine:
    """A line of characters 40 wide and 60 high; lone digits have the line model's support."""
    characters = [character((60 * index, y, 40, 60), certain(sign, 0.999)) for index, sign in enumerate(text)]
    line = recognized(characters, 60.0, empty_probability=empty_probability, strings={text: 0.99})
    return replace(line, line=replace(line.line, place=LinePlace(cell=cell)))


def texts(lines: list[RecognizedLine], options: NumberOptions = OPTIONS) -> list[str]:
    return [number.text for number in group_numbers(lines, options).numbers]


@pytest.mark.parametrize("mark", [None, certain(OTHER_MARK)], ids=["unread", "other marks"])
@pytest.mark.parametrize(("count", "read"), [(1, True), (4, False)])
def test_a_line_of_components_that_are_mostly_unread_is_left_over(count: int, read: bool, mark: object) -> None:
    unread = [character((180 + 50 * index, 0, 40, 60), mark) for index in range(count)]  # type: ignore[arg-type]
    page = group_numbers([recognized([*line_at("12").best.read, *unread], 60.0)], OPTIONS)

    assert [number.text for number in page.numbers] == (["12"] if read else [])
    assert len(page.left_over) == count


def test_a_texture_empties_no_other_line() -> None:
    unread = [character((50 * index, 0, 40, 60), None) for index in range(40)]

    assert texts([recognized(unread, 60.0), line_at("4711", y=100)]) == ["4711"]


def test_a_page_of_hardly_more_than_bars_holds_no_ones() -> None:
    bars = [line_at("1", y=100 * index) for index in range(5)]
    page = group_numbers([*bars, line_at("5", y=600)], OPTIONS)

    assert [number.text for number in page.numbers] == ["5"]
    assert len(page.left_over) == 5


@pytest.mark.parametrize("answer", [["1", "1", "1"], ["1", "1", "2", "3"]])
def test_a_few_ones_are_numbers(answer: list[str]) -> None:
    assert texts([line_at(text, y=100 * index) for index, text in enumerate(answer)]) == answer


def test_a_lone_digit_beside_text_is_not_accepted() -> None:
    alone = [group_numbers([line_at("7")], replace(OPTIONS, beside_text=beside)).numbers[0] for beside in (False, True)]

    assert [number.accepted for number in alone] == [True, False]


@pytest.mark.parametrize(("words", "accepted"), [("ABCKA", False), ("ABC", True)])
def test_a_lone_digit_among_letters_is_not_accepted(words: str, accepted: bool) -> None:
    letters = [line_at(letter, y=100 * index) for index, letter in enumerate(words)]

    assert [number.accepted for number in group_numbers([*letters, line_at("8", y=900)], OPTIONS).numbers] == [accepted]


@pytest.mark.parametrize(("empty_cells", "expected"), [(1, ["2", "3", "4", "5", "1"]), (3, ["2", "3", "4", "5"])])
def test_a_bar_in_a_cell_is_a_one_where_nearly_all_cells_are_filled(empty_cells: int, expected: list[str]) -> None:
    digits = [line_at(str(digit), y=100 * digit, cell=Cell(1, digit, 1)) for digit in range(2, 6)]
    bars = [
        line_at("1", y=1000 + 100 * index, empty_probability=0.9, cell=Cell(1, 8 + index, 1))
        for index in range(empty_cells)
    ]

    assert texts([*digits, *bars]) == expected


def test_numbers_of_print_are_not_handwritten() -> None:
    written, printed = line_at("47"), line_at("11", y=100)
    printed = replace(printed, line=replace(printed.line, place=LinePlace(is_printed=True)))

    assert [number.handwritten for number in group_numbers([written, printed], OPTIONS).numbers] == [True, False]
