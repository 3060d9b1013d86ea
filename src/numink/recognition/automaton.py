"""Automata over the line model's characters: which of them may follow, so that a string satisfies a constraint.

An automaton has several starts where the string's length must be guessed, as for a check digit whose weights count from
the right; each string is accepted from one start at most. Sets of columns are bit masks.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Protocol

from ..errors import InvalidConstraint
from .alphabet import CHARACTERS, COLUMNS, DIGITS, LETTERS, OTHER_MARK

State = Any
"""A state of an automaton: any hashable value."""
MOST_NODES = 20_000
"""States that are remembered from one line to the next."""


class Automaton(Protocol):
    """What a search needs to know of a constraint."""

    def starts(self) -> Sequence[State]:
        """Return the states before the first character."""

    def columns(self, state: State) -> int:
        """Return the mask of the columns that may follow."""

    def step(self, state: State, column: int) -> State | None:
        """Return the state after the character of `column`; None where it may not follow."""

    def accepts(self, state: State) -> bool:
        """Return whether the string may end here."""


def mask_of(characters: Iterable[str]) -> int:
    """Return the mask of the columns of `characters`; those that no column stands for have none."""
    return sum({1 << COLUMNS[character] for character in characters if character in COLUMNS})


def columns_of(mask: int) -> list[int]:
    """Return the columns of a mask, in ascending order."""
    return [column for column in range(len(CHARACTERS)) if mask >> column & 1]


ALL_COLUMNS = mask_of(CHARACTERS) & ~mask_of(OTHER_MARK)
"""All characters; no constraint allows an unknown mark."""
NAMED_SETS = {"digits": DIGITS, "letters": LETTERS, "code": DIGITS + LETTERS[:26]}
"""Sets of characters that have a name; a code has capital letters, and small ones count as theirs."""
RANGE = re.compile(r"(\S)-(\S)")
LONGEST_SET = 200
"""Characters of a set as it is written."""


def set_of(characters: str) -> int:
    """Return the mask of a set of characters: one of `NAMED_SETS`, or such as '0-9A-F'.

    A dash stands for itself at the start and the end of the set.

    >>> set_of("0-9") == set_of("digits")
    True

    Raises:
        InvalidConstraint: The set is empty, or has a character that is not read.
    """
    if characters in NAMED_SETS:
        return mask_of(NAMED_SETS[characters])
    if len(characters) > LONGEST_SET:
        raise InvalidConstraint("the set of characters is longer than {most}: use ranges", most=LONGEST_SET)
    expanded = RANGE.sub(lambda match: _range(*match.groups()), characters)
    mask = mask_of(expanded) & ALL_COLUMNS
    unread = [character for character in expanded if not character.isspace() and not mask_of(character) & mask]
    if not mask or unread:
        raise InvalidConstraint(
            "the set of characters '{characters}' cannot be used: give {named}, or characters and ranges such as "
            "0-9A-F",
            characters=characters,
            named=", ".join(NAMED_SETS),
        )
    return mask


def _range(first: str, last: str) -> str:
    """Return the characters of a range; of one that is too long to be read, as many as no set has."""
    return "".join(map(chr, range(ord(first), min(ord(last), ord(first) + len(COLUMNS)) + 1)))


@dataclass(frozen=True)
class CharacterSet:
    """Any string of characters of a set, at least one."""

    mask: int

    def starts(self) -> Sequence[State]:
        """Return the one state before the first character."""
        return (False,)

    def columns(self, state: State) -> int:  # noqa: ARG002
        """Return the whole set."""
        return self.mask

    def step(self, state: State, column: int) -> State | None:  # noqa: ARG002
        """Return the state after one more character."""
        return True if self.mask >> column & 1 else None

    def accepts(self, state: State) -> bool:
        """Return whether there was a character."""
        return bool(state)


@dataclass(frozen=True)
class Intersection:
    """The strings that all of several automata accept."""

    automata: tuple[Automaton, ...]

    def starts(self) -> Sequence[State]:
        """Return all combinations of the automata's starts."""
        return tuple(product(*(automaton.starts() for automaton in self.automata)))

    def columns(self, state: State) -> int:
        """Return the columns that may follow by all automata."""
        mask = ALL_COLUMNS
        for automaton, part in zip(self.automata, state, strict=True):
            mask &= automaton.columns(part)
        return mask

    def step(self, state: State, column: int) -> State | None:
        """Return the automata's next states; None where one of them refuses the character."""
        following = tuple(automaton.step(part, column) for automaton, part in zip(self.automata, state, strict=True))
        return None if None in following else following

    def accepts(self, state: State) -> bool:
        """Return whether all automata accept."""
        return all(automaton.accepts(part) for automaton, part in zip(self.automata, state, strict=True))


@dataclass(eq=False)
class Node:
    """A state that a search has come to, with what follows from it."""

    columns: int
    accepting: bool
    state: State
    following: dict[int, Node | None] = field(default_factory=dict)


class Walker:
    """The states of an automaton that searches have come to, each worked out once."""

    def __init__(self, automaton: Automaton) -> None:
        """Begin with no state.

        Args:
            automaton: The automaton to walk over.
        """
        self._automaton = automaton
        self._nodes: dict[Hashable, Node] = {}

    def starts(self) -> list[Node]:
        """Return the nodes before the first character."""
        if len(self._nodes) > MOST_NODES:
            self._nodes = {}
        return [self._node(state) for state in self._automaton.starts()]

    def step(self, node: Node, column: int) -> Node | None:
        """Return the node after the character of `column`; None where it may not follow."""
        try:
            return node.following[column]
        except KeyError:
            state = self._automaton.step(node.state, column)
            following = node.following[column] = None if state is None else self._node(state)
            return following

    def accepts(self, columns: Iterable[int]) -> bool:
        """Return whether the automaton accepts the string of these columns."""
        columns = list(columns)
        return any(self._accepts_from(state, columns) for state in self._automaton.starts())

    def _accepts_from(self, state: State, columns: Sequence[int]) -> bool:
        for column in columns:
            state = self._automaton.step(state, column)
            if state is None:
                return False
        return self._automaton.accepts(state)

    def _node(self, state: State) -> Node:
        node = self._nodes.get(state)
        if node is None:
            node = Node(self._automaton.columns(state), self._automaton.accepts(state), state)
            self._nodes[state] = node
        return node
