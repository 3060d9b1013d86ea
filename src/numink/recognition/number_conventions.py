"""Conventions of languages: the decimal sign and the order of dates, by Unicode's locale data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .number_readings import DecimalSign
from .numerals import DECIMAL_SIGNS


@dataclass(frozen=True)
class Conventions:
    """How numbers and dates are written in a language."""

    decimal: DecimalSign | None = None
    """The decimal sign; None where the language does not say."""
    day_first: bool | None = None
    """Whether the day stands before the month in dates; None where the language does not say."""


@cache
def language_defaults(language: str) -> Conventions:
    """Return the conventions of a language, or of none where it is not known.

    English without a country says nothing of dates: the day is first in Britain, the month in the United States.

    Args:
        language: A BCP 47 tag such as 'de', 'de-CH' or 'en-GB'.

    >>> language_defaults("de")
    Conventions(decimal='comma', day_first=True)
    >>> language_defaults("en").day_first is None
    True
    """
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - takes as long to load as a picture to read
    from babel.dates import get_date_format  # noqa: PLC0415
    from babel.numbers import get_decimal_symbol  # noqa: PLC0415

    try:
        locale = Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Conventions()
    symbol = get_decimal_symbol(locale)
    decimal = next((name for name, sign in DECIMAL_SIGNS.items() if sign == symbol), None)
    if locale.language == "en" and locale.territory is None:
        return Conventions(decimal)
    pattern = str(get_date_format("short", locale=locale).pattern)
    return Conventions(decimal, pattern.find("d") < pattern.find("M"))
