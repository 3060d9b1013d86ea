"""Constraints: known facts about a number, such as its pattern, its check digit or a list of valid ones.

Among the readings that satisfy them the likeliest is taken, with its probability among those. Where no plausible
reading satisfies them, none is invented. Check digits are python-stdnum's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidConstraint
from .n_best import likeliest_readings
from .types import Probabilities

if TYPE_CHECKING:
    import regex

CHECKS = {
    "luhn": "luhn", "verhoeff": "verhoeff", "damm": "damm", "isbn10": "isbn", "isbn13": "isbn", "ean8": "ean",
    "ean13": "ean", "mod97-10": "iso7064.mod_97_10", "mod11-10": "iso7064.mod_11_10", "mod11-2": "iso7064.mod_11_2",
}  # fmt: skip
"""Names of check digits and their modules in python-stdnum; besides, 'iban:DE' with the letters of any country, which
are not read: the number is the part after them."""
IBAN = re.compile(r"iban:([A-Z]{2})")
CHECKED_LENGTHS = {"isbn10": 10, "isbn13": 13, "ean8": 8, "ean13": 13}
"""Numbers of digits that a check demands."""
LEAST_CHECKED_LENGTH = 2
"""A number of one digit has no check digit."""
LONGEST_PATTERN, MOST_VALID_NUMBERS = 200, 1_000_000


@dataclass(frozen=True)
class ConstraintParameters:
    """Parameters of the search for readings that satisfy constraints; all set by eye."""

    most_readings: int = 4000
    """Readings that are tried, the likeliest first."""
    least_plausible: float = 1e-3
    """Where all readings that satisfy the constraints are together less likely than this, none is plausible."""
    pattern_timeout: float = 0.1
    """Seconds that a pattern may take for one number, since some would take hours. regex has such a limit, re none."""


PARAMETERS = ConstraintParameters()


@dataclass(frozen=True)
class ConstrainedReading:
    """The likeliest reading of a number that satisfies its constraints."""

    text: str
    probability: float
    """Its probability among all readings that satisfy the constraints."""
    prior: float
    """Probability, before the constraints were known, that the number satisfies them."""
    digit_probabilities: Probabilities
    """float64 (K, 10): probabilities of 0..9 for each digit among those readings; each row sums to 1."""


class Constraints:
    """Known facts about the numbers on a page; each number must satisfy all that are given.

    >>> six_digits = Constraints(pattern=r"\\d{6}")
    >>> six_digits.satisfied("123456"), six_digits.satisfied("1234567")
    (True, False)
    >>> Constraints(check="luhn").satisfied("79927398713")
    True
    >>> Constraints(among=["1250", "1310"]).satisfied("1260")
    False
    """

    def __init__(
        self, pattern: str | None = None, check: str | None = None, among: Iterable[str] | None = None,
        characters: str | None = None,
    ) -> None:  # fmt: skip
        """Set the constraints; those that are None are not used.

        Args:
            pattern: A regular expression for the whole number, at most 200 characters.
            check: The name of a check digit, one of `CHECKS` or such as 'iban:DE'.
            among: The valid numbers, digits only, at most a million.
            characters: The characters that occur.

        Raises:
            InvalidConstraint: The pattern is no regular expression, the check is unknown, or the list is empty or has
                an entry that is not a number.
        """
        self._pattern = _compiled(pattern)
        if check is not None and check not in CHECKS and not IBAN.fullmatch(check):
            raise InvalidConstraint(
                "there is no check digit '{check}'; there are: {known}, iban:DE", check=check, known=", ".join(CHECKS)
            )
        self._check = check
        self._among = None if among is None else _by_length(among)
        self._characters = characters

    def satisfied(self, text: str) -> bool:
        """Return whether a number satisfies all constraints.

        Args:
            text: The number, digits only.

        Raises:
            InvalidConstraint: The pattern takes too long.
        """
        valid = None if self._among is None else self._among.get(len(text), np.empty((0, len(text)), np.uint8))
        listed = valid is None or bool((valid == _to_digits(text)).all(axis=1).any())
        return listed and self._satisfies_rules(text)

    def most_likely_satisfying(self, probabilities: Probabilities) -> ConstrainedReading | None:
        """Return the likeliest reading that satisfies all constraints, or None where no plausible one does.

        Args:
            probabilities: float64 (K, 10), those of 0..9 for each of K digits; each row sums to 1.

        Raises:
            InvalidConstraint: The pattern takes too long.
        """
        readings = [reading for reading in self._candidates(probabilities) if self._satisfies_rules(reading[0])]
        total = sum(probability for _, probability in readings)
        if total < PARAMETERS.least_plausible:
            return None
        text, best = max(readings, key=lambda reading: reading[1])
        marginal = np.zeros_like(probabilities)
        for other, probability in readings:
            marginal[np.arange(len(other)), _to_digits(other)] += probability / total
        return ConstrainedReading(text, best / total, total, marginal)

    def _satisfies_rules(self, text: str) -> bool:
        """Return whether a number satisfies the pattern and the check digit."""
        if self._pattern is not None and not self._matches(self._pattern, text):
            return False
        if self._check is None:
            return True
        if len(text) < LEAST_CHECKED_LENGTH or len(text) != CHECKED_LENGTHS.get(self._check, len(text)):
            return False
        country = IBAN.fullmatch(self._check)
        module = _stdnum_module(CHECKS.get(self._check, "iban"))
        return bool(module.is_valid(f"{country[1] if country else ''}{text}"))

    @staticmethod
    def _matches(pattern: regex.Pattern[str], text: str) -> bool:
        try:
            return pattern.fullmatch(text, timeout=PARAMETERS.pattern_timeout) is not None
        except TimeoutError:
            raise InvalidConstraint(
                "the pattern '{pattern}' takes too long to try: make it simpler", pattern=pattern.pattern
            ) from None

    def _candidates(self, probabilities: Probabilities) -> Iterator[tuple[str, float]]:
        """Yield readings with their probabilities, the likeliest first, of the valid numbers where there is a list."""
        if self._among is None:
            yield from likeliest_readings(probabilities, PARAMETERS.most_readings)
            return
        valid = self._among.get(len(probabilities))
        if valid is None:
            return
        logs = np.log(np.maximum(probabilities, 1e-12))
        scores = logs[np.arange(len(probabilities)), valid].sum(axis=1)
        for index in np.argsort(-scores)[: PARAMETERS.most_readings]:
            yield "".join(map(str, valid[index])), float(np.exp(scores[index]))


def parse_constraints(
    pattern: str | None, check: str | None, among: str | None, characters: str | None = None
) -> Constraints | None:
    """Return the constraints of a form's fields; None where all are empty. Raises InvalidConstraint."""
    valid = parse_valid_numbers(among) if among and among.strip() else None
    if not pattern and not check and valid is None and not characters:
        return None
    return Constraints(pattern or None, check or None, valid, characters or None)


