"""Probabilities from logits, and their reliability: equal-mass bins and the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..recognition.softmax import softmax

BINS = 15
"""Number of bins of the calibration error, each with the same number of answers."""


def probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Return the softmax of `logits` (N, C) at `temperature`, in double precision."""
    return softmax(logits.astype(np.float64), temperature)


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: their number, mean confidence, and the share that is right."""

    n: int
    confidence: float
    right: float


def reliability(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return BINS bins of equal mass, least confident first; fewer where there are fewer answers."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(right)))
    return tuple(Bin(len(part), float(confidence[part].mean()), float(right[part].mean())) for part in parts)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error (ECE) over bins of equal mass (Nixon et al. 2019)."""
    return sum(part.n * abs(part.confidence - part.right) for part in bins) / sum(part.n for part in bins)
