"""Score fusion: the line model's and the digit model's views of a line's digits, combined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numink.recognition.alphabet import BLANK, COLUMNS
from numink.recognition.fusion import fuse_line, fuse_lines, fuse_probabilities
from numink.recognition.types import ConstrainedNumber, DecodedLine, LineHypothesis, RecognizedLine, TextLine
from numink.results import Box
from recognition_examples import certain, character, likely, prediction


def fuse_digits(line_model: list[np.ndarray], digit_model: list[np.ndarray], *, lone: bool = False) -> np.ndarray:
    return fuse_probabilities(np.stack(line_model), np.stack(digit_model), 1.0, lone=lone)[0]


def test_models_that_agree_make_a_digit_more_certain() -> None:
    fused = fuse_digits([certain("7", 0.9)] * 2, [prediction(7, 0.9)] * 2)

    assert fused.argmax(axis=1).tolist() == [7, 7]
    assert fused.max() > 0.9


def test_in_a_line_of_several_characters_the_line_model_outweighs_the_digit_model() -> None:
    fused = fuse_digits([certain("1", 0.9)] * 2, [prediction(7, 0.9)] * 2)

    assert fused.argmax(axis=1).tolist() == [1, 1]
    assert fused[0, 1] < 0.9


def test_for_a_lone_digit_the_digit_model_outweighs_the_line_model() -> None:
    assert fuse_digits([certain("1", 0.6)], [prediction(7, 0.9)], lone=True).argmax() == 7


def test_neither_model_alone_can_exclude_a_digit() -> None:
    fused = fuse_digits([likely({"3": 1.0})] * 2, [prediction(8, 1.0, 0.0)] * 2)

    assert fused[0, 8] > 0


@pytest.mark.parametrize(("lone", "exponent", "least"), [(True, 0.5, 0.68), (False, 0.05, 0.94)])
def test_the_doubt_that_there_is_a_digit_counts_less_in_a_line_of_several(
    lone: bool, exponent: float, least: float
) -> None:
    fused = fuse_digits([certain("4", 1.0)], [prediction(4, 0.5, 0.5)], lone=lone)

    assert fused.sum() == pytest.approx(0.5**exponent, rel=0.01)
    assert fused.sum() > least


def test_the_likelihood_falls_where_the_models_disagree() -> None:
    rows = np.stack([certain("4")] * 2)
    agree = fuse_probabilities(rows, np.stack([prediction(4)] * 2), 0.8, lone=False)[1]
    disagree = fuse_probabilities(rows, np.stack([prediction(9)] * 2), 0.8, lone=False)[1]

    assert agree == pytest.approx(0.8, rel=0.1)
    assert disagree < agree / 3


def test_a_sign_that_it_might_be_keeps_its_probability_in_a_line_of_several() -> None:
    """The digit model knows no signs: it says which digit it is, not whether it is one."""
    row = likely({"1": 0.5, "7": 0.1, "/": 0.4})
    fused = fuse_digits([row, certain("4")], [prediction(1, 1.0, 0.0), prediction(4)])

    assert fused[0, COLUMNS["/"]] == pytest.approx(0.4)
    assert fused[0, :10].sum() == pytest.approx(0.6)
    assert fused[0, 1] / fused[0, :10].sum() > 0.8


def test_the_digit_model_alone_says_how_certain_a_digit_is_that_stands_alone() -> None:
    row = likely({"1": 0.6, "/": 0.3, "l": 0.1})
    fused = fuse_digits([row], [prediction(1, 0.98, 0.02)], lone=True)[0]

    assert fused[1] == pytest.approx(0.98**0.5, abs=0.01)
    assert fused[[COLUMNS["/"], COLUMNS["l"]]].max() < 0.02
    assert fused.max() == fused[1]


def line_with(*hypotheses: LineHypothesis) -> RecognizedLine:
    decoded = DecodedLine((LineHypothesis("", 0.01),))
    return RecognizedLine(TextLine((), 60.0, 0.0, Box(0, 0, 300, 60)), hypotheses, decoded, -2.0)


def two_digits(probability: float = 0.5) -> LineHypothesis:
    return LineHypothesis(
        "47", probability, (character((0, 0, 40, 60), certain("4")), character((60, 0, 40, 60), certain("7")))
    )


def one_digit(probability: float = 0.5) -> LineHypothesis:
    return LineHypothesis("4", probability, (character((0, 0, 100, 60), certain("4")),))


def decimal() -> LineHypothesis:
    return LineHypothesis("4,7", 0.9, (
        character((0, 0, 40, 60), certain("4")), character((46, 50, 8, 20), certain(",")),
        character((60, 0, 40, 60), certain("7")),
    ))  # fmt: skip


def test_the_hypothesis_that_both_models_agree_with_comes_first() -> None:
    line = line_with(one_digit(), two_digits())
    not_one = prediction(4, 0.01, 0.98)
    fused = fuse_line(line, np.stack([not_one, prediction(4), prediction(7)]))
    other = fuse_line(line, np.stack([prediction(4), prediction(1), prediction(1)]))

    assert [hypothesis.text for hypothesis in fused.hypotheses] == ["47", "4"]
    assert [hypothesis.text for hypothesis in other.hypotheses] == ["4", "47"]
    assert fused.best.score > fused.hypotheses[1].score
    assert fused.best_probability > 0.5
    assert (fused.empty_probability, fused.upside_down_log_odds) == (0.01, -2.0)


def test_a_tall_component_that_is_no_character_takes_from_the_score_and_a_mark_does_not() -> None:
    tall, mark = character((120, 0, 20, 60), None), character((120, 50, 8, 8), None)
    base = two_digits()
    predictions = np.stack([prediction(4), prediction(7)])
    scores = [
        fuse_line(line_with(LineHypothesis("47", 0.5, (*base.characters, *unread))), predictions).best.score
        for unread in ([], [mark], [tall])
    ]

    assert scores[0] == scores[1] == pytest.approx(scores[2] + 1.0)


def test_characters_come_from_left_to_right_with_the_digit_models_presence() -> None:
    mark = character((45, 50, 8, 8), None)
    hypothesis = LineHypothesis("47", 0.5, (*two_digits().characters, mark))
    fused = fuse_line(line_with(hypothesis), np.stack([prediction(4, 0.9, 0.05), prediction(7)])).best

    assert [character.probabilities is None for character in fused.characters] == [False, True, False]
    assert [character.presence for character in fused.digits] == pytest.approx([0.95, 0.999])


def test_the_digit_model_is_asked_about_digits_and_not_about_signs() -> None:
    fused = fuse_line(line_with(decimal()), np.stack([prediction(4), prediction(7)])).best
    four, comma, seven = fused.characters

    assert "".join(character.text for character in fused.read) == "4,7"
    assert np.array_equal(comma.probabilities, certain(","))
    assert (comma.presence, comma.agreement) == (1.0, 1.0)
    assert four.presence == seven.presence == pytest.approx(0.999)


def test_agreement_is_the_digit_models_probability_of_what_the_line_model_reads() -> None:
    fused = fuse_line(line_with(two_digits()), np.stack([prediction(4, 0.8), prediction(1, 0.9)])).best

    assert [character.agreement for character in fused.digits] == pytest.approx([0.8, 0.099 / 9])
    assert "".join(character.text for character in fused.digits) == "47"


def test_a_digit_beside_a_sign_does_not_stand_alone() -> None:
    """Alone the 4 would be the digit model's 9."""
    signed = LineHypothesis("-4", 0.9, (
        character((0, 28, 30, 6), certain("-")), character((40, 0, 40, 60), certain("4", 0.6)),
    ))  # fmt: skip
    alone = LineHypothesis("4", 0.9, signed.characters[1:])
    nine = prediction(9)[None]

    assert fuse_line(line_with(signed), nine).best.digits[0].text == "4"
    assert fuse_line(line_with(alone), nine).best.digits[0].text == "9"


