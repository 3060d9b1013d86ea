"""Fit of the acceptance model of numbers: on composed pages of writers that no training saw, with a bound of the error.

The thresholds are fitted on confidences that weights of the other half of the numbers give (cross-fitting). A threshold
holds where the upper Clopper-Pearson bound of the share of wrong numbers among the accepted is at most the error bound,
not the observed share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from ..evaluation.binomial import clopper_pearson
from ..reader import Reader
from ..recognition.acceptance import FEATURES, UNFITTED, AcceptanceModel, NumberEvidence
from .synthesis.mixed_pages import compose_mixed_page
from .synthesis.writer_pool import WriterPool

Floats = NDArray[np.float64]
NEVER = 1.0
"""Threshold that no confidence reaches, where no other holds."""


@dataclass(frozen=True)
class AcceptanceFitParameters:
    """Amounts and bounds of the fit; experiments are in docs/log.md."""

    error_bound: float = 0.01
    """Largest share of wrong numbers among the accepted, which the upper bound must not exceed."""
    level: float = 0.9
    """Confidence level of the interval whose upper end is that bound: it fails once in twenty."""
    ridge: float = 1e-3
    """Weight of the squared weights in the loss."""
    non_negative: int = 6
    """The first so many features are probabilities: more of one never makes a number less certain."""


PARAMETERS = AcceptanceFitParameters()


@dataclass(frozen=True)
class ReadNumber:
    """A number that the reader found on a composed page."""

    evidence: NumberEvidence
    right: bool


def read_composed_pages(reader: Reader, writers: WriterPool, pages: int, seed: int) -> list[ReadNumber]:
    """Return the numbers of several characters that `reader` finds on `pages` composed pages."""
    numbers = []
    for index in range(pages):
        page = compose_mixed_page(writers, np.random.default_rng((seed, index)))
        for number, evidence in reader.evidence(page.picture):
            numbers.append(ReadNumber(evidence, page.holds(number.text)))
    return numbers


def fit_acceptance_model(numbers: Sequence[ReadNumber]) -> AcceptanceModel:
    """Return the acceptance model of `numbers`; one that accepts nothing where there are too few."""
    if len(numbers) < 2:
        return replace(UNFITTED, threshold=NEVER, threshold_with_signs=NEVER)
    features = np.array([number.evidence.features() for number in numbers])
    right = np.array([number.right for number in numbers])
    confidence = _cross_fitted_confidence(numbers, features, right)
    signed = np.array([number.evidence.signs > 0 for number in numbers])
    plain, with_signs = (fit_bounded_threshold(confidence[chosen], right[chosen]) for chosen in (~signed, signed))
    return replace(_fit_weights(features, right), threshold=plain, threshold_with_signs=with_signs)


def _fit_weights(features: Floats, right: NDArray[np.bool_]) -> AcceptanceModel:
    weights, intercept = _logistic_regression(features, right)
    return AcceptanceModel(tuple(weights.tolist()), intercept, NEVER, NEVER)


def _cross_fitted_confidence(
    numbers: Sequence[ReadNumber], features: Floats, right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the confidence of each number by the weights that are fitted on the half it is not part of."""
    confidence, half = np.zeros(len(numbers)), np.arange(len(numbers)) % 2
    for side in (0, 1):
        model = _fit_weights(features[half != side], right[half != side])
        for index in np.flatnonzero(half == side).tolist():
            confidence[index] = model.confidence(numbers[index].evidence)
    return confidence


def fit_bounded_threshold(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Return the lowest confidence at and above which the upper bound of the error holds.

    Args:
        confidence: Confidence of each number, (N,).
        right: True for each right number, (N,).
    """
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order])
    least = NEVER
    for index in np.flatnonzero(np.diff(wrong, append=wrong[-1] + 1)) if len(order) else ():  # before each error
        if wrong[index] > PARAMETERS.error_bound * (index + 1):  # the bound is above the observed share
            continue
        if clopper_pearson(int(wrong[index]), int(index) + 1, PARAMETERS.level)[1] <= PARAMETERS.error_bound:
            least = float(confidence[order[index]])
    return least


def _logistic_regression(features: Floats, right: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return weights and intercept; probabilities never count against a number."""
    mean, deviation = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    inputs = torch.from_numpy((features - mean) / deviation)
    targets = torch.from_numpy(right.astype(np.float64))
    weights = torch.zeros(len(FEATURES), dtype=torch.float64, requires_grad=True)
    intercept = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, intercept], max_iter=200, line_search_fn="strong_wolfe")

    def bounded() -> torch.Tensor:
        return torch.cat([F.softplus(weights[: PARAMETERS.non_negative]), weights[PARAMETERS.non_negative :]])

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(inputs @ bounded() + intercept, targets)
        value = value + PARAMETERS.ridge * bounded().square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    scaled = bounded().detach().numpy() / deviation
    return scaled, float(intercept.detach()) - float(scaled @ mean)
