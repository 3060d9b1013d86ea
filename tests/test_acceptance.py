"""Acceptance: a lone digit where it is certain which it is, a whole number where its evidence is good enough."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import ModelError
from numink.recognition.acceptance import (
    FEATURES,
    PARAMETERS,
    UNFITTED,
    AcceptanceModel,
    AcceptanceThresholds,
    NumberEvidence,
    digit_confidence,
)
from numink.recognition.number_grouping import NumberOptions, group_numbers, single_character_number
from numink.recognition.single_digit import select_single_digit
from numink.recognition.types import DecodedLine, LineHypothesis, StringProbability
from recognition_examples import certain, character, filled, likely, recognized

MOST = PARAMETERS.most_not_a_digit
OPTIONS = NumberOptions(AcceptanceThresholds(0.999, 0.99))
CERTAIN = NumberEvidence(
    string=0.99, length=0.99, least_character=0.99, agreement=0.99, presence=0.99, unread=0.0, characters=4, signs=0,
    turned=False, size_ratio=1.0, widest_gap=0.2,
)  # fmt: skip


def model_of(
    feature: str, threshold: float = 0.95, threshold_with_signs: float | None = None, weight: float = 1.0
) -> AcceptanceModel:
    """An acceptance model whose confidence follows from one feature; a probability is its own confidence."""
    weights = tuple(weight * (name == feature) for name in FEATURES)
    return AcceptanceModel(weights, 0.0, threshold, threshold if threshold_with_signs is None else threshold_with_signs)


def test_a_little_doubt_that_it_is_a_digit_says_nothing_about_which() -> None:
    assert digit_confidence(0.97, 0.97) == digit_confidence(1.0, 1.0) == 1.0
    assert digit_confidence(0.48, 0.96) == pytest.approx(0.5)


def test_with_more_doubt_than_that_the_confidence_is_zero() -> None:
    assert digit_confidence(1 - MOST - 1e-6, 1 - MOST - 1e-6) == 0.0
    assert digit_confidence(0.0, 0.0) == 0.0


def test_many_answers_are_judged_as_each_alone() -> None:
    best, present = np.array([0.97, 0.9, 0.6]), np.array([0.98, 0.9, 1.0])

    assert digit_confidence(best, present).tolist() == [
        digit_confidence(*pair) for pair in zip(best.tolist(), present.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("probability", "total", "presence", "accepted"),
    [(0.96, 0.96, 0.96, True), (0.96, 0.97, 0.96, False), (0.94, 0.94, 0.94, False), (0.0, 0.0, 1.0, False)],
    ids=["a doubt whether", "a doubt which", "too much doubt whether", "no digit at all"],
)
def test_a_lone_digit_counts_by_its_confidence_among_the_ten_digits(
    probability: float, total: float, presence: float, accepted: bool
) -> None:
    assert AcceptanceThresholds(0.999).accept_lone_digit(probability, total, presence) == accepted


@pytest.mark.parametrize(
    ("p_seven", "p_one", "accepted"),
    [(0.97, 0.0, True), (0.97, 0.01, False), (0.94, 0.0, False)],
    ids=["a doubt whether", "a doubt which", "too much doubt whether"],
)
def test_a_digit_alone_is_accepted_where_it_is_certain_which_it_is(
    p_seven: float, p_one: float, accepted: bool
) -> None:
    predictions = np.zeros((1, 11), np.float32)
    predictions[0, [7, 1, 10]] = p_seven, p_one, 1 - p_seven - p_one
    (line,) = select_single_digit([filled((0, 0, 9, 9))], predictions)
    read = replace(line, decoded=DecodedLine((), (StringProbability("7", 0.9),)))
    (number,) = single_character_number([read], OPTIONS)

    assert (number.text, number.accepted) == ("7", accepted)
    assert number.confidence == pytest.approx(p_seven)


@pytest.mark.parametrize(("present", "accepted"), [(0.97, True), (0.93, False)])
def test_on_a_page_the_doubt_is_the_digit_models_own(present: float, accepted: bool) -> None:
    """The confidence there counts it by half, so that both are above 0.96."""
    seven = character((0, 0, 9, 20), likely({"7": present**0.5}), present)
    (number,) = group_numbers([recognized([seven], 20.0, strings={"7": 0.9})], OPTIONS).numbers

    assert (number.text, number.accepted) == ("7", accepted)


@pytest.mark.parametrize(("against", "accepted"), [(4.0, True), (0.5, False)], ids=["unlikely", "nearly as likely"])
def test_a_number_that_may_have_a_digit_more_is_as_doubtful_as_that(against: float, accepted: bool) -> None:
    """Both digits are certain; the hypothesis of three has a score lower by `against`."""
    characters = tuple(character((30 * index, 0, 20, 20), certain("4", 0.99)) for index in range(3))
    longer = LineHypothesis("444", 0.5, characters, score=-against)
    options = NumberOptions(AcceptanceThresholds(0.999, 0.999, model_of("length")))
    (number,) = group_numbers([recognized(characters[:2], 20.0, alternatives=(longer,))], options).numbers

    assert (number.text, number.accepted) == ("44", accepted)
    assert number.confidence == pytest.approx(1 / (1 + np.exp(-against)))


@pytest.mark.parametrize("feature", ["string", "length", "least_character", "agreement", "presence"])
@pytest.mark.parametrize("probability", [0.001, 0.5, 0.99])
def test_probabilities_count_by_their_log_odds(feature: str, probability: float) -> None:
    evidence = replace(CERTAIN, **{feature: probability})

    assert model_of(feature).confidence(evidence) == pytest.approx(probability)
    assert model_of(feature, weight=2.0).confidence(evidence) == pytest.approx(
        probability**2 / (probability**2 + (1 - probability) ** 2)
    )


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_networks_are_never_surer_than_the_bound(probability: float) -> None:
    bound = 1 / (1 + np.exp(PARAMETERS.most_log_odds))
    confidence = model_of("string").confidence(replace(CERTAIN, string=probability))

    assert confidence == pytest.approx(1 - bound if probability else bound)


@given(
    st.tuples(*[st.floats(0, 1)] * 5), st.floats(0, 1e6), st.integers(1, 400), st.integers(0, 400), st.booleans(),
    st.floats(1, 1e4), st.floats(-9, 9),
)  # fmt: skip
def test_every_number_has_a_confidence(
    probabilities: tuple[float, ...], unread: float, characters: int, signs: int, turned: bool, size_ratio: float,
    widest_gap: float,
) -> None:  # fmt: skip
    signs = min(signs, characters)
    evidence = NumberEvidence(*probabilities, unread, characters, signs, turned, size_ratio, widest_gap)

    assert len(evidence.features()) == len(FEATURES)
    assert np.isfinite(evidence.features()).all()
    assert 0 < UNFITTED.confidence(evidence) < 1


@pytest.mark.parametrize(
    "change", [{"string": 0.5}, {"length": 0.5}, {"least_character": 0.5}, {"unread": 0.2}, {"turned": True}]
)
def test_without_a_fitted_model_each_doubt_makes_a_number_less_certain(change: dict[str, Any]) -> None:
    assert UNFITTED.confidence(replace(CERTAIN, **change)) < UNFITTED.confidence(CERTAIN)


@pytest.mark.parametrize(("signs", "accepted"), [(0, True), (1, False)])
def test_numbers_with_signs_have_a_threshold_of_their_own(signs: int, accepted: bool) -> None:
    model = model_of("string", threshold=0.98, threshold_with_signs=0.995)

    assert model.accepts(replace(CERTAIN, signs=signs)) == accepted
    assert model.accepts(replace(CERTAIN, signs=signs, string=0.999))
    assert not model.accepts(replace(CERTAIN, signs=signs, string=0.97))


def test_a_model_whose_threshold_is_one_accepts_nothing() -> None:
    assert not model_of("string", threshold=1.0, weight=9.0).accepts(replace(CERTAIN, string=1.0))


def test_a_model_survives_being_written() -> None:
    model = AcceptanceModel(tuple(np.linspace(-2, 2, len(FEATURES)).tolist()), -1.25, 0.97, 0.99)

    assert AcceptanceModel.from_json(model.to_json()) == model
    assert AcceptanceModel.from_json(UNFITTED.to_json()) == UNFITTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "damaged"), ("[]", "damaged"), ('{"weights": [1.0]}', "damaged"),
        (json.dumps({**json.loads(UNFITTED.to_json()), "weights": "none"}), "damaged"),
        (json.dumps({**json.loads(UNFITTED.to_json()), "weights": [0.5] * (len(FEATURES) - 1)}), "other features"),
    ],
)  # fmt: skip
def test_a_damaged_model_is_refused(text: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        AcceptanceModel.from_json(text)
