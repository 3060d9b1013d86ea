"""Check digits as automata: the search carries a number's checksum, so that the likeliest number that is right is seen.

Dashes may stand between characters. A number that the automaton accepts is valid only if python-stdnum agrees, which
knows more of it, such as the banks' own check digits in an IBAN.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..errors import InvalidConstraint
from .alphabet import CHARACTERS, COLUMNS
from .automaton import State, mask_of
from .checksums import CHECKSUMS, iban_checksum, iban_structure, stdnum_module

CHECKS = {
    "luhn": "luhn", "verhoeff": "verhoeff", "damm": "damm", "isbn10": "isbn", "isbn13": "isbn", "ean8": "ean",
    "ean13": "ean", "mod97-10": "iso7064.mod_97_10", "mod11-10": "iso7064.mod_11_10", "mod11-2": "iso7064.mod_11_2",
    "iban": "iban",
}  # fmt: skip
"""Names of check digits and their modules in python-stdnum; besides, 'iban:DE' for the IBANs of one country, whose
letters need not be written."""
IBAN = re.compile(r"iban(?::([A-Z]{2}))?")
CHECKED_LENGTHS = {"isbn10": 10, "isbn13": 13, "ean8": 8, "ean13": 13}
"""Numbers of digits that a check demands."""
LEAST_CHECKED_LENGTH = 2
"""A number of one digit has no check digit."""
SEPARATOR = "-"


class CheckDigit:
    """The numbers whose check digit is right.

    >>> CheckDigit("luhn").is_valid("7992-739871-3"), CheckDigit("iban:DE").is_valid("89370400440532013000")
    (True, True)
    """

    def __init__(self, name: str) -> None:
        """Choose a check digit.

        Args:
            name: One of `CHECKS`, or such as 'iban:DE'.

        Raises:
            InvalidConstraint: There is no such check digit.
        """
        self.name = name
        iban = IBAN.fullmatch(name)
        if name not in CHECKS and (not iban or not iban_structure(iban[1])):
            raise InvalidConstraint(
                "there is no check digit '{check}'; there are: {known}, iban:DE",
                check=name[:40],
                known=", ".join(CHECKS),
            )
        self._country = (iban[1] or "") if iban else ""
        self._checksum = iban_checksum(self._country) if iban else CHECKSUMS[name]()
        self._length = CHECKED_LENGTHS.get(name)

    def is_valid(self, text: str) -> bool:
        """Return whether python-stdnum finds a number valid."""
        number = text.replace(SEPARATOR, "")
        if len(number) < LEAST_CHECKED_LENGTH or len(number) != (self._length or len(number)):
            return False
        prefix = "" if number.startswith(self._country) else self._country
        module = stdnum_module("iban" if self.name.startswith("iban") else CHECKS[self.name])
        return bool(module.is_valid(prefix + number))

    def starts(self) -> Sequence[State]:
        """Return the states before the first character: of characters, whether one was a dash, and the checksum."""
        return tuple((0, True, value) for value in self._checksum.starts)

    def columns(self, state: State) -> int:
        """Return the mask of the columns that may follow."""
        count, after_separator, value = state
        following = "" if count == self._length else self._checksum.allowed(value)
        return _mask(following if after_separator else following + SEPARATOR)

    def step(self, state: State, column: int) -> State | None:
        """Return the state after the character of `column`; None where it may not follow."""
        count, _, value = state
        if not self.columns(state) >> column & 1:
            return None
        if column == COLUMNS[SEPARATOR]:
            return count, True, value
        following = self._checksum.step(value, CHARACTERS[column])
        return min(count + 1, self._length or LEAST_CHECKED_LENGTH), False, following

    def accepts(self, state: State) -> bool:
        """Return whether the number may end here."""
        count, after_separator, value = state
        enough = count == (self._length or LEAST_CHECKED_LENGTH)
        return enough and not after_separator and self._checksum.valid(value)


@cache
def _mask(characters: str) -> int:
    return mask_of(characters)
