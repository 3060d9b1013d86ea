"""The types that the stages of recognition hand on.

Coordinates are pixels of the working picture, images float32 in 0..1 with bright foreground, probabilities float64.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .alphabet import CHARACTERS, DIGITS
from .line_place import ANYWHERE, LinePlace

FloatImage = NDArray[np.float32]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """A connected component of the foreground, several of them merged, or a part that was cut off one."""

    box: Box
    """Its bounding box."""
    foreground: FloatImage
    """Its own foreground, float32 (box.h, box.w); that of other components within the box is left out."""

    @property
    def middle(self) -> float:
        """The column half-way between its left and right sides."""
        return self.box.x + self.box.w / 2

    @classmethod
    def merge(cls, components: Sequence[Component]) -> Component:
        """Return one component with the foreground of all `components` (at least one)."""
        if len(components) == 1:
            return components[0]
        box = Box.around([component.box for component in components])
        foreground = np.zeros((box.h, box.w), np.float32)
        for component in components:
            top, left = component.box.y - box.y, component.box.x - box.x
            area = foreground[top : top + component.box.h, left : left + component.box.w]
            np.maximum(area, component.foreground, out=area)
        return cls(box, foreground)


NO_COMPONENT = Component(Box(0, 0, 0, 0), np.zeros((0, 0), np.float32))
"""The component of a character that has not been found in the picture yet."""


@dataclass(frozen=True)
class TextLine:
    """Components that stand on one line, from left to right."""

    components: tuple[Component, ...]
    digit_height: float
    """Height of the line's digits in pixels: the median of its tall components."""
    slope: float
    """Rows by which the line falls from one column to the next; negative where it rises."""
    box: Box  # as wide as all components, and as tall as the tall ones are once the line is levelled
    place: LinePlace = ANYWHERE

    @cached_property
    def merged(self) -> Component:
        """All components as one."""
        return Component.merge(self.components)


@dataclass(frozen=True)
class LineOutput:
    """The line model's output for one line image, by each of the M networks of its ensemble."""

    probabilities: Probabilities
    """float64 (M, T, BLANK + 1): probabilities of all characters and of the blank at T frames; each row sums to 1."""
    ensemble_weights: tuple[float, ...]
    """Weights of the M networks; they sum to 1."""
    upside_down_log_odds: float
    """Natural logarithm of the odds that the line is upside down."""
    digit_networks: int = 0
    """So many of the networks, the last ones, know digits only: to them all else is blank."""

    def between(self, start: int, stop: int | None) -> LineOutput:
        """Return the output of the frames from `start` up to `stop`, without it."""
        return replace(self, probabilities=self.probabilities[:, start:stop])

    def split(self) -> tuple[LineOutput, LineOutput]:
        """Return the outputs of the networks that know all characters, and of those that know digits only."""
        first = len(self.ensemble_weights) - self.digit_networks
        parts = []
        for part in (slice(0, first), slice(first, None)):
            weights, total = self.ensemble_weights[part], sum(self.ensemble_weights[part])
            scaled = tuple(weight / total for weight in weights)
            parts.append(LineOutput(self.probabilities[part], scaled, self.upside_down_log_odds))
        return parts[0], parts[1]


