"""Lines and pictures that are exactly one digit: the digit model reads them, without character segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT, Box
from .alphabet import BLANK, DIGITS
from .ctc import PARAMETERS as CTC_PARAMETERS
from .digit_model import NOT_A_DIGIT
from .fusion import fuse_line
from .types import CharacterHypothesis, Component, DecodedLine, LineHypothesis, RecognizedLine, TextLine


@dataclass(frozen=True)
class SingleDigitParameters:
    """Parameters of single digits; all set by eye."""

    greatest_lone_aspect: float = 0.95
    """A line of one component, narrower than this part of its height, may be read by the digit model alone."""
    least_lone_probability: float = 0.999
    """Least probability, by the digit model, of a digit for which the line model's reading is set aside."""
    most_refusal: float = 0.5
    """Probability, by the line model, of a letter, a sign or another mark from which a lone digit is refused."""
    greatest_aspect: float = 1.6
    """A line narrower than this part of its height may be one digit even where the line model reads none."""
    most_empty_probability: float = 0.97
    """Greatest probability of an empty line, by the line model, with which it may still be one digit."""
    least_part: float = 0.15
    """Smaller components than this part of the largest are not part of a picture's only digit."""
    greatest_single_aspect: float = 1.1
    """A picture's foreground that is wider than this part of its height may be several digits."""
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
    lines: Sequence[TextLine], candidates: Mapping[int, Component], predictions: NDArray[np.float32],
    decoded: Sequence[DecodedLine],
) -> dict[int, RecognizedLine]:  # fmt: skip
    """Return the lines that are certainly a lone digit, by their index.

    The digit model knows a digit that stands alone best; the line model refuses letters, signs and other marks.

    Args:
        lines: The lines of the page.
        candidates: The N candidates of `lone_digit_candidates`.
        predictions: float32 (N, 11), those of the digit model for the candidates.
        decoded: The lines as the line model reads them.
    """
    lone = {}
    for (index, _), prediction in zip(candidates.items(), predictions[:, None], strict=True):
        certain = prediction[0, :DIGIT_COUNT].max() > PARAMETERS.least_lone_probability
        if certain and refusal(decoded[index]) < PARAMETERS.most_refusal:
            recognized = RecognizedLine(lines[index], (whole_line_as_digit(lines[index], 1.0),), decoded[index])
            lone[index] = fuse_line(recognized, prediction)
    return lone


def refusal(decoded: DecodedLine) -> float:
    """Return the probability, by the line model, of strings without a digit, the empty one aside."""
    return sum(
        string.probability
        for string in decoded.strings
        if string.text and not any(character in DIGITS for character in string.text)
    )


def may_be_one_digit(line: TextLine, empty_probability: float) -> bool:
    """Return whether a line may be one digit though the line model reads none."""
    narrow = line.box.w < PARAMETERS.greatest_aspect * line.box.h
    return narrow and empty_probability < PARAMETERS.most_empty_probability


def whole_line_as_digit(line: TextLine, probability: float = CTC_PARAMETERS.least_length_probability) -> LineHypothesis:
    """Return the hypothesis that all of `line` is one digit, about which the line model knows nothing."""
    uniform = np.zeros(BLANK)
    uniform[:DIGIT_COUNT] = 1 / DIGIT_COUNT
    return LineHypothesis("", probability, (CharacterHypothesis(line.merged, uniform),))


def whole_picture_line(components: Sequence[Component]) -> TextLine:
    """Return all `components` (at least one) as one line, as tall as they are."""
    box = Box.around([component.box for component in components])
    return TextLine(tuple(sorted(components, key=lambda component: component.middle)), float(box.h), 0.0, box)


def may_hold_more(components: Sequence[Component]) -> bool:
    """Return whether a picture of one digit may plainly hold more: several large components, or a wide one."""
    main = _main_components(components)
    if not main:
        return False
    box = Box.around([component.box for component in main])
    return len(main) > 1 or box.w > PARAMETERS.greatest_single_aspect * box.h


def _main_components(components: Sequence[Component]) -> list[Component]:
    """Return the components that are not small against the largest."""
    largest = max((max(component.box.w, component.box.h) for component in components), default=0)
    least = PARAMETERS.least_part * largest
    return [component for component in components if max(component.box.w, component.box.h) >= least]


def single_digit_candidates(components: Sequence[Component]) -> list[Component]:
    """Return the possible foregrounds of a picture's only digit: all of it, and its largest components."""
    if not components:
        return []
    main = _main_components(components)
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
    probabilities = np.zeros(BLANK)
    probabilities[:DIGIT_COUNT] = prediction[:DIGIT_COUNT]
    digit = CharacterHypothesis(component, probabilities, float(1 - prediction[NOT_A_DIGIT]))
    line = TextLine((component,), float(component.box.h), 0.0, component.box)
    return [RecognizedLine(line, (LineHypothesis("", 1.0, (digit,)),))]
