"""Dates and times: from text to their readings, checked with the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time

from .number_readings import Reading

EARLIEST_YEAR, LATEST_YEAR = 1600, 2199
"""Years of four digits beyond these are taken for something else than a year."""
PIVOT_YEAR = 69
"""Years of two digits from this one on are of the 20th century, those before it of the 21st, as POSIX has it."""

_YEAR_LAST = re.compile(r"([0-9]{1,2}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_TIME = re.compile(r"([0-9]{1,2}) ?: ?([0-9]{2})(?: ?: ?([0-9]{2}))?(?: ?([ap])\.? ?m\.?)?", re.IGNORECASE)
_HOURS_OF_HALF_A_DAY = 12


def date_readings(text: str) -> Iterator[Reading]:
    """Yield the readings of a date, whose values are ISO dates; none where the calendar has no such day.

    Dates with points have the day first. With slashes and dashes either may be first; with the year first the month
    follows it.

    >>> [(reading.value, reading.day_first) for reading in date_readings("1/2/95")]
    [('1995-02-01', True), ('1995-01-02', False)]
    """
    if match := _YEAR_FIRST.fullmatch(text):
        if (iso := _iso_date(match[1], match[3], match[4])) is not None:
            yield Reading("date", iso)
        return
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return
    first, separator, second, year = match.groups()
    by_order = {True: _iso_date(year, second, first), False: _iso_date(year, first, second)}
    if separator == "." or by_order[True] == by_order[False]:
        by_order = {True: by_order[True]}
    for day_first, iso in by_order.items():
        if iso is not None:
            yield Reading("date", iso, day_first=day_first if len(by_order) > 1 else None)


def time_readings(text: str) -> Iterator[Reading]:
    """Yield the reading of a time of day with colons; its value is an ISO time, 20:30 for 8:30 pm."""
    match = _TIME.fullmatch(text)
    if match is None:
        return
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= _HOURS_OF_HALF_A_DAY:
            return
        hour = hour % _HOURS_OF_HALF_A_DAY + (_HOURS_OF_HALF_A_DAY if match[4].lower() == "p" else 0)
    try:
        value = time(hour, minute, second)
    except ValueError:
        return
    yield Reading("time", value.isoformat("seconds" if match[3] else "minutes"))


def _iso_date(year: str, month: str, day: str) -> str | None:
    """Return an ISO date; None where there is no such day, or the year is not plausible."""
    full_year = int(year)
    if len(year) == len("95"):
        full_year += 1900 if full_year >= PIVOT_YEAR else 2000
    if not EARLIEST_YEAR <= full_year <= LATEST_YEAR:
        return None
    try:
        return date(full_year, int(month), int(day)).isoformat()
    except ValueError:
        return None
