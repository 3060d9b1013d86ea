"""Jinja filters for confidences, numbers and dates in the language of the request; English outside of a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton

from .i18n import locale, localised, text


def percent(confidence: float) -> str:
    """Format a confidence in per cent, never as 100 %, since no reading is certain.

    >>> percent(0.99999), percent(0.873)
    ('over 99.9 %', '87 %')
    """
    if confidence > 0.999:
        return text("over 99.9 %")
    if confidence < 0.001:
        return text("under 0.1 %")
    return share(confidence, 1 if confidence >= 0.99 or confidence < 0.01 else 0)


def share(value: float, digits: int = 0) -> str:
    """Format a share in per cent.

    >>> share(0.125, 1)
    '12.5 %'
    """
    return f"{number(value * 100, digits)} %"


def number(value: float, digits: int = 0) -> str:
    """Format a number with `digits` digits after the decimal point.

    >>> number(1234.5, 2)
    '1,234.50'
    """
    return localised(f"{value:,.{digits}f}")


def moment(iso: str) -> str:
    """Format a date and time from the store.

    >>> moment("2026-11-23T20:15:00.123+00:00")
    '23 Nov 2026, 20:15 UTC'
    """
    when = datetime.fromisoformat(iso)
    return f"{format_skeleton('yMMMd', when, locale=locale())}, {when:%H:%M} UTC"


def day(iso: str) -> str:
    """Format a date without its year.

    >>> day("2026-11-03")
    '3 Nov'
    """
    return format_skeleton("MMMd", date.fromisoformat(iso), locale=locale())


def sentence(words: str) -> str:
    """Start a text with a capital letter and end it with a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


FILTERS: dict[str, Callable[..., Any]] = {
    "percent": percent, "share": share, "number": number, "moment": moment, "sentence": sentence, "translated": text,
}  # fmt: skip
"""Jinja filters by name."""