def test_under_constraints_the_line_models_probabilities_stay() -> None:
    line = line_with(two_digits())
    number = ConstrainedNumber(0, (0, 9), "47", True, 0.9, 0.5, (), None)
    constrained = replace(line, decoded=replace(line.decoded, numbers=(number,)))
    fused = fuse_line(constrained, np.stack([prediction(9, 0.9, 0.05), prediction(7)])).best

    assert np.array_equal(fused.digits[0].probabilities, certain("4"))
    assert fused.digits[0].presence == pytest.approx(0.95)
    assert fused.digits[0].agreement < 0.02


def test_predictions_are_handed_to_lines_and_hypotheses_in_order() -> None:
    lines = [
        line_with(one_digit()), line_with(two_digits(), one_digit(0.01)), line_with(LineHypothesis("", 1.0)),
        line_with(decimal()),
    ]  # fmt: skip
    digits = [4, 4, 7, 9, 4, 7]
    fused = fuse_lines(lines, np.stack([prediction(digit) for digit in digits]))

    assert [len(line.best.digits) for line in fused] == [1, 2, 0, 2]
    assert fused[1].best.digits[1].text == "7"
    assert fused[1].hypotheses[1].digits[0].probabilities[9] > 0.4
    assert fused[2] == lines[2]
    assert min(digit.agreement for digit in fused[3].best.digits) == pytest.approx(0.99)


def test_fused_probabilities_are_the_weighted_product_of_both_models() -> None:
    line_model = np.stack([np.r_[0.7, 0.2, np.full(8, 0.0125), np.zeros(BLANK - 10)]] * 2)
    digit_model = np.stack([np.r_[0.1, 0.6, np.full(8, 0.025), 0.1].astype(np.float32)] * 2)
    products = line_model[:, :10] * digit_model[:, :10] ** 0.2
    fused, likelihood = fuse_probabilities(line_model, digit_model, 0.9, lone=False)

    assert fused[:, :10] == pytest.approx(products / products.sum(axis=1, keepdims=True) * 0.9**0.05, rel=1e-5)
    assert fused[:, 10:].max() == 0
    assert likelihood == pytest.approx(0.9 * products.sum(axis=1).prod(), rel=1e-5)


def test_probabilities_have_floors() -> None:
    """A digit that both models exclude, and a digit model that is certain that there is none."""
    line_model = np.stack([likely({"0": 1.0})] * 2)
    digit_model = np.stack([np.r_[np.zeros(10), 1.0].astype(np.float32)] * 2)
    fused = fuse_digits(list(line_model), list(digit_model))
    lone = fuse_digits(list(line_model[:1]), [np.r_[1.0, np.zeros(10)].astype(np.float32)], lone=True)

    assert fused.sum(axis=1) == pytest.approx(0.01**0.05)
    assert fused[0, 1] / fused[0, 0] == pytest.approx(1e-3)
    assert lone[0, 1] / lone[0, 0] == pytest.approx(1e-9)
