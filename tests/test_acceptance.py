"""Acceptance: which digit it is must be certain, and that it is one digit nearly so."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.acceptance import PARAMETERS, AcceptanceThresholds, digit_confidence
from numink.recognition.constraints import Constraints
from numink.recognition.number_grouping import NumberOptions, group_numbers, single_digit_number
from numink.recognition.single_digit import select_single_digit
from numink.recognition.types import LineHypothesis
from recognition_examples import character, filled, recognized

MOST = PARAMETERS.most_not_a_digit
OPTIONS = NumberOptions(AcceptanceThresholds(0.999, 0.99))


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
    ("lone", "constrained", "probability", "accepted"),
    [
        (True, False, 0.96, True),
        (True, True, 0.96, False),
        (True, True, 0.9995, True),
        (False, False, 0.985, False),
        (False, False, 0.995, True),
        (False, True, 0.995, True),
    ],
)
def test_each_digit_has_its_threshold(lone: bool, constrained: bool, probability: float, accepted: bool) -> None:
    """A lone digit counts by its confidence among the ten digits; a chosen one and those of a line by probability."""
    thresholds = AcceptanceThresholds(0.999, 0.99)

    assert thresholds.accept_digit(probability, probability, 0.96, lone=lone, constrained=constrained) == accepted


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
    (number,) = single_digit_number(select_single_digit([filled((0, 0, 9, 9))], predictions), OPTIONS)

    assert (number.text, number.accepted) == ("7", accepted)
    assert number.confidence == pytest.approx(p_seven)


@pytest.mark.parametrize(("present", "accepted"), [(0.97, True), (0.93, False)])
def test_on_a_page_the_doubt_is_the_digit_models_own(present: float, accepted: bool) -> None:
    """The confidence there counts it by half, so that both are above 0.96."""
    probabilities = np.zeros(10)
    probabilities[7] = present**0.5
    (number,) = group_numbers([recognized([character((0, 0, 9, 20), probabilities, present)], 20.0)], OPTIONS)

    assert (number.text, number.accepted) == ("7", accepted)


def test_a_digit_that_constraints_chose_needs_a_probability_as_high_as_the_threshold() -> None:
    probabilities = np.zeros(10)
    probabilities[[1, 7]] = 0.955, 0.005
    line = recognized([character((0, 0, 9, 20), probabilities, 0.96)], 20.0)
    (number,) = group_numbers([line], NumberOptions(OPTIONS.thresholds, Constraints(among=("7",))))

    assert (number.text, number.accepted) == ("7", False)


@pytest.mark.parametrize(("against", "accepted"), [(4.0, True), (0.5, False)], ids=["unlikely", "nearly as likely"])
def test_a_number_that_may_have_a_digit_more_is_as_doubtful_as_that(against: float, accepted: bool) -> None:
    """Both digits are certain; the hypothesis of three has a score lower by `against`."""
    four = np.zeros(10)
    four[4] = 0.99
    characters = tuple(character((30 * index, 0, 20, 20), four) for index in range(3))
    longer = LineHypothesis("444", 0.5, characters, score=-against)
    options = NumberOptions(AcceptanceThresholds(0.999, 0.95))
    (number,) = group_numbers([recognized(characters[:2], 20.0, alternatives=(longer,))], options)

    probability = 1 / (1 + np.exp(-against))
    assert (number.text, number.accepted) == ("44", accepted)
    assert number.confidence == pytest.approx(0.99**2 * probability)
    assert number.digits[0].confidence == pytest.approx(0.99 * probability)
