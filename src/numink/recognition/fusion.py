"""What the line network and the classifier say of a line's digits -> how likely each reading of the line is.

Both look at the same ink in different ways: the one at the whole line, where a digit's neighbours show how it is
written, the other at each digit alone, cut out, as it knows a million others. Their answers are multiplied, each with
a weight (a product of experts: Hinton 2002). A line may be read with more or with fewer digits; for each count that the
line network holds possible there is one `Hypothesis`. Knows probabilities, not ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT
from .ctc import Spelling

Floats = NDArray[np.float64]
BY_GLYPH = 0.2
"""Weight of the classifier's answers against the line network's, in a line of several digits."""
ALONE = 1.0
"""The same for a digit alone on its line, which the classifier knows best."""
LEAST, LEAST_ALONE = 1e-3, 1e-6
"""No answer is taken as less likely than this by one of them; the second where a digit stands alone."""
DOUBT, DOUBT_ALONE = 0.05, 0.5
"""Weights of the classifier's 'this is not one digit': what is cut out of a line is often not quite one."""
DIGIT_AT_LEAST = 0.01
"""The classifier's doubt counts no more than this: of pieces cut out of a line it may be all too sure."""
POSSIBLE = 0.02
"""Counts of digits less likely than this are not looked at."""


@dataclass(frozen=True)
class Counted:
    """All spellings of one length: the likeliest of them, and how likely they are together."""

    text: str
    probability: float


def by_count(spellings: Sequence[Spelling]) -> list[Counted]:
    """The counts of digits that are possible, the likeliest first; no digits at all is not among them."""
    best: dict[int, Spelling] = {}
    total: dict[int, float] = {}
    for one in spellings:
        count = len(one.text)
        total[count] = total.get(count, 0.0) + one.probability
        if count not in best or one.probability > best[count].probability:
            best[count] = one
    kept = [Counted(best[count].text, sum_) for count, sum_ in total.items() if count and sum_ >= POSSIBLE]
    return sorted(kept, key=lambda one: -one.probability)


@dataclass(frozen=True)
class Judged:
    """`chances` (K, 10) of a line's digits, and how well all of them fit what both networks saw."""

    chances: Floats
    weight: float


def judged(line: Floats, glyph: NDArray[np.float32], probability: float) -> Judged:
    """What is likely of a line read with so many digits.

    `line` (K, 10) from the line network, `glyph` (K, 11) from the classifier, `probability` of that count. What is
    missing to 1 in a row of the chances is the doubt that there is a digit.
    """
    alone = len(line) == 1
    power, doubt, least = (ALONE, DOUBT_ALONE, LEAST_ALONE) if alone else (BY_GLYPH, DOUBT, LEAST)
    said = np.maximum(line, LEAST) / np.maximum(line, LEAST).sum(axis=1, keepdims=True)
    seen = np.maximum(glyph[:, :DIGIT_COUNT].astype(np.float64), least)
    weights = said * seen**power
    both = weights.sum(axis=1, keepdims=True)
    present = np.maximum(1 - glyph[:, DIGIT_COUNT].astype(np.float64), DIGIT_AT_LEAST) ** doubt
    if not alone:
        present = present * np.minimum(line.sum(axis=1), 1.0)
    return Judged(np.asarray(weights / both * present[:, None]), float(probability * both.prod()))
