"""Emissions under constraints: what the characters that are likely at a frame count for, where only some are allowed.

Look-alikes are decided by place: where a character is refused but one that looks like it, or its other letter case, is
allowed, the probability of the one counts for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from .alphabet import BLANK, CHARACTERS, COLUMNS, LETTERS, look_alikes
from .types import Probabilities


@dataclass(frozen=True)
class EmissionParameters:
    """Parameters of emissions under constraints; set by eye."""

    look_alike_weight: float = 0.2
    """Share of a character's probability that counts for one that looks like it, where only that one is allowed."""


PARAMETERS = EmissionParameters()


@cache
def _counts_for(column: int) -> tuple[int, int, tuple[tuple[int, float], ...]]:
    """Return the mask of the character of `column`, that of its other case, and what else it may count for."""
    character = CHARACTERS[column]
    other_case = character.swapcase() if character in LETTERS else character
    similar = tuple((COLUMNS[other], PARAMETERS.look_alike_weight) for other in look_alikes(character))
    return 1 << column, COLUMNS[other_case], similar


class EmissionStep:
    """A frame, or a run of frames of nothing but the blank, with the characters that a state's columns make of it."""

    def __init__(self, blank: float, likely: Sequence[tuple[int, float]]) -> None:
        self.blank = blank
        self.likely = likely
        self._beginning: dict[int, dict[int, float]] = {}
        self._staying: dict[int, dict[int, float]] = {}

    def beginning(self, mask: int) -> dict[int, float]:
        """Return the probabilities that each allowed column begins here, with those of refused ones that count."""
        emissions = self._beginning.get(mask)
        if emissions is None:
            emissions = self._beginning[mask] = self._emissions(mask, None)
        return emissions

    def staying(self, mask: int) -> dict[int, float]:
        """Return the same of columns that go on: a look-alike counts in full, as it has paid for the first frame."""
        emissions = self._staying.get(mask)
        if emissions is None:
            emissions = self._staying[mask] = self._emissions(mask, 1.0)
        return emissions

    def _emissions(self, mask: int, weight: float | None) -> dict[int, float]:
        emissions: dict[int, float] = {}
        for column, probability in self.likely:
            for counted, share in _share(column, mask):
                emissions[counted] = emissions.get(counted, 0.0) + (weight or share) * probability
        return emissions


def _share(column: int, mask: int) -> Sequence[tuple[int, float]]:
    """Return the allowed columns for which the character of `column` counts, with their weights."""
    own, other_case, similar = _counts_for(column)
    if mask & own:
        return ((column, 1.0),)
    if mask >> other_case & 1:
        return ((other_case, 1.0),)
    return [(counted, weight) for counted, weight in similar if mask >> counted & 1]


def fold(probabilities: Probabilities) -> Probabilities:
    """Return `probabilities` (T, BLANK + 1) where each character's has those of its look-alikes and other case added.

    For alignment: the frames of a character are those at which it, or one that counted for it, is likely.
    """
    return probabilities @ _shares()


@cache
def _shares() -> Probabilities:
    """Return the share with which each column (row) counts for another (column), float64 (BLANK + 1, BLANK + 1)."""
    shares = np.eye(BLANK + 1)
    for column in range(BLANK):
        _, other_case, similar = _counts_for(column)
        shares[column, other_case] = 1
        for counted, weight in similar:
            shares[column, counted] = weight
    return shares
