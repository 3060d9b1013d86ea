"""Occlusion maps: how much less likely a digit becomes when a part of its glyph is hidden (Zeiler and Fergus 2014).

They need the classifier's answers only, so they hold for any model file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT
from .digit_model import DigitClassifier


@dataclass(frozen=True)
class ExplanationParameters:
    """Parameters of occlusion maps, in pixels of the glyph; set by eye."""

    patch_side: int = 5
    """Side of the square that is hidden at a time."""
    step: int = 2
    """Distance from one square to the next."""


PARAMETERS = ExplanationParameters()


@dataclass(frozen=True)
class Explanation:
    """A glyph, a digit, and how much each pixel of the glyph counts for that digit."""

    glyph: NDArray[np.float32]
    """float32 (28, 28): the digit model's input."""
    digit: int
    counts: NDArray[np.float32]
    """float32 (28, 28): by how much the digit's probability falls where this pixel is hidden, in the mean over the
    squares that hide it; negative where it rises, since the foreground there speaks against the digit."""


def explain(classifier: DigitClassifier, glyph: NDArray[np.float32], digit: int) -> Explanation:
    """Return the occlusion map of `glyph` (28, 28) for `digit`. Raises ValueError where that is not one of 0..9."""
    if digit not in range(DIGIT_COUNT):
        raise ValueError(f"a digit is 0 to 9, not {digit}")
    side, patch = len(glyph), PARAMETERS.patch_side
    starts = range(1 - patch // 2, side - patch // 2, PARAMETERS.step)
    hidden = np.repeat(glyph[None], len(starts) ** 2 + 1, axis=0)
    windows = [
        (slice(max(top, 0), top + patch), slice(max(left, 0), left + patch)) for top in starts for left in starts
    ]
    for index, (rows, columns) in enumerate(windows, 1):
        hidden[index, rows, columns] = 0
    probabilities = classifier.predict(hidden)[:, digit]
    counts, times = np.zeros_like(glyph), np.zeros_like(glyph)
    for (rows, columns), probability in zip(windows, probabilities[1:], strict=True):
        counts[rows, columns] += probabilities[0] - probability
        times[rows, columns] += 1
    return Explanation(glyph, digit, (counts / np.maximum(times, 1)).astype(np.float32))
