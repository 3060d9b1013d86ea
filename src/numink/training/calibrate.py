"""Probabilities that mean what they say: the temperature and the acceptance threshold, fitted on validation data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PROMISE = 1 / 1000
"""At most this share of the accepted digits may be wrong."""


def probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Softmax of `logits` (N, C) at `temperature`."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    powers = np.exp(scaled)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature with the least log loss (Guo et al. 2017), by a search over 0.2..5."""

    def loss(temperature: float) -> float:
        chosen = probabilities(logits, temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    low, high = np.log(0.2), np.log(5.0)
    for _ in range(3):
        grid = np.linspace(low, high, 15)
        best = int(np.argmin([loss(float(np.exp(point))) for point in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return round(float(np.exp((low + high) / 2)), 4)


def fit_sure(
    quick: NDArray[np.float64], together: NDArray[np.float64], labels: NDArray[np.uint8], loss: float = 1.02
) -> float:
    """How sure the quick network must be to answer alone, so that next to nothing is lost.

    `quick` and `together` are probabilities (N, 11). The lowest confidence above which no answer becomes wrong that the
    others give right, and the mean log loss grows by no more than the factor `loss`.
    """
    places = np.arange(len(labels))
    confidence = quick.max(axis=1)
    spoilt = (quick[:, :10].argmax(axis=1) != labels) & (together[:, :10].argmax(axis=1) == labels)
    theirs = -np.log(np.maximum(together[places, labels], 1e-12))
    own = -np.log(np.maximum(quick[places, labels], 1e-12))
    for sure in (0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995):
        alone = confidence >= sure
        if not (spoilt & alone).any() and np.where(alone, own, theirs).mean() <= loss * theirs.mean():
            return sure
    return 1.0


def fit_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], promise: float = PROMISE) -> float:
    """The lowest threshold above which at most `promise` of the answers are wrong.

    `confidence` (N,) and whether each answer was `right` (N,). One error is added to those seen (a Laplace
    correction), so that few validation glyphs give a careful threshold. Never below 0.5, at most 0.9999.
    """
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order]) + 1
    kept = (wrong <= np.maximum(promise * np.arange(1, len(order) + 1), 1)).nonzero()[0]
    kept = kept[wrong[kept] / (kept + 1) <= promise] if len(order) * promise >= 1 else kept
    if not len(kept):
        return 0.9999
    return float(np.clip(confidence[order][kept[-1]], 0.5, 0.9999))
