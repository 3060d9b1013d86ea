"""Corrections applied to the numbers of a page."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from numink.corrections import CorrectedNumber, apply_corrections, corrected_text
from numink.recognition.number_grammar import ParsedNumber
from numink.results import Box, Digit, Number, Page
from numink.store.correction import Correction


def page_with(*lines: str, doubtful: str = "") -> Page:
    """Return a page of `lines`, each 100 pixels high, each number 200 wide; digits in `doubtful` are not accepted."""
    numbers = []
    for row, line in enumerate(lines):
        for column, text in enumerate(line.split()):
            box = Box(200 * column, 100 * row + 10, 150, 60)
            digits = tuple(Digit(digit, 0.9, digit not in doubtful, box) for digit in text)
            accepted = all(digit.accepted for digit in digits)
            numbers.append(Number(text, row + 1, 0.9, accepted, box, digits))
    return Page(1000, 1000, tuple(numbers), "numink-1.0.0", 1.0)


def correction(**fields: Any) -> Correction:
    return Correction(**{"id": "a", "reading_id": "b", "created": "c", "page": 0, "number": None, "text": "", **fields})


def text_of(page: Page, *corrections: Correction) -> str:
    return corrected_text(apply_corrections(page, corrections))


def number(page: Page, index: int, *corrections: Correction) -> CorrectedNumber:
    return next(corrected for corrected in apply_corrections(page, corrections) if corrected.index == index)


def test_without_corrections_the_read_text_counts() -> None:
    page = page_with("12 34", "56")

    assert text_of(page) == page.text == "12 34\n56"
    assert not any(corrected.is_reviewed for corrected in apply_corrections(page, []))


def test_a_digit_is_corrected_in_its_number() -> None:
    assert text_of(page_with("12 34"), correction(number=1, digit=0, text="7")) == "12 74"


def test_an_empty_text_removes_a_digit_or_a_number() -> None:
    page = page_with("12 34", "56")

    assert text_of(page, correction(number=0, digit=1, text="")) == "1 34\n56"
    assert text_of(page, correction(number=2, text="")) == "12 34"


def test_the_last_correction_counts() -> None:
    page = page_with("12")
    first, whole, last = (
        correction(number=0, digit=0, text="5"),
        correction(number=0, text="98"),
        correction(number=0, digit=1, text="7"),
    )

    assert text_of(page, first, whole) == "98"
    assert text_of(page, whole, last) == "97"
    assert text_of(page, first, whole, last) == "97"


def test_a_number_of_another_length_loses_its_read_digits() -> None:
    page = page_with("12")
    longer = correction(number=0, text="123")

    assert not number(page, 0, longer).by_digit
    assert text_of(page, longer, correction(number=0, digit=0, text="9")) == "123"


def test_a_missed_number_is_inserted_at_its_box() -> None:
    page = page_with("12 34", "56")

    assert text_of(page, correction(box=Box(400, 20, 50, 50), text="8")) == "12 34 8\n56"
    assert text_of(page, correction(box=Box(160, 20, 30, 50), text="8")) == "12 8 34\n56"
    assert text_of(page, correction(box=Box(0, 90, 30, 10), text="8")) == "12 34\n8\n56"
    assert text_of(page, correction(box=Box(0, 500, 30, 30), text="8")) == "12 34\n56\n8"
    assert text_of(page_with(), correction(box=Box(0, 500, 30, 30), text="8")) == "8"


def test_a_missed_number_can_be_corrected_like_any_other() -> None:
    page = page_with("12")
    missed = correction(box=Box(500, 20, 50, 50), text="8")

    assert text_of(page, missed, correction(number=1, text="85")) == "12 85"
    assert text_of(page, missed, correction(number=1, text="")) == "12"
    assert number(page, 1, missed).read is None


def test_numbers_are_reordered_and_lines_keep_their_length() -> None:
    page = page_with("1 2", "3 4")

    assert text_of(page, correction(order=(0, 2, 1, 3))) == "1 3\n2 4"
    assert text_of(page, correction(order=(0, 2, 1, 3)), correction(order=(3, 2, 1, 0))) == "4 3\n2 1"


def test_a_number_missed_after_a_reordering_is_inserted_at_its_box() -> None:
    page = page_with("1 2")

    assert text_of(page, correction(order=(1, 0)), correction(box=Box(400, 20, 50, 50), text="8")) == "2 8 1"


def test_a_doubtful_digit_is_open_until_it_or_its_number_is_corrected() -> None:
    page = page_with("123", doubtful="13")
    first, last = correction(number=0, digit=0, text="1"), correction(number=0, digit=2, text="5")

    assert number(page, 0).open_digits == [0, 2]
    assert number(page, 0, first).open_digits == [2]
    assert number(page, 0, first, last).open_digits == []
    assert number(page, 0, correction(number=0, text="123")).open_digits == []


def test_corrections_of_missing_numbers_and_digits_change_nothing() -> None:
    page = page_with("12")

    assert (
        text_of(
            page, correction(number=7, text="1"), correction(number=0, digit=9, text="1"), correction(text="whole page")
        )
        == "12"
    )


def test_a_sign_is_corrected_as_a_digit_is() -> None:
    page = page_with("-24.15")

    assert text_of(page, correction(number=0, digit=3, text=",")) == "-24,15"
    assert text_of(page, correction(number=0, digit=0, text="")) == "24.15"
    assert number(page, 0, correction(number=0, text="-24,15")).by_digit


def test_the_space_in_a_number_stays_where_a_digit_is_corrected() -> None:
    (read,) = page_with("1234").numbers
    page = replace(page_with(), numbers=(replace(read, text="1 234"),))

    assert text_of(page, correction(number=0, digit=1, text="7")) == "1 734"
    assert text_of(page, correction(number=0, digit=0, text="")) == "234"
    assert number(page, 0, correction(number=0, text="1 734")).digit_texts == ("1", "7", "3", "4")


def test_kind_and_value_are_those_that_were_read_until_the_text_changes() -> None:
    (read,) = page_with("1.234").numbers
    page = replace(page_with(), numbers=(replace(read, kind="decimal", value="1.234"),))

    assert number(page, 0).parsed == ParsedNumber("decimal", "1.234")
    assert number(page, 0, correction(number=0, text="1.234")).parsed == ParsedNumber("decimal", "1.234")
    assert number(page, 0, correction(number=0, text="1234")).parsed == ParsedNumber("integer", "1234")


def test_a_number_that_is_doubtful_as_a_whole_is_open_until_it_is_corrected_as_a_whole() -> None:
    (read,) = page_with("12").numbers
    page = replace(page_with(), numbers=(replace(read, accepted=False),))

    assert number(page, 0).needs_whole
    assert number(page, 0, correction(number=0, digit=0, text="1")).needs_review
    assert not number(page, 0, correction(number=0, text="12")).needs_review
    assert not number(page_with("12"), 0).needs_review
    assert number(page_with("12", doubtful="2"), 0).needs_review


def corrections_without_end(kind: str, count: int) -> list[Correction]:
    order = tuple(reversed(range(1000)))
    return [
        {
            "digits": correction(number=index % 1000, digit=0, text="7"),
            "numbers": correction(number=index % 1000, text="7"),
            "orders": correction(order=order),
            "missed": correction(text="7", box=Box(index % 90 * 10, 999 - index, 9, 1)),
        }[kind]
        for index in range(count)
    ]


@pytest.mark.parametrize("kind", ["digits", "numbers", "orders", "missed"])
def test_a_thousand_corrections_of_a_page_of_a_thousand_numbers_take_a_second(kind: str) -> None:
    page = page_with(*["12 " * 10] * 100)
    corrections = corrections_without_end(kind, 1000)
    started = time.process_time()
    corrected = apply_corrections(page, corrections)

    assert time.process_time() - started < 2.0  # half of it where no other program runs
    assert len(corrected) == (2000 if kind == "missed" else 1000)


def test_corrections_of_numbers_take_time_that_grows_with_their_count_only() -> None:
    page = page_with(*["12 " * 10] * 100)
    started = time.process_time()
    corrected = apply_corrections(page, corrections_without_end("numbers", 20_000))

    assert time.process_time() - started < 2.0
    assert {number.text for number in corrected} == {"7"}
