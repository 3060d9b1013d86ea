"""Constraints: known facts about a number, such as its pattern, its check digit, its characters, or all valid ones.

Each is an automaton that the search walks along, so that of all strings that satisfy them the likeliest is taken. Where
none is plausible, none is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidConstraint
from .alphabet import CHARACTERS, COLUMNS, OTHER_MARK, to_columns
from .automaton import Automaton, CharacterSet, Intersection, Walker, columns_of, set_of
from .check_digits import CHECKS, CheckDigit
from .constrained_beam import AcceptedStrings
from .pattern import Pattern
from .valid_list import ValidList

__all__ = ["CHECKS", "Constraints", "parse_constraints", "read_valid_numbers"]


@dataclass(frozen=True)
class ConstraintParameters:
    """Parameters of the search for readings that satisfy constraints; all set by eye."""

    least_plausible: float = 2e-3
    """Where all readings that satisfy the constraints are together less likely than this, none is plausible."""


PARAMETERS = ConstraintParameters()
VALID_NUMBER_SEPARATORS = "\n,;"
"""What parts the numbers of a list."""


class Constraints:
    """Known facts about the numbers on a page; each number must satisfy all that are given.

    >>> six_digits = Constraints(pattern=r"\\d{6}")
    >>> six_digits.satisfied("123456"), six_digits.satisfied("1234567")
    (True, False)
    >>> Constraints(check="luhn").satisfied("79927398713")
    True
    >>> Constraints(among=["1250", "AB-7"]).satisfied("1260")
    False
    >>> Constraints(characters="0-9A-F").satisfied("7G")
    False
    """

    def __init__(
        self, pattern: str | None = None, check: str | None = None, among: Iterable[str] | None = None,
        characters: str | None = None,
    ) -> None:  # fmt: skip
        """Set the constraints; those that are None are not used.

        Args:
            pattern: A regular expression for the whole number, at most 200 characters. Spaces in it are skipped.
            check: The name of a check digit, one of `CHECKS` or such as 'iban:DE'.
            among: The valid numbers or codes, at most a million.
            characters: The set of characters: 'digits', 'letters', 'code' (digits and capital letters), or the
                characters themselves with ranges, such as '0-9A-F'.

        Raises:
            InvalidConstraint: The pattern is no regular expression, or one that takes too long; the check is unknown;
                the list is empty or has an entry that cannot be read; or the set is empty.
        """
        self._check = None if check is None else CheckDigit(check)
        self._among = None if among is None else ValidList(among)
        character_set = None if characters is None else CharacterSet(set_of(characters))
        parts = (None if pattern is None else Pattern(pattern), self._check, self._among, character_set)
        automata: list[Automaton] = [part for part in parts if part is not None]
        self._rules = [part for part in automata if part is not self._check and part is not self._among]
        self.walker = Walker(automata[0] if len(automata) == 1 else Intersection(tuple(automata)))
        """The states of all constraints together, for the search."""
        self.columns = [] if character_set is None else columns_of(character_set.mask)
        """The columns of the set of characters; none where there is no set."""

    def one_character(self) -> Constraints | None:
        """Return the constraint of exactly one character of the set `characters`; None where no set was given."""
        if not self.columns:
            return None
        return Constraints(pattern=f"[{re.escape(''.join(CHARACTERS[column] for column in self.columns))}]")

    def satisfied(self, text: str) -> bool:
        """Return whether a number satisfies all constraints.

        Args:
            text: The number as it is written; spaces in it are skipped.
        """
        text = "".join(text.split())
        if any(character not in COLUMNS for character in text) or OTHER_MARK in text:
            return False
        columns = to_columns(text)
        by_rules = all(Walker(automaton).accepts(columns) for automaton in self._rules)
        listed = self._among is None or text in self._among
        return by_rules and listed and (self._check is None or self._check.is_valid(text))

    def valid_strings(self, accepted: AcceptedStrings) -> AcceptedStrings:
        """Return those of the strings that the search accepted whose check digit python-stdnum accepts, too."""
        strings, total = accepted
        check = self._check
        if check is None:
            return accepted
        valid = {text: weight for text, weight in strings.items() if check.is_valid(text)}
        share = sum(valid.values()) / max(sum(strings.values()), 1e-300)
        return AcceptedStrings(valid, total * share)


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
    """Return the numbers and codes of a list, one a line or separated by commas; spaces in them are dropped."""
    return [cleaned for line in re.split(f"[{VALID_NUMBER_SEPARATORS}]", text) if (cleaned := re.sub(r"\s", "", line))]
