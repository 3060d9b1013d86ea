"""The grammar of numbers: what kind of number a text is, and its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DecimalSign = Literal["point", "comma"]


@dataclass(frozen=True)
class ParsedNumber:
    """The kind of a number and its value."""

    kind: str
    value: str | None
    ambiguous: bool = False


def parse_number(text: str, decimal: DecimalSign | None = None, day_first: bool | None = None) -> ParsedNumber:
    """Return the kind of a number and its value."""
    del decimal, day_first
    return ParsedNumber("integer", text) if text.isdecimal() else ParsedNumber("expression", None)
