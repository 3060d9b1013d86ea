"""Phone numbers and codes: from text to their readings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .number_readings import Reading

LEAST_PHONE_DIGITS, MOST_PHONE_DIGITS = 7, 15
"""Digits of a phone number without its extension; E.164 allows 15."""
LEAST_INTERNATIONAL_DIGITS = 10
"""A plus sign and so many digits, in groups of three or without a break, are a phone number; fewer an integer."""

_EXTENSION = re.compile(r"(.*[0-9]),? ?(?:x|ext\.?) ?([0-9]{1,6})", re.IGNORECASE)
_WITH_CODE = re.compile(r"(?:\+?[0-9]{1,3}[ -]?)?\([0-9]{2,5}\) ?[0-9]{2,}(?:[ -][0-9]{2,})*")
_INTERNATIONAL = re.compile(r"\+[0-9]{1,3}(?:[ /-]\(0\))?(?:[ /-][0-9]+)*|\+[0-9]{7,15}")
_TRUNK_PREFIX = re.compile(r"0[0-9]{1,4}[-/ ][0-9]{3,}(?:[ -][0-9]+)*|0[0-9](?: [0-9]{2}){4}")
_NORTH_AMERICAN = re.compile(r"[0-9]{3}-[0-9]{4}|[0-9]{3}-[0-9]{7}|(?:1[.])?[0-9]{3}[.][0-9]{3}[.][0-9]{4}")
_THOUSANDS = re.compile(r"\+?[1-9][0-9]{0,2}(?: [0-9]{3})*|\+[0-9]+")
_SEVERAL_BREAKS = re.compile(r"[0-9]+(?:-[0-9]+){2,}|[0-9]{2,}(?: [0-9]{2,})+")
_DATE_SHAPE = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{2}|[0-9]{4})")
"""A date that the calendar refuses is no phone number."""
_LONGEST_GROUP = 7
"""Digits of a phone number without a break in them, where it is written in groups without brackets or a plus sign."""
_POSTCODE_WITH_SUFFIX = re.compile(r"[0-9]{5}-[0-9]{4}")
_CODE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]+(?:[-./ ][A-Za-z0-9]+)*")
_PRODUCT = re.compile(r"[0-9]+(?: ?[xX] ?[0-9]+)+")


def phone_readings(text: str) -> Iterator[Reading]:
    """Yield the reading of a phone number; its value has the digits, with a plus sign and an extension behind an x.

    >>> [reading.value for reading in phone_readings("(800) 978-2174,x104")]
    ['8009782174x104']
    """
    extension = _EXTENSION.fullmatch(text)
    main = extension[1] if extension else text
    # the 0 in brackets of +49 (0) 711 is dialled within the country only
    digits = re.sub(r"[^0-9]", "", main.replace("(0)", "") if main.startswith("+") else main)
    if LEAST_PHONE_DIGITS <= len(digits) <= MOST_PHONE_DIGITS and _is_phone(main, len(digits)):
        behind = f"x{extension[2]}" if extension else ""
        yield Reading("phone", f"{'+' if main.startswith('+') else ''}{digits}{behind}")


def code_readings(text: str) -> Iterator[Reading]:
    """Yield the reading of a code of letters and digits, or of a US postcode with its suffix; its value has no blanks.

    Letter case is left as it is written. Dimensions such as 3x4 are no code.
    """
    is_mixed = _CODE.fullmatch(text) and re.search(r"[0-9]", text) and not _PRODUCT.fullmatch(text)
    if is_mixed or _POSTCODE_WITH_SUFFIX.fullmatch(text):
        yield Reading("code", text.replace(" ", ""))


def _is_phone(main: str, digit_count: int) -> bool:
    is_international = main.startswith("+")
    if _THOUSANDS.fullmatch(main) and not (is_international and digit_count >= LEAST_INTERNATIONAL_DIGITS):
        return False
    if any(pattern.fullmatch(main) for pattern in (_WITH_CODE, _INTERNATIONAL, _TRUNK_PREFIX, _NORTH_AMERICAN)):
        return True
    if _DATE_SHAPE.fullmatch(main) or not _SEVERAL_BREAKS.fullmatch(main):
        return False
    return max(map(len, re.split(r"[ -]", main))) <= _LONGEST_GROUP
