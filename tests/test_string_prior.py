"""Strings that people write rather than others that look alike."""

from __future__ import annotations

import pytest

from numink.recognition.string_prior import StringPriorParameters, with_prior


@pytest.mark.parametrize(
    ("likelier", "usual"), [("05-03/94", "05/03/94"), ("12..50", "12.50"), ("(212-753-8675", "212-753-8675")]
)
def test_a_number_of_a_known_kind_comes_before_signs_in_no_order(likelier: str, usual: str) -> None:
    assert next(iter(with_prior({likelier: 0.5, usual: 0.3}))) == usual


def test_a_much_likelier_expression_stays_first() -> None:
    assert next(iter(with_prior({"12+34=46": 0.9, "12434546": 0.1}))) == "12+34=46"


def test_words_and_empty_lines_keep_their_probabilities() -> None:
    strings = {"total": 0.6, "": 0.3, "tota1": 0.05}

    weighted = with_prior(strings)

    assert weighted["total"] / weighted[""] == pytest.approx(2)


def test_probabilities_keep_their_sum() -> None:
    assert sum(with_prior({"1..2": 0.5, "1.2": 0.3}).values()) == pytest.approx(0.8)


def test_no_string_stays_none() -> None:
    assert with_prior({}, StringPriorParameters()) == {}
