"""What a network looked at: how much less sure it is of a digit when a part of the glyph is hidden.

Occlusion (Zeiler and Fergus 2014): it asks the classifier only, so it holds for any model file. Knows glyphs, not
where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .digit_model import DigitClassifier

PATCH, STEP = 5, 2
"""Side of what is hidden at a time, and how far it moves, in pixels of the glyph."""


@dataclass(frozen=True)
class Explanation:
    """A `glyph` float32 (28, 28) as the network saw it, and how much each place counted for `digit`.

    `counts` float32 (28, 28): by how much the digit's probability falls where this place is hidden; below 0 where it
    rises, which is where ink speaks against the digit.
    """

    glyph: NDArray[np.float32]
    digit: int
    counts: NDArray[np.float32]


def explain(classifier: DigitClassifier, glyph: NDArray[np.float32], digit: int) -> Explanation:
    """Hides each part of `glyph` (28, 28) in turn. Raises ValueError where `digit` is not one of 0..9."""
    if digit not in range(10):
        raise ValueError(f"a digit is 0 to 9, not {digit}")
    side = len(glyph)
    starts = range(1 - PATCH // 2, side - PATCH // 2, STEP)
    hidden = np.repeat(glyph[None], len(starts) ** 2 + 1, axis=0)
    windows = [
        (slice(max(top, 0), top + PATCH), slice(max(left, 0), left + PATCH)) for top in starts for left in starts
    ]
    for at, (rows, columns) in enumerate(windows, 1):
        hidden[at, rows, columns] = 0
    chances = classifier.predict(hidden)[:, digit]
    counts, times = np.zeros_like(glyph), np.zeros_like(glyph)
    for (rows, columns), chance in zip(windows, chances[1:], strict=True):
        counts[rows, columns] += chances[0] - chance
        times[rows, columns] += 1
    return Explanation(glyph, digit, (counts / np.maximum(times, 1)).astype(np.float32))
