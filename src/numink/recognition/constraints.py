"""What is known about a number beforehand: its pattern, its check digit, a list of valid ones; and what that gains.

The likeliest reading that satisfies all of it is taken, with its probability among those that do. Where nothing
plausible does, nothing is invented. Check digits are python-stdnum's. Knows probabilities of digits, not ink.
"""

from __future__ import annotations

import heapq
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

if TYPE_CHECKING:
    import regex

Floats = NDArray[np.float64]
CHECKS = {
    "luhn": "luhn", "verhoeff": "verhoeff", "damm": "damm", "isbn10": "isbn", "isbn13": "isbn", "ean8": "ean",
    "ean13": "ean", "mod97-10": "iso7064.mod_97_10", "mod11-10": "iso7064.mod_11_10", "mod11-2": "iso7064.mod_11_2",
}  # fmt: skip
"""Names of check digits and the modules of python-stdnum that know them; besides, 'iban:DE' with any country's letters,
which are not read, so that the number is what follows them."""
IBAN = re.compile(r"iban:([A-Z]{2})")
LENGTHS = {"isbn10": 10, "isbn13": 13, "ean8": 8, "ean13": 13}
LEAST_LENGTH = 2
"""A number of one digit has no check digit."""
TRIED = 4000
"""Readings that are looked at, the likeliest first."""
PLAUSIBLE = 1e-3
"""Where all readings that satisfy what is known are together less likely than this, none of them is plausible."""
PATIENCE = 0.1
"""Seconds that a pattern may take for one number: some take longer than the world has. regex has a limit, re none."""
LONGEST_PATTERN, MOST_CODES = 200, 1_000_000


@dataclass(frozen=True)
class Fitted:
    """The likeliest reading that satisfies what is known: its text, its probability among all that do, and for each
    of its digits what it may be among those (K, 10); how likely all that do are together, before that was known."""

    text: str
    probability: float
    before: float
    chances: Floats


class Constraints:
    """All that is known of the numbers on a page."""

    def __init__(
        self, pattern: str | None = None, check: str | None = None, among: Iterable[str] | None = None
    ) -> None:
        """`pattern`: a regular expression for the whole number; `check`: one of CHECKS; `among`: the valid numbers.

        Raises InvalidConstraint for a pattern that is none, a check that is not known, a list without a number.
        """
        self._pattern = _compiled(pattern)
        if check is not None and check not in CHECKS and not IBAN.fullmatch(check):
            raise InvalidConstraint(
                "there is no check digit '{check}'; there are: {known}, iban:DE", check=check, known=", ".join(CHECKS)
            )
        self._check = check
        self._among = None if among is None else _by_length(among)

    def satisfied(self, text: str) -> bool:
        """Whether a number is as it must be."""
        codes = None if self._among is None else self._among.get(len(text), np.empty((0, len(text)), np.uint8))
        return (codes is None or bool((codes == _digits(text)).all(axis=1).any())) and self._by_rule(text)

    def fit(self, chances: Floats) -> Fitted | None:
        """The likeliest reading of K digits with `chances` (K, 10), each row summing to 1.

        None where nothing plausible satisfies what is known. Probabilities are among the TRIED likeliest readings.
        """
        found = [(text, chance) for text, chance in self._readings(chances) if self._by_rule(text)]
        total = sum(chance for _, chance in found)
        if total < PLAUSIBLE:
            return None
        text, best = max(found, key=lambda one: one[1])
        marginal = np.zeros_like(chances)
        for other, chance in found:
            marginal[np.arange(len(other)), _digits(other)] += chance / total
        return Fitted(text, best / total, total, marginal)

    def _by_rule(self, text: str) -> bool:
        if self._pattern is not None and not self._matches(self._pattern, text):
            return False
        if self._check is None:
            return True
        if len(text) < LEAST_LENGTH or len(text) != LENGTHS.get(self._check, len(text)):
            return False
        country = IBAN.fullmatch(self._check)
        return bool(_module(CHECKS.get(self._check, "iban")).is_valid(f"{country[1] if country else ''}{text}"))

    @staticmethod
    def _matches(pattern: regex.Pattern[str], text: str) -> bool:
        try:
            return pattern.fullmatch(text, timeout=PATIENCE) is not None
        except TimeoutError:
            raise InvalidConstraint(
                "the pattern '{pattern}' takes too long to try: make it simpler", pattern=pattern.pattern
            ) from None

    def _readings(self, chances: Floats) -> Iterator[tuple[str, float]]:
        if self._among is None:
            yield from _likeliest(chances)
            return
        codes = self._among.get(len(chances))
        if codes is None:
            return
        logs = np.log(np.maximum(chances, 1e-12))
        scores = logs[np.arange(len(chances)), codes].sum(axis=1)
        for at in np.argsort(-scores)[:TRIED]:
            yield "".join(map(str, codes[at])), float(np.exp(scores[at]))


