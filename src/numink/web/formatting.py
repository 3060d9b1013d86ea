"""Confidences, numbers and moments as people write them, in the language of the request; English outside of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton

from .i18n import locale, localised, text


def percent(confidence: float) -> str:
    """Never 100 %, which nobody can promise.

    >>> percent(0.99999), percent(0.873)
    ('over 99.9 %', '87 %')
    """
    if confidence > 0.999:
        return text("over 99.9 %")
    if confidence < 0.001:
        return text("under 0.1 %")
    return share(confidence, 1 if confidence >= 0.99 or confidence < 0.01 else 0)


def share(value: float, digits: int = 0) -> str:
    """In per cent.

    >>> share(0.125, 1)
    '12.5 %'
    """
    return f"{number(value * 100, digits)} %"


def number(value: float, digits: int = 0) -> str:
    """With so many digits behind the point.

    >>> number(1234.5, 2)
    '1,234.50'
    """
    return localised(f"{value:,.{digits}f}")


def moment(iso: str) -> str:
    """A time of the store's.

    >>> moment("2026-11-23T20:15:00.123+00:00")
    '23 Nov 2026, 20:15 UTC'
    """
    when = datetime.fromisoformat(iso)
    return f"{format_skeleton('yMMMd', when, locale=locale())}, {when:%H:%M} UTC"


def day(iso: str) -> str:
    """A day of this year, short.

    >>> day("2026-11-03")
    '3 Nov'
    """
    return format_skeleton("MMMd", date.fromisoformat(iso), locale=locale())


def sentence(words: str) -> str:
    """With a capital and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


FILTERS: dict[str, Callable[..., Any]] = {
    "percent": percent, "share": share, "number": number, "moment": moment, "sentence": sentence, "translated": text,
}  # fmt: skip
"""For templates."""
