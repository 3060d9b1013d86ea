"""When an answer is accepted: which digit it is must be sure, and that it is one nearly so."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.acceptance import DOUBT, digit_confidence
from numink.recognition.components import Component
from numink.recognition.constraints import Constraints
from numink.recognition.layout import Found, Terms, Told, page_numbers, single_number
from numink.results import Box


def test_a_little_doubt_that_it_is_a_digit_says_nothing_about_which() -> None:
    assert digit_confidence(0.97, 0.97) == digit_confidence(1.0, 1.0) == 1.0
    assert digit_confidence(0.48, 0.96) == pytest.approx(0.5)


def test_more_doubt_than_that_is_never_sure() -> None:
    assert digit_confidence(1 - DOUBT - 1e-6, 1 - DOUBT - 1e-6) == 0.0
    assert digit_confidence(0.0, 0.0) == 0.0


def test_many_answers_are_judged_as_each_alone() -> None:
    best, present = np.array([0.97, 0.9, 0.6]), np.array([0.98, 0.9, 1.0])

    assert digit_confidence(best, present).tolist() == [
        digit_confidence(*one) for one in zip(best.tolist(), present.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("seven", "one", "accepted"),
    [(0.97, 0.0, True), (0.97, 0.01, False), (0.94, 0.0, False)],
    ids=["a doubt whether", "a doubt which", "too much doubt whether"],
)
def test_a_digit_alone_is_accepted_where_it_is_sure_which_it_is(seven: float, one: float, accepted: bool) -> None:
    chances = np.zeros((1, 11), np.float32)
    chances[0, [7, 1, 10]] = seven, one, 1 - seven - one
    (number,) = single_number(
        [Component(Box(0, 0, 9, 9), np.ones((9, 9), np.float32))], chances, Terms(1.0, 0.999, 0.99)
    )

    assert (number.text, number.accepted) == ("7", accepted)
    assert number.confidence == pytest.approx(seven)


@pytest.mark.parametrize(("present", "accepted"), [(0.97, True), (0.93, False)])
def test_on_a_page_the_doubt_is_the_classifiers_own(present: float, accepted: bool) -> None:
    """The confidence there counts it by half, so that both are above 0.96."""
    chances = np.zeros(10)
    chances[7] = present**0.5
    found = Found([Told(Box(0, 0, 9, 20), chances, present)], 20.0)
    (number,) = page_numbers([found], Terms(1.0, 0.999, 0.99))

    assert (number.text, number.accepted) == ("7", accepted)


def test_a_digit_that_is_chosen_by_what_is_known_needs_a_confidence_as_high_as_the_surety() -> None:
    chances = np.zeros(10)
    chances[[1, 7]] = 0.955, 0.005
    found = Found([Told(Box(0, 0, 9, 20), chances, 0.96)], 20.0)
    (number,) = page_numbers([found], Terms(1.0, 0.999, 0.99, Constraints(among=("7",))))

    assert (number.text, number.accepted) == ("7", False)


@pytest.mark.parametrize(("against", "accepted"), [(4.0, True), (0.5, False)], ids=["unlikely", "nearly as likely"])
def test_a_number_that_may_have_a_digit_more_is_as_doubtful_as_that(against: float, accepted: bool) -> None:
    """Both digits are sure; the other reading, of three, fits less well by so much in natural logarithms."""
    sure = np.zeros(10)
    sure[4] = 0.99
    told = [Told(Box(30 * at, 0, 20, 20), sure) for at in range(3)]
    longer = Found(told, 20.0, fit=-against)
    (number,) = page_numbers([Found(told[:2], 20.0, others=(longer,))], Terms(1.0, 0.999, 0.95))

    likely = 1 / (1 + np.exp(-against))
    assert (number.text, number.accepted) == ("44", accepted)
    assert number.confidence == pytest.approx(0.99**2 * likely)
    assert number.digits[0].confidence == pytest.approx(0.99 * likely)