def parse_constraints(pattern: str | None, check: str | None, among: str | None) -> Constraints | None:
    """What a form's fields say, empty ones left out; None where they say nothing. Raises InvalidConstraint."""
    codes = parse_valid_numbers(among) if among and among.strip() else None
    if not pattern and not check and codes is None:
        return None
    return Constraints(pattern or None, check or None, codes)


def read_valid_numbers(path: Path) -> list[str]:
    """The numbers of a file, as `parse_valid_numbers` has them. Raises InvalidConstraint."""
    try:
        return parse_valid_numbers(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConstraint(
            "{file} cannot be read as a list of numbers ({why}): give a text file, one a line", file=path, why=error
        ) from None


def parse_valid_numbers(text: str) -> list[str]:
    """The numbers of a list, one a line or with commas between; blanks, dots and dashes within them are dropped."""
    return [cleaned for line in re.split(r"[\n,;]", text) if (cleaned := re.sub(r"[\s.\-]", "", line))]


@cache
def _module(name: str) -> ModuleType:
    """One of python-stdnum's, loaded where it is asked for: they take as long as a picture to read."""
    import stdnum  # noqa: PLC0415

    return import_module(f"{stdnum.__name__}.{name}")


def _compiled(pattern: str | None) -> regex.Pattern[str] | None:
    if pattern is None:
        return None
    import regex  # noqa: PLC0415 - as python-stdnum

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


def _by_length(codes: Iterable[str]) -> dict[int, NDArray[np.uint8]]:
    """Codes as arrays of digits (N, length)."""
    by: dict[int, list[str]] = {}
    for count, code in enumerate(codes, 1):
        if not (code.isascii() and code.isdigit()):
            raise InvalidConstraint(
                "the list has '{code}', which is not a number: give digits only, one number a line", code=code[:40]
            )
        if count > MOST_CODES:
            raise InvalidConstraint("the list has more than {most:,} numbers: split it", most=MOST_CODES)
        by.setdefault(len(code), []).append(code)
    if not by:
        raise InvalidConstraint("the list of valid numbers is empty: give one number a line")
    return {length: np.stack([_digits(code) for code in same]) for length, same in by.items()}


def _digits(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), np.uint8) - np.uint8(ord("0"))


def _likeliest(chances: Floats) -> Iterator[tuple[str, float]]:
    """Readings of `chances` (K, 10), the likeliest first, at most TRIED: each is followed by those with one digit
    replaced by its next likely one, at the place that was replaced last or after it, so that none comes twice."""
    order = np.argsort(-chances, axis=1)
    logs = np.log(np.maximum(np.take_along_axis(chances, order, axis=1), 1e-12))
    waiting = [(-float(logs[:, 0].sum()), (0,) * len(chances), 0)]
    for _ in range(TRIED):
        if not waiting:
            return
        cost, ranks, last = heapq.heappop(waiting)
        yield "".join(str(order[at, rank]) for at, rank in enumerate(ranks)), float(np.exp(-cost))
        for at in range(last, len(ranks)):
            if ranks[at] < 9:
                worse = cost + float(logs[at, ranks[at]] - logs[at, ranks[at] + 1])
                heapq.heappush(waiting, (worse, (*ranks[:at], ranks[at] + 1, *ranks[at + 1 :]), at))
