"""Readings: the values that a text can have, each with the habits of writing it presupposes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..results import NumberKind

DecimalSign = Literal["point", "comma"]
"""The sign between whole units and their decimals."""
DASHES = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{MINUS SIGN}"
APOSTROPHES = (
    "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`\N{ACUTE ACCENT}"
)
_PLAIN = str.maketrans(DASHES + APOSTROPHES, "-" * len(DASHES) + "'" * len(APOSTROPHES))


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that a text can have."""

    kind: NumberKind
    value: str | None
    decimal: DecimalSign | None = None
    """The decimal sign that this reading presupposes; None where it is the same with both."""
    day_first: bool | None = None
    """Whether this reading presupposes that the day stands before the month; None where it presupposes nothing."""


def plain_text(text: str) -> str:
    """Return a text with one kind of dash, of apostrophe and of blank, and no blanks around it.

    >>> plain_text("\N{EN DASH} 1\N{RIGHT SINGLE QUOTATION MARK}234\N{NO-BREAK SPACE}")
    "- 1'234"
    """
    return " ".join(text.translate(_PLAIN).split())


def consistent(readings: Iterable[Reading], decimal: DecimalSign | None, day_first: bool | None) -> Iterator[Reading]:
    """Yield the readings that agree with the decimal sign and the order of dates, where these are given."""
    for reading in readings:
        decimal_agrees = None in (decimal, reading.decimal) or reading.decimal == decimal
        order_agrees = None in (day_first, reading.day_first) or reading.day_first == day_first
        if decimal_agrees and order_agrees:
            yield reading
