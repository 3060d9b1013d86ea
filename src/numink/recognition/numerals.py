"""Integers, decimals, percentages, amounts of money and fractions: from text to their readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .number_readings import DecimalSign, Reading

CURRENCY = r"(?:[$€£]|EUR|USD|GBP|CHF|Fr\.?)"
DECIMAL_SIGNS: dict[DecimalSign, str] = {"point": ".", "comma": ","}
MOST_DECIMALS_OF_MONEY = 2
"""Amounts of money have no more decimals: $1.234 is a thousand and more."""
LONGEST_ITEM_NUMBER = 2
"""A number of at most so many digits in brackets may be that of an item, (1) (2) (3), as well as a negative one."""

_NUMERAL = r"[0-9., ']*[0-9]"
_SIGNED = re.compile(r"([+-]?) ?(.+)")
_MONEY_BEFORE = re.compile(rf"([+-]?) ?{CURRENCY} ?([+-]?) ?({_NUMERAL})", re.IGNORECASE)
_MONEY_BEHIND = re.compile(rf"([+-]?)() ?({_NUMERAL}) ?{CURRENCY}", re.IGNORECASE)
_WHOLE_UNITS = re.compile(rf"(?:{CURRENCY} ?)?({_NUMERAL}) ?[.,] ?(?:-{{1,3}}|=)(?: ?{CURRENCY})?", re.IGNORECASE)
_DASH_BEHIND = re.compile(rf"({_NUMERAL})-")
_PERCENT = re.compile(rf"([+-]?) ?({_NUMERAL}) ?%")
_FRACTION = re.compile(r"([+-]?) ?(?:([0-9]{1,9}) )?([0-9]{1,9}) ?/ ?([0-9]{1,9})")
_DEGREES = re.compile(r"(.*[0-9]) ?°(?: ?[CF])?")


def numeral_readings(text: str) -> Iterator[Reading]:
    """Yield the readings of an unsigned number without a unit: digits, a decimal sign, and thousands in four manners.

    Thousands are parted by points, commas, blanks or apostrophes, by the same sign everywhere in a number.

    >>> [(reading.value, reading.decimal) for reading in numeral_readings("1.234")]
    [('1.234', 'point'), ('1234', 'comma')]
    """
    if re.fullmatch(r"[0-9]+", text):
        yield Reading("integer", _canonical(text))
        return
    for decimal, sign in DECIMAL_SIGNS.items():
        whole, found_sign, decimals = text.rpartition(sign)
        if not found_sign:
            whole, decimals = text, ""
        elif not re.fullmatch(r"[0-9]+", decimals):
            continue
        digits = _without_thousands(whole, {".", ",", " ", "'"} - {sign})
        if digits is None:
            continue
        # a sign that parts thousands says what the decimal sign is not; blanks and apostrophes say nothing of it
        presupposed = decimal if "." in text or "," in text else None
        if decimals:
            yield Reading("decimal", f"{_canonical(digits)}.{decimals}", presupposed)
        elif digits:
            yield Reading("integer", _canonical(digits), presupposed)
            if presupposed is None:
                return


def signed_readings(text: str) -> Iterator[Reading]:
    """Yield the readings of an integer or a decimal with or without a sign, brackets of accounting or degrees."""
    if degrees := _DEGREES.fullmatch(text):
        yield from signed_readings(degrees[1])
        return
    if text.startswith("#"):
        yield from numeral_readings(text[1:].lstrip())
        return
    inside = _in_brackets(text)
    if inside is not None:
        for reading in numeral_readings(inside):
            yield _signed(reading, "-")
            if inside.isdigit() and len(inside) <= LONGEST_ITEM_NUMBER:
                yield reading
        return
    match = _SIGNED.fullmatch(text)
    if match:
        yield from (_signed(reading, match[1]) for reading in numeral_readings(match[2]))


def percent_readings(text: str) -> Iterator[Reading]:
    """Yield the readings of a percentage; the value of 15.08 % is 15.08."""
    if match := _PERCENT.fullmatch(text):
        for reading in numeral_readings(match[2]):
            yield replace(_signed(reading, match[1]), kind="percent")


def money_readings(text: str) -> Iterator[Reading]:
    """Yield the readings of an amount of money: with a currency, or with the dash of whole units, as in 12,- and 12.--.

    A dash behind decimals, 12.50-, ends an amount on a cheque and makes it negative in accounting: two readings.
    """
    inside = _in_brackets(text)
    if inside is not None:
        yield from (_signed(reading, "-") for reading in money_readings(inside) if reading.value)
        return
    if match := _MONEY_BEFORE.fullmatch(text) or _MONEY_BEHIND.fullmatch(text):
        if not (match[1] and match[2]):
            yield from _amounts(match[3], match[1] or match[2])
    elif match := _WHOLE_UNITS.fullmatch(text):
        yield from (reading for reading in _amounts(match[1], "") if "." not in (reading.value or ""))
    elif match := _DASH_BEHIND.fullmatch(text):
        for reading in _amounts(match[1], ""):
            if "." in (reading.value or ""):
                yield from (reading, _signed(reading, "-"))


def fraction_readings(text: str) -> Iterator[Reading]:
    """Yield the reading of a fraction; its value is improper and not reduced: that of 1 1/2 is 3/2, of 12/50 12/50."""
    if match := _FRACTION.fullmatch(text):
        whole, numerator, denominator = int(match[2] or 0), int(match[3]), int(match[4])
        if denominator and (not match[2] or numerator < denominator):
            value = f"{whole * denominator + numerator}/{denominator}"
            yield _signed(Reading("fraction", value), match[1])


def _amounts(text: str, sign: str) -> Iterator[Reading]:
    for reading in numeral_readings(text):
        decimals = (reading.value or "").partition(".")[2]
        if len(decimals) <= MOST_DECIMALS_OF_MONEY:
            yield replace(_signed(reading, sign), kind="money")


def _without_thousands(whole: str, signs: set[str]) -> str | None:
    """Return the digits before the decimals, without the one of `signs` that parts their thousands; None if none."""
    used = set(re.findall(r"[^0-9]", whole))
    if not used:
        return whole
    if len(used) > 1 or not used <= signs:
        return None
    sign = re.escape(used.pop())
    return re.sub(sign, "", whole) if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+", whole) else None


def _canonical(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _signed(reading: Reading, sign: str) -> Reading:
    value = reading.value or ""
    is_zero = not re.search(r"[1-9]", value)
    return replace(reading, value=f"-{value}") if sign == "-" and not is_zero else reading


def _in_brackets(text: str) -> str | None:
    match = re.fullmatch(r"\( ?([^()]*[^() ]) ?\)", text)
    return match[1] if match else None
