"""Score fusion: the line model's and the digit model's views of a line's digits, combined.

Both look at the same foreground in different ways: the line model at the whole line, where a digit's neighbours show
how it is written, the digit model at each digit alone. Their probabilities are multiplied, each with a weight (a
product of experts: Hinton 2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT
from .digit_model import NOT_A_DIGIT
from .line_segmentation import is_tall
from .types import LineHypothesis, Probabilities, RecognizedLine


@dataclass(frozen=True)
class FusionParameters:
    """Parameters of score fusion.

    E065 and E086 chose `digit_model_weight`, E066 and E087 `not_a_digit_weight`, E128 `skipped_component_cost`; E150
    confirmed the three. The others were set by eye.
    """

    digit_model_weight: float = 0.2
    """Exponent of the digit model's probabilities in a line of several digits."""
    lone_digit_model_weight: float = 1.0
    """The same exponent for a digit alone on its line, which the digit model knows best."""
    least_probability: float = 1e-3
    """Least probability of a digit by either model, so that neither alone can exclude it."""
    least_lone_probability: float = 1e-6
    """The same for the digit model's probabilities of a digit alone on its line."""
    not_a_digit_weight: float = 0.05
    """Exponent of the digit model's "one digit" in a line: characters cut out of a line are often not quite one."""
    lone_not_a_digit_weight: float = 0.5
    """The same exponent for a digit alone on its line."""
    least_presence: float = 0.01
    """Least probability of "one digit": of characters cut out of a line the digit model may be too certain."""
    skipped_component_cost: float = 1.0
    """Amount by which each tall component that is no digit lowers the score, in natural logarithms."""


PARAMETERS = FusionParameters()


def fuse_lines(lines: Sequence[RecognizedLine], predictions: NDArray[np.float32]) -> list[RecognizedLine]:
    """Return `lines` with the digit model's predictions taken into account, the hypotheses of each the best first.

    `predictions` float32 (N, 11) are those of all digits, in the order of lines, hypotheses and characters.
    """
    fused, start = [], 0
    for line in lines:
        count = sum(len(hypothesis.digits) for hypothesis in line.hypotheses)
        fused.append(fuse_line(line, predictions[start : start + count]))
        start += count
    return fused


def fuse_line(line: RecognizedLine, predictions: NDArray[np.float32]) -> RecognizedLine:
    """Return `line` with the digit model's `predictions` (N, 11) for all digits of its hypotheses."""
    fused, start = [], 0
    for hypothesis in line.hypotheses:
        count = len(hypothesis.digits)
        own = predictions[start : start + count]
        fused.append(_fuse_hypothesis(hypothesis, own, line.line.digit_height, keep=bool(line.decoded.numbers)))
        start += count
    return replace(line, hypotheses=tuple(sorted(fused, key=lambda hypothesis: -hypothesis.score)))


def _fuse_hypothesis(
    hypothesis: LineHypothesis, predictions: NDArray[np.float32], height: float, *, keep: bool
) -> LineHypothesis:
    """Return a hypothesis with the digit model's `predictions` for its digits, its characters from left to right.

    With `keep` the line model's probabilities stay, as under constraints, which they follow already.
    """
    characters, likelihood = list(hypothesis.characters), max(hypothesis.probability, 0.0)
    digits = [index for index, character in enumerate(characters) if character.is_digit]
    if digits:
        rows = np.stack([row for index in digits if (row := characters[index].probabilities) is not None])
        fused, likelihood = fuse_probabilities(
            rows, predictions, hypothesis.probability, lone=len(hypothesis.read) == 1
        )
        for index, row, before, prediction in zip(digits, fused, rows, predictions, strict=True):
            characters[index] = replace(
                characters[index], probabilities=before if keep else row, presence=float(1 - prediction[NOT_A_DIGIT]),
                agreement=float(prediction[int(before[:NOT_A_DIGIT].argmax())]),
            )  # fmt: skip
    skipped = sum(is_tall(character.component, height) for character in hypothesis.unread)
    ordered = sorted(characters, key=lambda character: character.component.middle)
    score = math.log(max(likelihood, 1e-12)) - PARAMETERS.skipped_component_cost * skipped
    return replace(hypothesis, characters=tuple(ordered), score=score)


def fuse_probabilities(
    line_model: Probabilities, digit_model: NDArray[np.float32], probability: float, *, lone: bool
) -> tuple[Probabilities, float]:
    """Return the fused probabilities of K digits, and the likelihood of all of them.

    Args:
        line_model: Probabilities of all characters by the line model, (K, BLANK).
        digit_model: Probabilities of 0..9 and "not one digit" by the digit model, (K, 11).
        probability: Probability, by the line model, that the line has so many characters.
        lone: Whether the digit is the only character of its line.

    Returns:
        float64 (K, BLANK), of which each row lacks to 1 the probability that there is no character; and the likelihood.
        Characters that are no digits keep what the line model gives them.
    """
    exponent = PARAMETERS.lone_digit_model_weight if lone else PARAMETERS.digit_model_weight
    presence_exponent = PARAMETERS.lone_not_a_digit_weight if lone else PARAMETERS.not_a_digit_weight
    least = PARAMETERS.least_lone_probability if lone else PARAMETERS.least_probability
    mass = line_model[:, :DIGIT_COUNT].sum(axis=1, keepdims=True)
    from_line = np.maximum(line_model[:, :DIGIT_COUNT], PARAMETERS.least_probability)
    from_line = from_line / from_line.sum(axis=1, keepdims=True)
    from_digit = np.maximum(digit_model[:, :NOT_A_DIGIT].astype(np.float64), least)
    products = from_line * from_digit**exponent
    totals = products.sum(axis=1, keepdims=True)
    presence = np.maximum(1 - digit_model[:, NOT_A_DIGIT].astype(np.float64), PARAMETERS.least_presence)
    presence = presence**presence_exponent
    fused = line_model.copy()
    fused[:, :DIGIT_COUNT] = products / totals * presence[:, None] * (1.0 if lone else np.minimum(mass, 1.0))
    if lone:  # the digit model alone says how certain a digit is that stands alone
        fused[:, DIGIT_COUNT:] = np.minimum(
            fused[:, DIGIT_COUNT:], 1 - fused[:, :DIGIT_COUNT].sum(axis=1, keepdims=True)
        )
    return fused, float(probability * totals.prod())
