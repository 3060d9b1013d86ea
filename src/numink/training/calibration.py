"""Calibration of a digit network on held-out glyphs: temperature, stage-one threshold, acceptance threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evaluation.calibration import calibration_error, probabilities, reliability
from ..recognition.acceptance import digit_confidence
from ..results import DIGIT_COUNT


@dataclass(frozen=True)
class CalibrationParameters:
    """Tuned constants of the calibration; experiments are in docs/log.md."""

    temperature_slack: float = 1.05
    """A temperature is good enough up to this multiple of the least calibration error (criterion: E058)."""
    stage_one_thresholds: tuple[float, ...] = (
        0.7, 0.75, 0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.996,
    )  # fmt: skip
    """Candidates for the stage-one threshold, before calibration (E059, E097)."""
    lost_acceptance: float = 0.004
    """Share of the digits that may lose their acceptance for the sake of speed (E059)."""
    error_bound: float = 1 / 1000
    """Largest share of wrong digits among the accepted (required; fitted in E155 to E157)."""
    highest_threshold: float = 0.999999
    """Acceptance threshold where no threshold satisfies `error_bound`."""


CALIBRATION = CalibrationParameters()


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Return the temperature (Guo et al. 2017) in 0.2..5 with the least calibration error on `logits` (N, 11).

    The criterion is not the log loss: a few wrong labels among the validation digits raise it without bound and make
    all answers less confident than they are right. Among temperatures that are nearly as good, the one nearest to 1.
    """
    right = logits[:, :DIGIT_COUNT].argmax(axis=1) == labels
    grid = np.exp(np.linspace(np.log(0.2), np.log(5.0), 81))
    errors = np.array([
        calibration_error(reliability(probabilities(logits, float(point))[:, :DIGIT_COUNT].max(axis=1), right))
        for point in grid
    ])  # fmt: skip
    good = grid[errors <= errors.min() * CALIBRATION.temperature_slack + 1e-6]
    return round(float(good[np.abs(np.log(good)).argmin()]), 4)


def fit_stage_one_threshold(
    confidence: NDArray[np.float64],
    stage_one: NDArray[np.float64],
    larger: NDArray[np.float64],
    labels: NDArray[np.uint8],
) -> float:
    """Return the lowest confidence from which stage one may answer alone without loss; 1.0 where there is none.

    Without loss means: no more wrong answers than the larger network alone gives, and, at the acceptance threshold
    fitted for each, at most `lost_acceptance` fewer accepted digits.

    Args:
        confidence: Stage one's confidence before calibration, (N,).
        stage_one: Calibrated probabilities of the stage-one network, (N, 11).
        larger: Calibrated probabilities of the larger network, (N, 11).
        labels: True digits, (N,).
    """
    accepted = _accepted_share(larger, labels)
    wrong = int((larger[:, :DIGIT_COUNT].argmax(axis=1) != labels).sum())
    for threshold in CALIBRATION.stage_one_thresholds:
        cascade = np.where((confidence >= threshold)[:, None], stage_one, larger)
        is_as_right = (cascade[:, :DIGIT_COUNT].argmax(axis=1) != labels).sum() <= wrong
        if is_as_right and _accepted_share(cascade, labels) >= accepted - CALIBRATION.lost_acceptance:
            return threshold
    return 1.0


def fit_acceptance(class_probabilities: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    """Return the threshold of `digit_confidence` at which `error_bound` holds, for probabilities (N, 11)."""
    return _confidence_and_threshold(class_probabilities, labels)[1]


def _accepted_share(class_probabilities: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    """Return the share accepted at the threshold fitted on the same answers."""
    confidence, threshold = _confidence_and_threshold(class_probabilities, labels)
    return float((confidence >= threshold).mean())


def _confidence_and_threshold(
    class_probabilities: NDArray[np.float64], labels: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], float]:
    digits = class_probabilities[:, :DIGIT_COUNT]
    confidence = digit_confidence(digits.max(axis=1), digits.sum(axis=1))
    return confidence, fit_threshold(confidence, digits.argmax(axis=1) == labels)


def fit_threshold(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], error_bound: float = CALIBRATION.error_bound
) -> float:
    """Return the lowest confidence at and above which at most `error_bound` of the answers are wrong.

    One error is added to those observed (a Laplace correction), so that few validation answers give a careful
    threshold. It is at least 0.5 and at most `highest_threshold`.

    Args:
        confidence: Confidence of each answer, (N,).
        right: True for each right answer, (N,).
        error_bound: Largest share of wrong answers among the accepted.
    """
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order]) + 1
    allowed = (wrong <= np.maximum(error_bound * np.arange(1, len(order) + 1), 1)).nonzero()[0]
    if len(order) * error_bound >= 1:
        allowed = allowed[wrong[allowed] / (allowed + 1) <= error_bound]
    if not len(allowed):
        return CALIBRATION.highest_threshold
    return float(np.clip(confidence[order][allowed[-1]], 0.5, CALIBRATION.highest_threshold))
