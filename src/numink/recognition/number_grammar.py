"""The number grammar: the kind and the value of a number as people write it.

A text has readings, each of which presupposes a decimal sign, an order of day and month, or neither. Where readings
with different values remain the number is ambiguous and has no value; other numbers of the page, the language or the
caller may settle it.

Values by kind:

| kind | value | example |
|---|---|---|
| integer | canonical decimal string: zeros in front, which `text` has, are dropped | 007 -> 7, (250) -> -250 |
| decimal | decimal string with a point; all decimals that are written | 1.234,50 -> 1234.50 |
| percent | the number before the sign, not divided by 100 | 15.08% -> 15.08 |
| money | the amount without its currency | $78,787 -> 78787 |
| fraction | improper fraction, not reduced | 1 1/2 -> 3/2 |
| date | ISO date | 6.2.98 -> 1998-02-06 |
| time | ISO time, with seconds where they are written | 8:30 pm -> 20:30 |
| phone | digits, a plus sign in front, an extension behind an x | (800) 978-2174,x104 -> 8009782174x104 |
| code | letters and digits as they are written, without blanks | AB 123 -> AB123 |
| expression, word | none | 123 + 345 = ? |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..results import NumberKind
from .identifiers import code_readings, phone_readings
from .number_dates import date_readings, time_readings
from .number_readings import DecimalSign, Reading, consistent, plain_text
from .numerals import fraction_readings, money_readings, percent_readings, signed_readings

__all__ = ["DecimalSign", "ParsedNumber", "parse_number", "settle"]

LONGEST_NUMBER = 100
"""Longer texts are expressions: no number has so many characters."""

_RULES = (
    date_readings, phone_readings, signed_readings, percent_readings, money_readings, time_readings,
    fraction_readings, code_readings,
)  # fmt: skip
"""The kinds' rules in the order in which they are tried; the first with a reading decides."""


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """The kind and the value of a number."""

    kind: NumberKind
    value: str | None
    """Its value for a machine; None where it is ambiguous, an expression or a word."""
    ambiguous: bool = False
    """Whether it could have two values: 1.234 (decimal or thousands), 01/02/95 (day or month first)."""


def parse_number(text: str, decimal: DecimalSign | None = None, day_first: bool | None = None) -> ParsedNumber:
    """Return the kind and the value of a number.

    A decimal sign or an order of dates only decides between readings: 12,50 is 12.50 with every `decimal`, and 17/7/77
    has the day first with every `day_first`, since they have no other reading.

    Args:
        text: The number as it is written, with its signs.
        decimal: The decimal sign of the page; None where it is not known.
        day_first: Whether the day stands before the month in dates; None where it is not known.

    >>> parse_number("1.234,50")
    ParsedNumber(kind='decimal', value='1234.50', ambiguous=False)
    >>> parse_number("1.234").ambiguous, parse_number("1.234", decimal="comma").value
    (True, '1234')
    """
    readings = _readings(plain_text(text))
    if not readings:
        return ParsedNumber("expression" if re.search(r"[0-9]", text) else "word", None)
    remaining = list(consistent(readings, decimal, day_first)) or readings
    if len({reading.value for reading in remaining}) == 1:
        return ParsedNumber(remaining[0].kind, remaining[0].value)
    kinds = [reading.kind for reading in remaining]
    return ParsedNumber("decimal" if "decimal" in kinds else kinds[0], None, ambiguous=True)


def settle(
    texts: Sequence[str], decimal: DecimalSign | None = None, day_first: bool | None = None
) -> list[ParsedNumber]:
    """Return the kinds and the values of a page's numbers, which settle one another.

    12,50 says that the comma is the decimal sign of the page, and 17/7/77 that its dates have the day first. Numbers
    that contradict each other settle nothing.

    Args:
        texts: The numbers of one page, as they are written.
        decimal: The decimal sign, where it is known: it has precedence over the page's other numbers.
        day_first: Whether the day stands before the month, where it is known; with the same precedence.

    >>> [parsed.value for parsed in settle(["1.234", "12,50", "01/02/95", "17/7/77"])]
    ['1234', '12.50', '1995-02-01', '1977-07-17']
    """
    all_readings = [_readings(plain_text(text)) for text in texts]
    decimal_signs = {
        readings[0].decimal for readings in all_readings if len({reading.decimal for reading in readings}) == 1
    } - {None}
    orders = {
        readings[0].day_first for readings in all_readings if len({reading.day_first for reading in readings}) == 1
    } - {None}
    if decimal is None and len(decimal_signs) == 1:
        decimal = decimal_signs.pop()
    if day_first is None and len(orders) == 1:
        day_first = orders.pop()
    return [parse_number(text, decimal, day_first) for text in texts]


def _readings(text: str) -> list[Reading]:
    """Return the readings of a plain text, by the first kind that has any, or without a mark of the sentence's end."""
    if len(text) > LONGEST_NUMBER:
        return []
    for candidate in _without_sentence_end(text):
        for rule in _RULES:
            if readings := list(rule(candidate)):
                return readings
    return []


def _without_sentence_end(text: str) -> Iterator[str]:
    """Yield a text, then the text without the mark that ends it; 5! stays, since it may be a factorial."""
    yield text
    if re.search(r"[0-9%$€£)m][.,;:]$", text) or (text.endswith("!") and not text[:-1].isdigit()):
        yield text[:-1].rstrip()
