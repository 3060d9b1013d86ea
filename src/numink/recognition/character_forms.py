"""Forms of characters that have one shape: a letter like a digit, a letter in either case, x as the times sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .alphabet import COLUMNS, DIGITS, LETTERS, look_alikes
from .types import CharacterHypothesis

ONE_SHAPE = frozenset("cosuvwxz")
"""Letters that have the same shape in both cases."""
TIMES = "×"
TIMES_SHAPES = "xX" + TIMES
"""Characters with the shape of the times sign."""


def as_digit(character: CharacterHypothesis) -> CharacterHypothesis:
    """Return a character as the digit that it looks like: digits get the probability of their look-alikes."""
    if character.probabilities is None:
        return character
    probabilities = np.zeros_like(character.probabilities)
    for digit in DIGITS:
        columns = [COLUMNS[alike] for alike in (digit, *look_alikes(digit))]
        probabilities[COLUMNS[digit]] = character.probabilities[columns].sum()
    return replace(character, probabilities=probabilities)


def in_case(character: CharacterHypothesis, *, small: bool) -> CharacterHypothesis:
    """Return a letter of one shape as a small or a capital letter, with the probability of both; others as they are."""
    if character.probabilities is None or character.text not in LETTERS or character.text.lower() not in ONE_SHAPE:
        return character
    chosen, rejected = (str.lower, str.upper) if small else (str.upper, str.lower)
    probabilities = character.probabilities.copy()
    probabilities[COLUMNS[chosen(character.text)]] += probabilities[COLUMNS[rejected(character.text)]]
    probabilities[COLUMNS[rejected(character.text)]] = 0.0
    return replace(character, probabilities=probabilities)


def as_times(character: CharacterHypothesis) -> CharacterHypothesis:
    """Return an x of either case as the times sign, with the probability of all three; other characters as they are."""
    if character.probabilities is None or character.text not in TIMES_SHAPES:
        return character
    columns = [COLUMNS[shape] for shape in TIMES_SHAPES]
    probabilities = character.probabilities.copy()
    total = probabilities[columns].sum()
    probabilities[columns] = 0.0
    probabilities[COLUMNS[TIMES]] = total
    return replace(character, probabilities=probabilities)