def read_valid_numbers(path: Path) -> list[str]:
    """Return the valid numbers of a text file, by `parse_valid_numbers`. Raises InvalidConstraint."""
    try:
        return parse_valid_numbers(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConstraint(
            "{file} cannot be read as a list of numbers ({why}): give a text file, one a line", file=path, why=error
        ) from None


def parse_valid_numbers(text: str) -> list[str]:
    """Return the numbers of a list, one a line or separated by commas; spaces, dots and dashes in them are dropped."""
    return [cleaned for line in re.split(r"[\n,;]", text) if (cleaned := re.sub(r"[\s.\-]", "", line))]


@cache
def _stdnum_module(name: str) -> ModuleType:
    """Load a module of python-stdnum on first use: that takes as long as reading a picture."""
    import stdnum  # noqa: PLC0415

    return import_module(f"{stdnum.__name__}.{name}")


def _compiled(pattern: str | None) -> regex.Pattern[str] | None:
    if pattern is None:
        return None
    import regex  # noqa: PLC0415 - slow to load, as python-stdnum is

    if len(pattern) > LONGEST_PATTERN:
        raise InvalidConstraint(
            "the pattern is longer than {most} characters: a shorter one will do", most=LONGEST_PATTERN
        )
    try:
        return regex.compile(pattern, regex.ASCII)
    except regex.error as error:
        raise InvalidConstraint(
            "the pattern '{pattern}' is no regular expression ({why}): six digits are \\d{{6}}",
            pattern=pattern,
            why=error,
        ) from None


def _by_length(numbers: Iterable[str]) -> dict[int, NDArray[np.uint8]]:
    """Return the numbers by length, as arrays of digits (N, length)."""
    by_length: dict[int, list[str]] = {}
    for count, number in enumerate(numbers, 1):
        if not (number.isascii() and number.isdigit()):
            raise InvalidConstraint(
                "the list has '{code}', which is not a number: give digits only, one number a line", code=number[:40]
            )
        if count > MOST_VALID_NUMBERS:
            raise InvalidConstraint("the list has more than {most:,} numbers: split it", most=MOST_VALID_NUMBERS)
        by_length.setdefault(len(number), []).append(number)
    if not by_length:
        raise InvalidConstraint("the list of valid numbers is empty: give one number a line")
    return {length: np.stack([_to_digits(number) for number in same]) for length, same in by_length.items()}


def _to_digits(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), np.uint8) - np.uint8(ord("0"))
