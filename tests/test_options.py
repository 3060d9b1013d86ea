"""Options of a reading: digits only, words, and conventions that settle a page's numbers."""

from __future__ import annotations

import pytest

from numink.recognition.options import ReadOptions, apply_options, digits_only
from numink.results import Alternative, Box, Digit, Number


def number(text: str, kind: str = "decimal", *alternatives: Alternative, refused: str = "") -> Number:
    """Return a number whose characters are 20 pixels wide; those in `refused` are not accepted."""
    characters = [character for character in text if character != " "]
    digits = tuple(
        Digit(character, 0.99, character not in refused, Box(25 * index, 10, 20, 30))
        for index, character in enumerate(characters)
    )
    box = Box.around([digit.box for digit in digits])
    return Number(text, 1, 0.95, True, box, digits, None, kind, None, False, alternatives)


@pytest.mark.parametrize(
    ("text", "kind", "digits", "value"),
    [
        ("24.15", "decimal", "2415", "2415"), ("-186", "integer", "186", "186"), ("0640", "integer", "0640", "640"),
        ("6/2/98", "date", "6298", "6298"), ("(212)753-8675", "phone", "2127538675", "2127538675"),
        ("1 234", "integer", "1234", "1234"), ("AB12", "code", "12", "12"),
    ],
)  # fmt: skip
def test_digits_only_leaves_out_signs_and_letters(text: str, kind: str, digits: str, value: str) -> None:
    (plain,) = digits_only(number(text, kind))

    assert (plain.text, plain.kind, plain.value, plain.ambiguous) == (digits, "integer", value, False)
    assert "".join(digit.text for digit in plain.digits) == digits


def test_digits_only_splits_an_expression_at_its_gaps() -> None:
    parts = digits_only(number("123 + 34.5 - 890 = @", "expression"))

    assert [part.text for part in parts] == ["123", "345", "890"]
    assert [part.box.x for part in parts] == [0, 100, 225]


def test_a_word_has_no_digits() -> None:
    assert digits_only(number("total", "word")) == ()


def test_the_box_is_that_of_the_digits() -> None:
    (plain,) = digits_only(number("-12", "integer"))

    assert plain.box == Box(25, 10, 45, 30)


def test_a_number_whose_digit_is_refused_is_not_accepted_and_a_sign_does_not_count() -> None:
    accepted = [digits_only(number(text, "decimal", refused=".9"))[0].accepted for text in ("2.5", "2.9")]

    assert accepted == [True, False]


def test_alternatives_lose_their_signs_and_are_counted_together() -> None:
    readings = (Alternative("24,15", 0.02), Alternative("24.75", 0.01), Alternative("24,75", 0.005))
    (plain,) = digits_only(number("24.15", "decimal", *readings))

    assert [alternative.text for alternative in plain.alternatives] == ["2475"]
    assert plain.alternatives[0].confidence == pytest.approx(0.015)


def test_the_numbers_of_a_page_get_kinds_and_values_and_settle_one_another() -> None:
    page = apply_options([number("1.234"), number("12,50"), number("17/7/77"), number("3/7/89")], ReadOptions())

    assert [(each.kind, each.value) for each in page] == [
        ("integer", "1234"), ("decimal", "12.50"), ("date", "1977-07-17"), ("date", "1989-07-03"),
    ]  # fmt: skip


def test_options_settle_before_the_page_does() -> None:
    options = ReadOptions(decimal="point", day_first=False)
    page = apply_options([number("1.234"), number("12,50"), number("3/7/89")], options)

    assert [each.value for each in page] == ["1.234", "12.50", "1989-03-07"]


def test_an_unsettled_number_is_ambiguous_and_has_no_value() -> None:
    (unsettled,) = apply_options([number("1.234")], ReadOptions())

    assert (unsettled.ambiguous, unsettled.value, unsettled.text) == (True, None, "1.234")


def test_words_are_answered_on_request_only() -> None:
    page = [number("total"), number("12")]

    assert [each.text for each in apply_options(page, ReadOptions())] == ["12"]
    assert [(each.text, each.kind) for each in apply_options(page, ReadOptions(words=True))] == [
        ("total", "word"), ("12", "integer"),
    ]  # fmt: skip
    assert [each.text for each in apply_options(page, ReadOptions(words=True, digits_only=True))] == ["12"]
