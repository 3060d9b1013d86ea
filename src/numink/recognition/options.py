"""Options of a reading that say how numbers are written and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from .number_grammar import DecimalSign


@dataclass(frozen=True)
class ReadOptions:
    """How numbers are written on the page, and what of it is answered; the defaults assume nothing."""

    decimal: DecimalSign | None = None
    """The decimal sign; None where it is not known."""
    day_first: bool | None = None
    """Whether dates name the day before the month; None where it is not known."""
    digits_only: bool = False
    """Whether signs are left out of the answer."""
    words: bool = False
    """Whether words are answered, too."""
    letters: bool = False
    """Whether a picture of exactly one character may hold a letter."""
