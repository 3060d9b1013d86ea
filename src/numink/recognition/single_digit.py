"""Lines and pictures that are exactly one digit: the digit model reads them, without character segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT
from .ctc import PARAMETERS as CTC_PARAMETERS
from .digit_model import NOT_A_DIGIT
from .fusion import fuse_line
from .types import CharacterHypothesis, Component, LineHypothesis, RecognizedLine, TextLine


@dataclass(frozen=True)
class SingleDigitParameters:
    """Parameters of single digits; all set by eye."""

    greatest_lone_aspect: float = 0.95
    """A line of one component, narrower than this part of its height, may be read by the digit model alone."""
    least_lone_probability: float = 0.999
    """Least probability, by the digit model, of a digit that the line model is not asked about."""
    greatest_aspect: float = 1.6
    """A line narrower than this part of its height may be one digit even where the line model reads none."""
    most_empty_probability: float = 0.97
    """Greatest probability of an empty line, by the line model, with which it may still be one digit."""
    least_part: float = 0.15
    """Smaller components than this part of the largest are not part of a picture's only digit."""
    most_parts: int = 4
    """Most components that are tried one by one as a picture's only digit."""


PARAMETERS = SingleDigitParameters()


def lone_digit_candidates(lines: Sequence[TextLine]) -> dict[int, Component]:
    """Return the components of lines that may be a lone digit, by the index of the line."""
    return {
        index: line.components[0]
        for index, line in enumerate(lines)
        if len(line.components) == 1 and line.box.w < PARAMETERS.greatest_lone_aspect * line.box.h
    }


def recognize_lone_digits(
    lines: Sequence[TextLine], candidates: Mapping[int, Component], predictions: NDArray[np.float32]
) -> dict[int, RecognizedLine]:
    """Return the lines that are certainly a lone digit, by their index.

    `predictions` float32 (N, 11) are the digit model's for the N `candidates` of `lone_digit_candidates`.
    """
    return {
        index: fuse_line(RecognizedLine(lines[index], (whole_line_as_digit(lines[index], 1.0),)), prediction)
        for index, prediction in zip(candidates, predictions[:, None], strict=True)
        if prediction[0, :DIGIT_COUNT].max() > PARAMETERS.least_lone_probability
    }


def may_be_one_digit(line: TextLine, empty_probability: float) -> bool:
    """Return whether a line may be one digit though the line model reads none."""
    narrow = line.box.w < PARAMETERS.greatest_aspect * line.box.h
    return narrow and empty_probability < PARAMETERS.most_empty_probability


def whole_line_as_digit(line: TextLine, probability: float = CTC_PARAMETERS.least_length_probability) -> LineHypothesis:
    """Return the hypothesis that all of `line` is one digit, about which the line model knows nothing."""
    uniform = np.full(DIGIT_COUNT, 0.1)
    return LineHypothesis("", probability, (CharacterHypothesis(line.merged, uniform),))


def single_digit_candidates(components: Sequence[Component]) -> list[Component]:
    """Return the possible foregrounds of a picture's only digit: all of it, and its largest components."""
    if not components:
        return []
    largest = max(max(component.box.w, component.box.h) for component in components)
    least = PARAMETERS.least_part * largest
    main = [component for component in components if max(component.box.w, component.box.h) >= least]
    by_mass = sorted(main, key=lambda component: -float(component.foreground.sum()))[: PARAMETERS.most_parts]
    alone = by_mass if len(main) > 1 else []
    return [Component.merge(main), *alone, *([Component.merge(by_mass[:2])] if len(by_mass) > 2 else [])]


def select_single_digit(candidates: Sequence[Component], predictions: NDArray[np.float32]) -> list[RecognizedLine]:
    """Return the line of the best candidate for a picture's only digit; empty where there is none.

    `predictions` float32 (N, 11) are the digit model's. Larger candidates are preferred among those that are likely
    one digit.
    """
    if not candidates:
        return []
    mass = np.array([float(candidate.foreground.sum()) for candidate in candidates])
    score = (1 - predictions[:, NOT_A_DIGIT]) * np.sqrt(mass / mass.max())
    best = int(score.argmax())
    component, prediction = candidates[best], predictions[best]
    digit = CharacterHypothesis(
        component, prediction[:DIGIT_COUNT].astype(np.float64), float(1 - prediction[NOT_A_DIGIT])
    )
    line = TextLine((component,), float(component.box.h), 0.0, component.box)
    return [RecognizedLine(line, (LineHypothesis("", 1.0, (digit,)),))]
