"""Probabilities that mean what they say: the temperature and the acceptance threshold, fitted on validation data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..evaluation.calibration import calibration_error, probabilities, reliability
from ..recognition.acceptance import digit_confidence
from ..results import DIGIT_COUNT

NEARLY = 1.05
"""A temperature is as good as the best where its calibration error is at most so many times that one's."""
SURE = (0.7, 0.75, 0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.996)
"""What may be asked of the quick network's confidence."""
LOST = 0.004
"""Share of the digits that need not be accepted any more for the sake of speed."""
SUREST = 0.999999
PROMISE = 1 / 1000
"""At most this share of the accepted digits may be wrong."""


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature (Guo et al. 2017) with the least calibration error, by a search over 0.2..5.

    Not that with the least log loss: a few wrong labels among the validation digits cost log loss without bound, and
    make all answers less sure than they are right. Where many do nearly as well, the mildest (the nearest to 1).
    """
    right = logits[:, :DIGIT_COUNT].argmax(axis=1) == labels
    grid = np.exp(np.linspace(np.log(0.2), np.log(5.0), 81))
    errors = np.array([
        calibration_error(reliability(probabilities(logits, float(point))[:, :DIGIT_COUNT].max(axis=1), right))
        for point in grid
    ])  # fmt: skip
    good = grid[errors <= errors.min() * NEARLY + 1e-6]
    return round(float(good[np.abs(np.log(good)).argmin()]), 4)


def fit_sure(
    sure: NDArray[np.float64], quick: NDArray[np.float64], wider: NDArray[np.float64], labels: NDArray[np.uint8]
) -> float:
    """How sure the quick network must be to answer alone, so that nothing is lost by its answers.

    `sure` (N,) is how sure it is before calibration, `quick` and `wider` are probabilities (N, 11). The lowest bar at
    which no more answers are wrong than where the wider network gives all, and, at the threshold fitted for each, the
    share accepted is less by at most LOST.
    """
    best = _accepted(wider, labels)
    wrong = int((wider[:, :DIGIT_COUNT].argmax(axis=1) != labels).sum())
    for bar in SURE:
        both = np.where((sure >= bar)[:, None], quick, wider)
        if (both[:, :DIGIT_COUNT].argmax(axis=1) != labels).sum() <= wrong and _accepted(both, labels) >= best - LOST:
            return bar
    return 1.0


def _accepted(chances: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    """The share accepted at the threshold fitted for these very answers."""
    sure, threshold = _bar(chances, labels)
    return float((sure >= threshold).mean())


def fit_acceptance(chances: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    """The threshold of `acceptance.surety` for PROMISE to hold; `chances` (N, 11)."""
    return _bar(chances, labels)[1]


def _bar(chances: NDArray[np.float64], labels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], float]:
    """How sure each answer is, and from where on they are accepted."""
    digits = chances[:, :DIGIT_COUNT]
    sure = digit_confidence(digits.max(axis=1), digits.sum(axis=1))
    return sure, fit_threshold(sure, digits.argmax(axis=1) == labels)


def fit_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], promise: float = PROMISE) -> float:
    """The lowest threshold above which at most `promise` of the answers are wrong.

    `confidence` (N,) and whether each answer was `right` (N,). One error is added to those seen (a Laplace
    correction), so that few validation glyphs give a careful threshold. Never below 0.5, at most SUREST.
    """
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order]) + 1
    kept = (wrong <= np.maximum(promise * np.arange(1, len(order) + 1), 1)).nonzero()[0]
    kept = kept[wrong[kept] / (kept + 1) <= promise] if len(order) * promise >= 1 else kept
    if not len(kept):
        return SUREST
    return float(np.clip(confidence[order][kept[-1]], 0.5, SUREST))
