"""Numbers of recognized characters: what their confidence is made of, and what else they may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from numink.recognition.acceptance import FEATURES, AcceptanceModel, AcceptanceThresholds, NumberEvidence
from numink.recognition.alphabet import BLANK, OTHER_MARK
from numink.recognition.number_making import LineContext, lone_number, make_number
from numink.recognition.types import (
    CharacterHypothesis,
    ConstrainedNumber,
    LineHypothesis,
    Probabilities,
    RecognizedLine,
    StringProbability,
)
from numink.results import Box, Number
from recognition_examples import certain, character, likely, recognized

BY_STRING = AcceptanceModel(tuple(float(name == "string") for name in FEATURES), 0.0, 0.95, 0.95)
"""An acceptance model whose confidence is the probability of the string."""
THRESHOLDS = AcceptanceThresholds(0.999, 0.99, BY_STRING)


def row(*probabilities: Probabilities | None, width: int = 40, height: int = 60) -> list[CharacterHypothesis]:
    """Characters of a line, 50 columns from one to the next."""
    return [character((50 * index, 0, width, height), probability) for index, probability in enumerate(probabilities)]


def context_of(line: RecognizedLine, **values: Any) -> LineContext:
    return LineContext(line, **{"number": 1, "thresholds": THRESHOLDS, "scale": 1.0, "turned": False, **values})


def make(
    characters: list[CharacterHypothesis], text: str = "", beside: list[CharacterHypothesis] | None = None,
    constrained: ConstrainedNumber | None = None, **values: Any,
) -> tuple[Number, NumberEvidence | None]:  # fmt: skip
    """Make the number of all characters of a line on which others may stand `beside` them, unread."""
    context = context_of(recognized([*characters, *(beside or [])], 60.0), **values)
    return make_number(characters, text or "".join(each.text for each in characters), context, constrained)


def evidence_of(characters: list[CharacterHypothesis], **values: Any) -> NumberEvidence:
    evidence = make(characters, **values)[1]
    assert evidence is not None
    return evidence


def test_the_confidence_is_that_of_the_acceptance_model() -> None:
    number, evidence = make(row(certain("4", 0.99), certain("7", 0.98)))

    assert evidence is not None
    assert (evidence.string, evidence.least_character) == (pytest.approx(0.99 * 0.98), pytest.approx(0.98))
    assert number.confidence == pytest.approx(0.99 * 0.98)
    assert (number.text, number.accepted, number.satisfied) == ("47", True, None)


def test_a_line_that_may_have_more_characters_has_a_doubtful_length() -> None:
    characters = row(certain("4"), certain("7"))
    line = recognized(characters, 60.0, alternatives=[LineHypothesis("", 0.5, score=-np.log(4))])
    evidence = make_number(characters, "47", context_of(line), None)[1]

    assert evidence is not None
    assert evidence.length == pytest.approx(0.8)


def test_the_digit_models_view_is_that_of_the_least_sure_digit_and_not_of_signs() -> None:
    four, sign, seven = row(certain("4"), certain("-"), certain("7"))
    characters = [replace(four, presence=0.9, agreement=0.7), replace(sign, presence=0.1, agreement=0.1), seven]
    evidence = evidence_of(characters)

    assert (evidence.presence, evidence.agreement) == (0.9, 0.7)
    assert (evidence.characters, evidence.signs) == (3, 1)


def test_letters_count_as_signs_and_a_word_has_no_digit_to_agree_on() -> None:
    evidence = evidence_of(row(certain("n"), certain("o")))

    assert (evidence.characters, evidence.signs, evidence.presence, evidence.agreement) == (2, 2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("box", "probabilities", "share"),
    [
        ((110, 0, 40, 60), None, 0.5), ((110, 0, 20, 60), None, 0.25), ((110, 0, 40, 60), certain(OTHER_MARK), 0.5),
        ((30, 0, 20, 60), None, 0.25), ((110, 40, 20, 20), None, 0.0), ((140, 0, 40, 60), None, 0.0),
        ((110, 0, 40, 60), certain("A"), 0.0),
    ],
    ids=["as large as a digit", "half as large", "another mark", "within", "low", "far", "a letter"],
)  # fmt: skip
def test_foreground_about_a_number_that_was_not_read_is_a_share_of_its_own(
    box: tuple[int, int, int, int], probabilities: Probabilities | None, share: float
) -> None:
    """Two digits up to column 90 and 60 high: their own foreground is 4800 pixels, their neighbourhood ends at 150."""
    characters = row(certain("4"), certain("7"))

    assert evidence_of(characters, beside=[character(box, probabilities)]).unread == pytest.approx(share)


def test_sizes_are_compared_of_digits_and_gaps_measured_between_all_characters() -> None:
    digits = [character((0, 0, 40, 60), certain("4")), character((69, 20, 30, 40), certain("7"))]
    evidence = evidence_of([digits[0], character((45, 54, 6, 6), certain(".")), digits[1]])

    assert (evidence.size_ratio, evidence.widest_gap) == (pytest.approx(1.5), pytest.approx(18 / 60))


def test_characters_of_an_accepted_number_are_accepted() -> None:
    number, _ = make(row(certain("4", 0.96), certain("7", 0.999)))

    assert number.accepted
    assert all(digit.accepted for digit in number.digits)


def test_of_a_number_that_is_not_accepted_the_certain_characters_are() -> None:
    number, _ = make(row(certain("4", 0.999), certain("-", 0.6), certain("7", 0.98)))

    assert not number.accepted
    assert [digit.accepted for digit in number.digits] == [True, False, False]
    assert number.strict_text() == "4??"


def test_the_text_may_hold_blanks_between_the_characters() -> None:
    number, _ = make(row(certain("2", 1.0), certain("0", 1.0), certain("-", 1.0), certain("7", 0.8)), text="20 - 7")

    assert number.text == "20 - 7"
    assert [digit.text for digit in number.digits] == ["2", "0", "-", "7"]
    assert number.alternatives
    assert all(other.text[:-1] == "20 - " for other in number.alternatives)


def test_boxes_are_scaled_back_to_the_picture() -> None:
    number, _ = make(row(certain("4"), certain("7")), scale=0.5)

    assert number.box == Box(0, 0, 180, 120)
    assert [digit.box.x for digit in number.digits] == [0, 100]


def test_alternatives_of_a_character_are_the_three_likeliest_others() -> None:
    doubtful = likely({"4": 0.9, "9": 0.04, "A": 0.03, "/": 0.02, "7": 0.01})
    rare = likely({"1": 0.9998, "7": 0.00015, "l": 0.00005})
    number, _ = make(row(doubtful, rare))

    assert [[other.text for other in digit.alternatives] for digit in number.digits] == [["9", "A", "/"], ["7"]]
    assert number.digits[0].alternatives[0].confidence == pytest.approx(0.04)


def test_alternatives_of_a_number_have_one_other_character() -> None:
    number, _ = make(row(likely({"4": 0.6, "9": 0.3, "1": 0.1}), likely({"7": 0.8, "1": 0.2}), certain("5", 1.0)))

    assert [other.text for other in number.alternatives] == ["975", "415", "175"]
    assert [other.confidence for other in number.alternatives] == pytest.approx([0.24, 0.12, 0.08])


def test_a_sign_may_be_the_only_alternative_of_a_digit() -> None:
    number, _ = make(row(certain("6", 1.0), likely({"1": 0.7, "/": 0.3}), certain("2", 1.0)))

    assert [(other.text, other.confidence) for other in number.alternatives] == [("6/2", pytest.approx(0.3))]
    assert [len(digit.alternatives) for digit in number.digits] == [0, 1, 0]


def constrained(text: str, *, satisfied: bool = True, probability: float = 0.97, prior: float = 0.4) -> Any:
    strings = (StringProbability(text, probability), StringProbability("49", 0.02), StringProbability("417", 0.01))
    return ConstrainedNumber(0, (0, 9), text, satisfied, probability, prior, strings, None)


def test_under_constraints_the_evidence_is_that_of_the_search() -> None:
    characters = row(certain("4", 0.6), certain("7", 0.6))
    number, evidence = make(characters, constrained=constrained("47"))

    assert evidence is not None
    assert (evidence.string, evidence.length) == (0.97, 0.4)
    assert (number.accepted, number.satisfied) == (True, True)
    assert number.confidence == pytest.approx(0.97)
    assert [(other.text, other.confidence) for other in number.alternatives] == [("49", 0.02), ("417", 0.01)]


def test_a_number_that_does_not_satisfy_its_constraints_is_not_accepted() -> None:
    characters = row(certain("4", 0.999), certain("7", 0.999))
    number, evidence = make(characters, constrained=constrained("47", satisfied=False, probability=0.999, prior=0.0))

    assert (number.accepted, number.satisfied) == (False, False)
    assert evidence is not None
    assert 0 < evidence.length < 1e-6


def test_a_digit_that_constraints_chose_is_judged_by_the_search() -> None:
    """The digit model is sure, the search is not."""
    number, evidence = make(row(certain("7", 0.9999)), constrained=constrained("7", probability=0.9))

    assert evidence is not None
    assert number.confidence == pytest.approx(0.9)
    assert not number.accepted


def lone(strings: dict[str, float], probability: float = 0.9999, text: str = "7", presence: float = 1.0) -> Number:
    """A digit that stands alone on a line of which the line model reads `strings`."""
    digit = character((0, 0, 40, 60), likely({text: probability}), presence)
    number, evidence = make_number([digit], text, context_of(recognized([digit], 60.0, strings=strings)), None)
    assert evidence is None
    return number


def test_a_lone_digit_is_judged_by_the_digit_model() -> None:
    assert lone({"7": 0.9}).accepted
    assert not lone({"7": 0.9}, presence=0.9).accepted
    assert lone({"7": 0.9}, probability=0.7).confidence == pytest.approx(0.7)


@pytest.mark.parametrize("text", ["A", "/", OTHER_MARK, "Ab", "{"])
def test_a_lone_digit_that_the_line_model_reads_as_something_else_is_not_accepted(text: str) -> None:
    number = lone({text: 0.8, "7": 0.2})

    assert (number.text, number.accepted, number.digits[0].accepted) == ("7", False, False)


def test_a_digit_in_a_ring_that_looks_like_a_zero_is_not_accepted() -> None:
    assert not lone({"7": 0.7, "0": 0.3}, text="0").accepted


def test_a_digit_beside_a_sign_or_beside_what_is_unread_does_not_stand_alone() -> None:
    seven = character((50, 0, 40, 60), certain("7"))
    sign = character((0, 28, 30, 6), certain("-"))

    assert make([sign, seven])[1] is not None
    assert make([seven], beside=[sign])[1] is not None
    assert make([seven], beside=[character((0, 0, 40, 60), None)])[1] is not None
    assert make([seven], beside=[character((0, 50, 8, 8), None)])[1] is None


def test_a_lone_digit_has_its_alternatives() -> None:
    digit = character((0, 0, 40, 60), likely({"7": 0.9, "1": 0.06, "9": 0.04}))
    number = lone_number(digit, context_of(recognized([digit], 60.0, strings={"7": 0.9}), scale=0.5))

    assert [other.text for other in number.alternatives] == ["1", "9"]
    assert number.alternatives == number.digits[0].alternatives
    assert number.box == Box(0, 0, 80, 120)


def test_no_confidence_exceeds_one() -> None:
    """Fused probabilities may exceed it by rounding."""
    probabilities = np.zeros(BLANK)
    probabilities[7] = 1 + 1e-12
    number, _ = make(row(probabilities, probabilities))

    assert max(number.confidence, *(digit.confidence for digit in number.digits)) <= 1
