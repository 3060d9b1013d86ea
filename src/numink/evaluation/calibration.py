"""Probabilities from logits, and their reliability: equal-mass bins and the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
"""Bins of the calibration error, each with the same number of answers."""


def probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Softmax of `logits` (N, C) at `temperature`."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    powers = np.exp(scaled)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: how many, the mean confidence, the share that is right."""

    n: int
    confidence: float
    right: float


def reliability(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """BINS bins of equal mass, least confident first; fewer where there are fewer answers."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(right)))
    return tuple(Bin(len(part), float(confidence[part].mean()), float(right[part].mean())) for part in parts)


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean difference of confidence and share right (ECE, equal mass: Nixon et al. 2019)."""
    return sum(one.n * abs(one.confidence - one.right) for one in bins) / sum(one.n for one in bins)
