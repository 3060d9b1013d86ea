"""The number grammar: kinds and values of numbers as people write them, and their ambiguity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.recognition.alphabet import CHARACTERS, DIGITS, SIGNS
from numink.recognition.number_conventions import language_defaults
from numink.recognition.number_grammar import parse_number, settle

THOUSANDS = {"point": ",", "comma": ".", "blank": " ", "apostrophe": "'"}
"""The sign that parts thousands in each manner; the comma is the decimal sign only beside points."""


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0640", "integer", "640"), ("000", "integer", "0"), ("-186", "integer", "-186"),
        ("\u2013186", "integer", "-186"),
        ("\u2212 186", "integer", "-186"), ("+5", "integer", "5"), ("-0", "integer", "0"), ("#100", "integer", "100"),
        ("(250)", "integer", "-250"), ("7.", "integer", "7"), ("1 234 567", "integer", "1234567"),
        ("1\u2019234", "integer", "1234"), ("1.234.567", "integer", "1234567"), ("20\u00b0", "integer", "20"),
        ("24.15", "decimal", "24.15"), ("53,66", "decimal", "53.66"), (".5", "decimal", "0.5"),
        ("0,123", "decimal", "0.123"), ("12.50", "decimal", "12.50"), ("-3.75", "decimal", "-3.75"),
        ("1234.567", "decimal", "1234.567"), ("(1.234,50)", "decimal", "-1234.50"), ("37.5\u00b0C", "decimal", "37.5"),
        ("15.08%", "percent", "15.08"), ("15,08 %", "percent", "15.08"), ("-3%", "percent", "-3"),
        ("$100", "money", "100"), ("238$", "money", "238"), ("$78,787!", "money", "78787"), ("-\u20ac5", "money", "-5"),
        ("12,50 \u20ac", "money", "12.50"), ("\u00a33.99", "money", "3.99"), ("CHF 1'200.00", "money", "1200.00"),
        ("1.000,-", "money", "1000"), ("12.-", "money", "12"), ("12,-- EUR", "money", "12"), ("($5)", "money", "-5"),
        ("3/4", "fraction", "3/4"), ("1 1/2", "fraction", "3/2"), ("12/50", "fraction", "12/50"),
        ("94/623", "fraction", "94/623"), ("-1/3", "fraction", "-1/3"),
        ("17/7/77", "date", "1977-07-17"), ("8-16-88", "date", "1988-08-16"), ("04/13/69", "date", "1969-04-13"),
        ("6.2.98", "date", "1998-02-06"), ("6.2.1998", "date", "1998-02-06"), ("1998-02-06", "date", "1998-02-06"),
        ("5/5/94", "date", "1994-05-05"), ("29/2/96", "date", "1996-02-29"), ("3/23/92.", "date", "1992-03-23"),
        ("13.5.68", "date", "2068-05-13"), ("6. 2. 1998", "date", "1998-02-06"),
        ("8:30", "time", "08:30"), ("00:20", "time", "00:20"), ("8:30 pm", "time", "20:30"),
        ("12:05a.m.", "time", "00:05"), ("7:05:09", "time", "07:05:09"),
        ("(212) 753-8675", "phone", "2127538675"), ("(800) 978-2174,x104", "phone", "8009782174x104"),
        ("00-886-2-732-8457", "phone", "0088627328457"), ("987-3664", "phone", "9873664"),
        ("+49 (0) 711 12345-67", "phone", "+497111234567"), ("+4971112345", "phone", "+4971112345"),
        ("0711/12345", "phone", "071112345"), ("123 456 7890", "phone", "1234567890"),
        ("415.555.1234", "phone", "4155551234"), ("212-7538675", "phone", "2127538675"),
        ("AB123456", "code", "AB123456"), ("DE89 3704 0044", "code", "DE8937040044"), ("KP-807", "code", "KP-807"),
        ("41809-3527", "code", "41809-3527"),
    ],
)  # fmt: skip
def test_a_number_has_one_kind_and_one_value(text: str, kind: str, value: str) -> None:
    parsed = parse_number(text)

    assert (parsed.kind, parsed.value, parsed.ambiguous) == (kind, value, False)


@pytest.mark.parametrize(
    "text",
    [
        "31/14/90", "31.4.90", "29/2/95", "31-14-1990", "25:10", "8:61", "13:00 pm", "1/0", "20-37", "1995-1998",
        "123 + 345 = ?", "2-3+4!", "5!", "1,23,456", "12.34.5", "12.50.-5", "192.168.1.10", "3x4", "17)", "(23",
        "12\ufffd4", "12?", "6/2/9998", "--5", "01234 56789 01234 56789", "$5$", "9" * 101, "1/2 1/2",
    ],
)  # fmt: skip
def test_anything_else_with_digits_is_an_expression_without_a_value(text: str) -> None:
    parsed = parse_number(text)

    assert (parsed.kind, parsed.value, parsed.ambiguous) == ("expression", None, False)


@pytest.mark.parametrize("text", ["", "-", "abc", "$", "\u0664\u0662", "(.)"])
def test_a_text_without_digits_is_a_word(text: str) -> None:
    assert parse_number(text).kind == "word"


@pytest.mark.parametrize(
    ("text", "kind", "with_point", "with_comma"),
    [
        ("1.234", "decimal", "1.234", "1234"), ("1,234", "decimal", "1234", "1.234"),
        ("-1.234", "decimal", "-1.234", "-1234"),
        ("12.345%", "percent", "12.345", "12345"), ("(1.234)", "decimal", "-1.234", "-1234"),
    ],
)  # fmt: skip
def test_the_decimal_sign_settles_three_digits_behind_it(
    text: str, kind: str, with_point: str, with_comma: str
) -> None:
    parsed = parse_number(text)

    assert (parsed.kind, parsed.value, parsed.ambiguous) == (kind, None, True)
    assert parse_number(text, "point").value == with_point
    assert parse_number(text, "comma").value == with_comma


@pytest.mark.parametrize("text", ["01/02/95", "1-2-1995"])
def test_the_order_of_day_and_month_settles_a_date(text: str) -> None:
    parsed = parse_number(text)

    assert (parsed.kind, parsed.value, parsed.ambiguous) == ("date", None, True)
    assert parse_number(text, day_first=True).value == "1995-02-01"
    assert parse_number(text, day_first=False).value == "1995-01-02"


@pytest.mark.parametrize("text", ["(1)", "(12)", "12.50-", "12,50-"])
def test_an_item_number_or_an_accounting_sign_is_ambiguous_whatever_is_known(text: str) -> None:
    assert [parse_number(text, decimal, True).ambiguous for decimal in ("point", "comma")] == [True, True]


def test_a_number_with_one_reading_has_it_against_the_decimal_sign_too() -> None:
    assert parse_number("12,50", "point").value == "12.50"
    assert parse_number("17/7/77", day_first=False).value == "1977-07-17"
    assert parse_number("$1.234", "point").value == "1234"


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1.234", "12,50"], ["1234", "12.50"]), (["1.234", "0.5"], ["1.234", "0.5"]),
        (["1.234", "12,50", "12.50"], [None, "12.50", "12.50"]), (["1,234", "1.000.000"], ["1.234", "1000000"]),
        (["1,234", "$1,000,000"], ["1234", "1000000"]), (["1.234", "2.345", "17"], [None, None, "17"]),
        (["3/7/89", "17/7/77"], ["1989-07-03", "1977-07-17"]), (["3/7/89", "12/25/96"], ["1989-03-07", "1996-12-25"]),
        (["3/7/89", "17/7/77", "12/25/96"], [None, "1977-07-17", "1996-12-25"]),
        (["3/7/89", "5/5/94", "6.2.98"], [None, "1994-05-05", "1998-02-06"]), ([], []),
    ],
)  # fmt: skip
def test_the_numbers_of_a_page_settle_one_another(texts: list[str], values: list[str | None]) -> None:
    parsed = settle(texts)

    assert [number.value for number in parsed] == values
    assert [number.ambiguous for number in parsed] == [value is None for value in values]


def test_a_known_convention_has_precedence_over_the_page() -> None:
    assert settle(["1.234", "12,50"], decimal="point")[0].value == "1.234"
    assert settle(["3/7/89", "17/7/77"], day_first=False)[0].value == "1989-03-07"


@pytest.mark.parametrize(
    ("language", "decimal", "day_first"),
    [
        ("de", "comma", True), ("de-CH", "point", True), ("fr_FR", "comma", True), ("en-US", "point", False),
        ("en-GB", "point", True), ("en", "point", None), ("", None, None), ("xx", None, None), ("../..", None, None),
    ],
)  # fmt: skip
def test_a_language_has_conventions(language: str, decimal: str | None, day_first: bool | None) -> None:
    conventions = language_defaults(language)

    assert (conventions.decimal, conventions.day_first) == (decimal, day_first)


@given(
    st.text() | st.text(CHARACTERS + " "),
    st.sampled_from([None, "point", "comma"]),
    st.sampled_from([None, True, False]),
)
def test_any_text_has_a_kind(text: str, decimal: str | None, day_first: bool | None) -> None:
    parsed = parse_number(text, decimal, day_first)  # type: ignore[arg-type]

    assert (parsed.kind == "word") is not any(digit in text for digit in DIGITS)
    assert not (parsed.ambiguous and parsed.value is not None)


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(list(THOUSANDS)))
def test_a_value_written_in_any_manner_of_thousands_comes_back(value: Decimal, manner: str) -> None:
    sign = THOUSANDS[manner]
    decimal_sign = "," if manner == "comma" else "."
    written = f"{value:,.2f}".replace(",", "|").replace(".", decimal_sign).replace("|", sign)
    parsed = parse_number(written)

    assert (parsed.kind, parsed.ambiguous) == ("decimal", False)
    assert parsed.value is not None
    assert Decimal(parsed.value) == value


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_one_group_of_three_digits_is_ambiguous_until_the_decimal_sign_is_known(
    thousands: int, rest: int, sign: str
) -> None:
    text = f"{thousands}{sign}{rest:03}"
    values = {parse_number(text, "point").value, parse_number(text, "comma").value}

    assert parse_number(text).ambiguous
    assert values == {f"{thousands}{rest:03}", f"{thousands}.{rest:03}"}


@given(st.dates(date(1969, 1, 1), date(2068, 12, 31)), st.sampled_from("/-"), st.sampled_from(["%y", "%Y"]))
def test_a_date_is_ambiguous_iff_day_and_month_can_be_exchanged(day: date, separator: str, year: str) -> None:
    written = day.strftime(f"%d{separator}%m{separator}{year}")
    parsed = parse_number(written)

    assert parsed.ambiguous is (day.day <= 12 and day.day != day.month)
    assert parse_number(written, day_first=True).value == day.isoformat()


@given(st.text(DIGITS + SIGNS + " ", max_size=12))
def test_a_number_is_ambiguous_iff_two_conventions_or_two_readings_differ(text: str) -> None:
    by_convention = {
        parse_number(text, decimal, day_first).value for decimal in ("point", "comma") for day_first in (True, False)
    }
    parsed = parse_number(text)

    if parsed.ambiguous:
        assert len(by_convention) > 1 or by_convention == {None}
    else:
        assert by_convention == {parsed.value}
