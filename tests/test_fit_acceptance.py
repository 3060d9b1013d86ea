"""The fit of the acceptance model: thresholds that an exact bound of the error demands, and careful without data."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from numink.evaluation.binomial import clopper_pearson
from numink.recognition.acceptance import FEATURES, AcceptanceModel, NumberEvidence

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training.fit_acceptance import (  # noqa: E402 - needs torch
    NEVER,
    PARAMETERS,
    ReadNumber,
    fit_acceptance_model,
    fit_bounded_threshold,
)  # fmt: skip

ENOUGH = 2000
"""Numbers without an error from which on the bound of 1 % can hold: 3 / 0.01 and more."""


def evidence(probability: float, *, signs: int = 0, unread: float = 0.0) -> NumberEvidence:
    return NumberEvidence(
        string=probability, length=probability, least_character=probability, agreement=probability,
        presence=probability, unread=unread, characters=3 + signs, signs=signs, turned=False, size_ratio=1.1,
        widest_gap=0.1, digits_agreement=probability,
    )  # fmt: skip


def numbers(count: int, rng: np.random.Generator) -> list[ReadNumber]:
    """Numbers that are right as often as their evidence says, half of them with a sign."""
    chances = 1 / (1 + np.exp(-rng.uniform(-1, 20, count)))
    return [ReadNumber(evidence(float(p), signs=int(rng.integers(2))), bool(rng.random() < p)) for p in chances]


@pytest.mark.parametrize("seed", range(3))
def test_the_upper_bound_of_the_error_above_the_threshold_is_within_the_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    confidence = rng.random(8000)
    right = rng.random(8000) < 1 - 0.1 * (1 - confidence) ** 3
    threshold = fit_bounded_threshold(confidence, right)
    accepted = confidence >= threshold

    assert 0 < threshold < 1
    assert accepted.sum() > ENOUGH / 2
    bound = clopper_pearson(int((~right[accepted]).sum()), int(accepted.sum()), PARAMETERS.level)[1]
    assert bound <= PARAMETERS.error_bound


def test_it_is_the_lowest_threshold_for_which_that_is_so() -> None:
    """Each number below it, down to the next error, would have been accepted, too."""
    confidence, right = np.linspace(1, 0, 4000), np.ones(4000, bool)
    right[[400, 3000]] = False
    threshold = fit_bounded_threshold(confidence, right)

    assert clopper_pearson(0, 400, PARAMETERS.level)[1] < PARAMETERS.error_bound
    assert clopper_pearson(1, 3000, PARAMETERS.level)[1] < PARAMETERS.error_bound
    assert clopper_pearson(2, 4000, PARAMETERS.level)[1] < PARAMETERS.error_bound
    assert threshold == confidence[-1]
    right[401:441] = False
    assert fit_bounded_threshold(confidence, right) == confidence[399]


def test_more_errors_give_a_higher_threshold() -> None:
    rng = np.random.default_rng(2)
    confidence, luck = rng.random(8000), rng.random(8000)
    thresholds = [
        fit_bounded_threshold(confidence, luck < 1 - share * (1 - confidence) ** 3) for share in (0.05, 0.1, 0.3)
    ]

    assert thresholds == sorted(set(thresholds))


@pytest.mark.parametrize("count", [0, 1, 250])
def test_too_few_numbers_are_never_accepted_though_all_are_right(count: int) -> None:
    assert fit_bounded_threshold(np.linspace(0, 0.999, count), np.ones(count, bool)) == NEVER


def test_numbers_that_are_all_wrong_are_never_accepted() -> None:
    assert fit_bounded_threshold(np.linspace(0, 0.999, 5000), np.zeros(5000, bool)) == NEVER


def test_without_errors_all_of_enough_numbers_are_accepted() -> None:
    confidence = np.linspace(0.2, 0.9, ENOUGH)

    assert fit_bounded_threshold(confidence, np.ones(ENOUGH, bool)) == 0.2


def test_the_model_is_more_confident_the_more_probable_the_evidence_is() -> None:
    model = fit_acceptance_model(numbers(2000, np.random.default_rng(1)))
    confidence = [model.confidence(evidence(p)) for p in (0.3, 0.9, 0.99, 0.9999)]

    assert confidence == sorted(confidence)
    assert confidence[0] < 0.5 < confidence[-1]
    assert all(weight >= 0 for weight in model.weights[: PARAMETERS.non_negative])
    assert len(model.weights) == len(FEATURES)


def test_its_thresholds_hold_for_numbers_that_it_was_not_fitted_on() -> None:
    """Numbers with signs have a threshold of their own: here they are wrong more often."""
    rng = np.random.default_rng(3)
    fitted = [
        dataclasses.replace(number, right=number.right and not (number.evidence.signs and rng.random() < 0.02))
        for number in numbers(8000, rng)
    ]
    model = fit_acceptance_model(fitted)
    unseen = numbers(8000, rng)
    accepted = [number for number in unseen if model.accepts(number.evidence) and not number.evidence.signs]

    assert model.threshold < NEVER
    assert len(accepted) > 500
    assert np.mean([not number.right for number in accepted]) < 2 * PARAMETERS.error_bound
    assert model.threshold_with_signs > model.threshold


@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_model_of_few_numbers_accepts_none(count: int) -> None:
    model = fit_acceptance_model(numbers(count, np.random.default_rng(4)))

    assert (model.threshold, model.threshold_with_signs) == (NEVER, NEVER)
    assert not model.accepts(evidence(1.0))
    assert not model.accepts(evidence(1.0, signs=1))


def test_a_fitted_model_is_the_same_after_it_was_written_as_json() -> None:
    model = fit_acceptance_model(numbers(600, np.random.default_rng(5)))

    assert AcceptanceModel.from_json(model.to_json()) == model
