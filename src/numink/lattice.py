"""Candidates and their probabilities -> the digit strings that explain a line best.

Every way to take a line's pieces as digits or as nothing is a path through a lattice; its weight is the product of
what the classifier says of each step (LeCun et al. 1998, graph transformer networks). Sums over all paths (forward
and backward) turn the weights into probabilities, so that a digit's confidence counts both doubts: whether this ink
is one digit, and which one. This file does not know pictures, boxes or glyphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 10
SKIP_MARK = 0.9
"""Weight of leaving out a mark, a piece too small for a digit."""
SKIP_PIECE = 0.05
"""Weight of leaving out a piece as large as a digit, besides what the classifier says against it: between digits there
is seldom anything else. Whether all of it is a word, and no number, is the page's to say (layout)."""


@dataclass(frozen=True)
class Step:
    """One step of a path: pieces `start` to `stop` taken together. `probabilities` float (11,), calibrated."""

    start: int
    stop: int
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Choice:
    """A step of the best path: which step, its digit or None where its ink is left out, and how likely that is.

    `digits` float (10,): the probability of each digit, summed over all ways to take the step's main piece; what is
    missing to 1 is the classifier's doubt that it is a digit at all.
    """

    step: int
    digit: int | None
    confidence: float
    digits: Floats


def best_path(steps: Sequence[Step], amounts: Sequence[float], marks: Sequence[bool]) -> list[Choice]:
    """The likeliest way to read a line, left to right.

    For each piece of the line `amounts` has its ink, and `marks` whether it is too small to be a digit. Every single
    piece must be among the `steps`.
    """
    pieces = len(amounts)
    if not pieces:
        return []
    read, skip = _weights(steps, marks)
    total = read + skip
    forward, backward = np.zeros(pieces + 1), np.zeros(pieces + 1)
    forward[0] = backward[pieces] = 1.0
    order = sorted(range(len(steps)), key=lambda at: steps[at].start)
    for at in order:
        forward[steps[at].stop] += forward[steps[at].start] * total[at]
    for at in reversed(order):
        backward[steps[at].start] += total[at] * backward[steps[at].stop]
    best, came = np.zeros(pieces + 1), np.full(pieces + 1, -1)
    best[0] = 1.0
    for at in order:
        weight = best[steps[at].start] * max(read[at], skip[at])
        if weight > best[steps[at].stop]:
            best[steps[at].stop], came[steps[at].stop] = weight, at
    path, place = [], pieces
    while place:
        path.append(int(came[place]))
        place = steps[path[-1]].start
    through = np.array([forward[step.start] * backward[step.stop] for step in steps]) / max(forward[-1], 1e-300)
    shares = [step.probabilities[:DIGITS] * total[at] * through[at] for at, step in enumerate(steps)]
    choices = []
    for at in reversed(path):
        step = steps[at]
        main = max(range(step.start, step.stop), key=lambda piece: amounts[piece])
        digits = np.sum([shares[o] for o, other in enumerate(steps) if other.start <= main < other.stop], axis=0)
        if skip[at] > read[at]:
            choices.append(Choice(at, None, 1 - float(digits.sum()), digits))
        else:
            digit = int(digits.argmax())
            choices.append(Choice(at, digit, float(digits[digit]), digits))
    return choices


def _weights(steps: Sequence[Step], marks: Sequence[bool]) -> tuple[Floats, Floats]:
    """How well each step is read as a digit, and how well its ink is left out (single pieces only)."""
    read, skip = np.zeros(len(steps)), np.zeros(len(steps))
    for at, step in enumerate(steps):
        against = float(step.probabilities[DIGITS])
        if step.stop - step.start > 1:
            read[at] = 1 - against
        elif marks[step.start]:
            read[at], skip[at] = 0.02 * (1 - against), SKIP_MARK
        else:
            read[at], skip[at] = 1 - against, SKIP_PIECE * against
    return np.maximum(read, 1e-9), skip
