"""What counts on a page once people have said what is not right."""

from __future__ import annotations

from typing import Any

from numink.corrections import CorrectedNumber, apply_corrections, corrected_text
from numink.results import Box, Digit, Number, Page
from numink.store.correction import Correction


def a_sheet(*lines: str, doubtful: str = "") -> Page:
    """Numbers of `lines`, each line 100 pixels high, each number 200 wide; the digits of `doubtful` are not sure."""
    numbers = []
    for row, line in enumerate(lines):
        for column, text in enumerate(line.split()):
            box = Box(200 * column, 100 * row + 10, 150, 60)
            digits = tuple(Digit(sign, 0.9, sign not in doubtful, box) for sign in text)
            sure = all(digit.accepted for digit in digits)
            numbers.append(Number(text, row + 1, 0.9, sure, box, digits))
    return Page(1000, 1000, tuple(numbers), "numink-1.0.0", 1.0)


def correction(**fields: Any) -> Correction:
    return Correction(**{"id": "a", "reading_id": "b", "created": "c", "page": 0, "number": None, "text": "", **fields})


def the(page: Page, *corrections: Correction) -> str:
    return corrected_text(apply_corrections(page, corrections))


def number(page: Page, place: int, *corrections: Correction) -> CorrectedNumber:
    return next(one for one in apply_corrections(page, corrections) if one.index == place)


def test_without_corrections_what_was_read_counts() -> None:
    page = a_sheet("12 34", "56")

    assert the(page) == page.text == "12 34\n56"
    assert not any(one.is_reviewed for one in apply_corrections(page, []))


def test_a_digit_is_corrected_in_its_number() -> None:
    assert the(a_sheet("12 34"), correction(number=1, digit=0, text="7")) == "12 74"


def test_what_is_not_a_digit_is_left_out_and_a_number_that_is_none_too() -> None:
    page = a_sheet("12 34", "56")

    assert the(page, correction(number=0, digit=1, text="")) == "1 34\n56"
    assert the(page, correction(number=2, text="")) == "12 34"


def test_the_last_that_was_said_of_a_place_counts() -> None:
    page = a_sheet("12")
    first, whole, last = (
        correction(number=0, digit=0, text="5"),
        correction(number=0, text="98"),
        correction(number=0, digit=1, text="7"),
    )

    assert the(page, first, whole) == "98"
    assert the(page, whole, last) == "97"
    assert the(page, first, whole, last) == "97"


def test_a_number_of_another_length_has_no_digits_of_before() -> None:
    page = a_sheet("12")
    longer = correction(number=0, text="123")

    assert not number(page, 0, longer).by_digit
    assert the(page, longer, correction(number=0, digit=0, text="9")) == "123"


def test_a_missed_number_stands_where_it_was_marked() -> None:
    page = a_sheet("12 34", "56")

    assert the(page, correction(box=Box(400, 20, 50, 50), text="8")) == "12 34 8\n56"
    assert the(page, correction(box=Box(160, 20, 30, 50), text="8")) == "12 8 34\n56"
    assert the(page, correction(box=Box(0, 90, 30, 10), text="8")) == "12 34\n8\n56"
    assert the(page, correction(box=Box(0, 500, 30, 30), text="8")) == "12 34\n56\n8"
    assert the(a_sheet(), correction(box=Box(0, 500, 30, 30), text="8")) == "8"


def test_a_missed_number_can_be_corrected_as_any_other() -> None:
    page = a_sheet("12")
    missed = correction(box=Box(500, 20, 50, 50), text="8")

    assert the(page, missed, correction(number=1, text="85")) == "12 85"
    assert the(page, missed, correction(number=1, text="")) == "12"
    assert number(page, 1, missed).read is None


def test_numbers_come_in_the_order_that_was_said_and_lines_keep_their_length() -> None:
    page = a_sheet("1 2", "3 4")

    assert the(page, correction(order=(0, 2, 1, 3))) == "1 3\n2 4"
    assert the(page, correction(order=(0, 2, 1, 3)), correction(order=(3, 2, 1, 0))) == "4 3\n2 1"


def test_one_that_was_missed_after_an_order_was_said_has_its_place_too() -> None:
    page = a_sheet("1 2")

    assert the(page, correction(order=(1, 0)), correction(box=Box(400, 20, 50, 50), text="8")) == "2 8 1"


def test_doubts_stay_open_digit_by_digit_until_all_is_said() -> None:
    page = a_sheet("123", doubtful="13")
    first, last = correction(number=0, digit=0, text="1"), correction(number=0, digit=2, text="5")

    assert number(page, 0).open_digits == [0, 2]
    assert number(page, 0, first).open_digits == [2]
    assert number(page, 0, first, last).open_digits == []
    assert number(page, 0, correction(number=0, text="123")).open_digits == []


def test_corrections_of_what_is_not_there_change_nothing() -> None:
    page = a_sheet("12")

    assert (
        the(
            page, correction(number=7, text="1"), correction(number=0, digit=9, text="1"), correction(text="whole page")
        )
        == "12"
    )
