"""Patterns: regular expressions as automata, by Glushkov's construction with states made as they are needed.

Python's own parser reads the expression. Unlike matching by backtracking, a step takes the same short time whatever the
pattern; what no finite automaton can follow, such as back references, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from re import _parser as parser  # type: ignore[attr-defined] # the only door to the parsed expression
from typing import Any

from ..errors import InvalidConstraint
from .alphabet import CHARACTERS, COLUMNS, LETTERS
from .automaton import ALL_COLUMNS, State, mask_of

LONGEST_PATTERN = 200
MOST_POSITIONS = 400
"""Characters of a pattern once its repetitions are written out."""
MOST_PARTS = 10_000
"""The same, empty parts counted too."""
CHUNK_BITS = 12
CATEGORIES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
    "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
}  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """A part of a pattern: the positions with which its strings may begin and end, as bit masks."""

    nullable: bool
    first: int = 0
    last: int = 0

    def optional(self) -> _Part:
        return replace(self, nullable=True)


EMPTY = _Part(True)


class Pattern:
    """The strings that a regular expression matches as a whole.

    Spaces in it are skipped, since a line's text has none. Case counts, except after `(?i)`.
    """

    def __init__(self, pattern: str) -> None:
        """Build the automaton of `pattern`.

        Args:
            pattern: A regular expression of Python's syntax, at most 200 characters long.

        Raises:
            InvalidConstraint: It is no regular expression, or has what no automaton can follow, or is too large.
        """
        self.pattern = pattern
        tree = _parse(pattern)
        self._masks: list[int] = []  # the columns of each position
        self._follow: list[int] = []  # the positions that may follow each
        self._parts = 0
        whole = self._sequence(tree, bool(tree.state.flags & re.IGNORECASE))
        self._start, self._last = (whole.first, whole.nullable), whole.last
        self._classes = _classes(self._masks)
        self._chunks: dict[tuple[int, int], int] = {}

    def starts(self) -> Sequence[State]:
        """Return the state before the first character: the positions that may come next, and whether to accept."""
        return (self._start,)

    def columns(self, state: State) -> int:
        """Return the mask of the columns that may follow."""
        mask = 0
        for columns, positions in self._classes:
            if state[0] & positions:
                mask |= columns
        return mask

    def step(self, state: State, column: int) -> State | None:
        """Return the state after the character of `column`; None where it may not follow."""
        for columns, positions in self._classes:
            if columns >> column & 1:
                reached = state[0] & positions
                return (self._followers(reached), bool(reached & self._last)) if reached else None
        return None

    def accepts(self, state: State) -> bool:
        """Return whether the string may end here."""
        return bool(state[1])

    def _followers(self, reached: int) -> int:
        """Return the positions that may follow any of those `reached`, looked up for several positions at a time."""
        followers = start = 0
        while reached:
            chunk = reached & ((1 << CHUNK_BITS) - 1)
            if chunk:
                union = self._chunks.get((start, chunk))
                if union is None:
                    union = 0
                    for offset in range(chunk.bit_length()):
                        union |= self._follow[start + offset] if chunk >> offset & 1 else 0
                    self._chunks[start, chunk] = union
                followers |= union
            reached >>= CHUNK_BITS
            start += CHUNK_BITS
        return followers

    def _sequence(self, items: Iterable[tuple[Any, Any]], fold_case: bool) -> _Part:
        part = EMPTY
        for operator, argument in items:
            part = self._join(part, self._item(str(operator), argument, fold_case))
        return part

    def _item(self, operator: str, argument: Any, fold_case: bool) -> _Part:
        self._parts += 1
        self._check_size()
        if operator in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            return self._position(*_columns_of_item(operator, argument, self.pattern), fold_case)
        if operator == "SUBPATTERN":
            added, removed, items = argument[1:]
            fold_case = bool(added & re.IGNORECASE) or (fold_case and not removed & re.IGNORECASE)
            return self._sequence(items, fold_case)
        if operator == "BRANCH":
            choices = [self._sequence(items, fold_case) for items in argument[1]]
            first = last = 0
            for choice in choices:
                first, last = first | choice.first, last | choice.last
            return _Part(any(choice.nullable for choice in choices), first, last)
        if operator in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeat(argument, fold_case)
        if operator == "AT" and str(argument) in ("AT_BEGINNING", "AT_BEGINNING_STRING", "AT_END", "AT_END_STRING"):
            return EMPTY  # the pattern is one for the whole number anyway
        raise InvalidConstraint(
            "the pattern '{pattern}' refers to itself or looks ahead, which cannot be used while reading: "
            "write it without (?=...), (?!...), (?>...), \\b and \\1",
            pattern=self.pattern,
        )

    def _position(self, mask: int, skippable: bool, fold_case: bool) -> _Part:
        if fold_case:
            mask |= mask_of(letter.swapcase() for letter in LETTERS if mask & mask_of(letter))
        if not mask:
            return EMPTY if skippable else _Part(False)
        self._masks.append(mask)
        self._follow.append(0)
        here = 1 << (len(self._masks) - 1)
        return _Part(skippable, here, here)

    def _repeat(self, argument: tuple[int, Any, Any], fold_case: bool) -> _Part:
        least, most, items = argument
        endless = most == parser.MAXREPEAT
        part = EMPTY
        if not endless:
            for _ in range(most - least):  # from the right, so that only the last copy's end is gone through each time
                part = self._join(self._copy(items, fold_case), part).optional()
        elif not least:
            part = self._loop(self._copy(items, fold_case)).optional()
        for index in range(least):
            copy = self._copy(items, fold_case)
            part = self._join(self._loop(copy) if endless and not index else copy, part)
        return part

    def _copy(self, items: Any, fold_case: bool) -> _Part:
        self._parts += 1
        self._check_size()
        return self._sequence(items, fold_case)

    def _loop(self, part: _Part) -> _Part:
        self._connect(part.last, part.first)
        return part

    def _join(self, left: _Part, right: _Part) -> _Part:
        self._connect(left.last, right.first)
        first = left.first | right.first if left.nullable else left.first
        last = left.last | right.last if right.nullable else right.last
        return _Part(left.nullable and right.nullable, first, last)

    def _connect(self, last: int, first: int) -> None:
        while last and first:
            lowest = last & -last
            self._follow[lowest.bit_length() - 1] |= first
            last ^= lowest

    def _check_size(self) -> None:
        if len(self._masks) > MOST_POSITIONS or self._parts > MOST_PARTS:
            raise InvalidConstraint(
                "the pattern '{pattern}' allows numbers of too many characters: repeat at most {most} of them, "
                "as in \\d{{1,20}}, or use * for any number",
                pattern=self.pattern,
                most=MOST_POSITIONS,
            )


def _parse(pattern: str) -> Any:
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidConstraint(
            "the pattern is longer than {most} characters: a shorter one will do", most=LONGEST_PATTERN
        )
    try:
        return parser.parse(pattern, re.ASCII)
    except (re.error, ValueError, OverflowError, RecursionError) as error:  # ValueError: flags that exclude each other
        raise InvalidConstraint(
            "the pattern '{pattern}' is no regular expression ({why}): six digits are \\d{{6}}",
            pattern=pattern,
            why=error,
        ) from None


def _columns_of_item(operator: str, argument: Any, pattern: str) -> tuple[int, bool]:
    """Return the mask of a character class, and whether it may be a space, which is skipped."""
    if operator == "ANY":
        return ALL_COLUMNS, False
    if operator == "LITERAL":
        character = chr(argument)
        if character not in COLUMNS and not character.isspace():
            raise InvalidConstraint(
                "the pattern '{pattern}' asks for '{character}', which cannot be read: use letters A to Z, digits "
                "and signs",
                pattern=pattern,
                character=character if character.isprintable() else f"U+{argument:04X}",
            )
        return mask_of(character) & ALL_COLUMNS, character.isspace()
    if operator == "NOT_LITERAL":
        return ALL_COLUMNS & ~mask_of(chr(argument)), False
    negated = bool(argument) and str(argument[0][0]) == "NEGATE"
    mask, space = 0, False
    for kind, value in argument[negated:]:
        if str(kind) == "CATEGORY":
            category = re.compile(CATEGORIES[str(value)], re.ASCII)
            mask |= mask_of(character for character in CHARACTERS if category.match(character))
            space |= category.match(" ") is not None
        else:
            low, high = value if str(kind) == "RANGE" else (value, value)
            mask |= mask_of(character for character in CHARACTERS if low <= ord(character) <= high)
            space |= low <= ord(" ") <= high
    return (ALL_COLUMNS & ~mask, False) if negated else (mask & ALL_COLUMNS, space)


def _classes(masks: Sequence[int]) -> list[tuple[int, int]]:
    """Return the columns that no position tells apart, as masks, each with the positions that allow them."""
    by_positions: dict[int, int] = {}
    for column in range(len(CHARACTERS)):
        positions = sum(1 << index for index, mask in enumerate(masks) if mask >> column & 1)
        if positions:
            by_positions[positions] = by_positions.get(positions, 0) | 1 << column
    return [(columns, positions) for positions, columns in by_positions.items()]