@dataclass(frozen=True)
class CharacterHypothesis:
    """A character on a line: a digit, a sign or a letter, or a component that is not part of one."""

    component: Component
    """Its foreground; NO_COMPONENT before character segmentation."""
    probabilities: Probabilities | None
    """float64 (BLANK,): probabilities of all characters, which sum to 1 at most; None where it is none."""
    presence: float = 1.0
    """Probability, by the digit model alone, that it is one digit; 1.0 where the digit model was not asked."""
    agreement: float = 1.0
    """Probability, by the digit model alone, of the digit that the line model reads; 1.0 where it was not asked."""
    frame: float = math.nan
    """The middle of the frames of the line model's output at which it is read."""

    @property
    def box(self) -> Box:
        """The bounding box of its component."""
        return self.component.box

    @property
    def text(self) -> str:
        """Its likeliest character; empty where it is none."""
        return "" if self.probabilities is None else CHARACTERS[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """Probability of its likeliest character; 0 where it is none."""
        return 0.0 if self.probabilities is None else float(self.probabilities.max())

    @property
    def is_digit(self) -> bool:
        """Whether a digit is its likeliest character."""
        return self.text in DIGITS and self.text != ""


class StringProbability(NamedTuple):
    """A string that a line, or a part of it, may hold."""

    text: str
    probability: float


@dataclass(frozen=True)
class LineHypothesis:
    """One way to read a line: CTC decoding makes it, character segmentation and score fusion complete it."""

    text: str
    """The likeliest characters by the line model; empty where the line was not read by it."""
    probability: float
    """Probability by the line model; of a length hypothesis, that of all strings of its length together."""
    characters: tuple[CharacterHypothesis, ...] = ()
    """From left to right; from character segmentation to score fusion those that are read come before the others."""
    score: float = 0.0
    """Natural logarithm of how well both models agree with the hypothesis, 0 at best; set by score fusion."""

    @property
    def read(self) -> tuple[CharacterHypothesis, ...]:
        """The characters that are read."""
        return tuple(character for character in self.characters if character.probabilities is not None)

    @property
    def digits(self) -> tuple[CharacterHypothesis, ...]:
        """The characters that are digits: those that the digit model is asked about."""
        return tuple(character for character in self.characters if character.is_digit)

    @property
    def unread(self) -> tuple[CharacterHypothesis, ...]:
        """The components that are part of no character."""
        return tuple(character for character in self.characters if character.probabilities is None)


@dataclass(frozen=True)
class ConstrainedNumber:
    """A number of a line, or a part of it that satisfies nothing."""

    start: int
    """Index of its first character in the line's text."""
    frames: tuple[int, int]
    """The first frame of the part of the line on which it was read, and the frame after its last."""
    text: str
    satisfied: bool
    probability: float
    """Its probability among all strings that satisfy the constraints; where none does, among all strings."""
    prior: float
    """Probability, before the constraints were known, that this part of the line satisfies them."""
    strings: tuple[StringProbability, ...]
    """The likeliest strings with their probabilities in the same sense, the likeliest first, which is `text`."""
    probabilities: Probabilities | None
    """float64 (K, BLANK): those of its characters among the satisfying strings of its length; None where none does."""


@dataclass(frozen=True)
class DecodedLine:
    """A line's text by the line model alone, before its characters are looked for in the picture."""

    hypotheses: tuple[LineHypothesis, ...]
    """One for each number of characters that is likely enough, the likeliest first; one only under constraints."""
    strings: tuple[StringProbability, ...] = ()
    """The likeliest strings of the whole line, the likeliest first; none under constraints."""
    numbers: tuple[ConstrainedNumber, ...] = ()
    """The numbers of the line, where it was decoded under constraints."""
    by_digits: Mapping[str, float] = field(default_factory=dict)
    """The likeliest strings of digits by the networks that know digits only."""
    output: LineOutput | None = None
    """The output that was decoded; none under constraints."""

    def probability_of(self, text: str) -> float:
        """Return the probability of `text` as the whole line; 0 where it is not among the likeliest strings."""
        constrained = (number.probability * min(number.prior, 1.0) for number in self.numbers if number.text == text)
        return next((string.probability for string in self.strings if string.text == text), next(constrained, 0.0))


@dataclass(frozen=True)
class RecognizedLine:
    """A line with the ways to read it."""

    line: TextLine
    hypotheses: tuple[LineHypothesis, ...]
    """At least one; after score fusion the best first. They differ in the number of characters."""
    decoded: DecodedLine = DecodedLine(())
    upside_down_log_odds: float = 0.0
    """Natural logarithm of the odds that the line is upside down."""

    @property
    def empty_probability(self) -> float:
        """Probability, by the line model alone, that there is no character on the line."""
        return sum(hypothesis.probability for hypothesis in self.decoded.hypotheses if not hypothesis.text)

    @property
    def best(self) -> LineHypothesis:
        """The best hypothesis."""
        return self.hypotheses[0]

    @property
    def best_probability(self) -> float:
        """Probability of the best hypothesis among all hypotheses of the line, by their scores."""
        return 1 / (1 + sum(math.exp(other.score - self.best.score) for other in self.hypotheses[1:]))
