"""View models of the digits and signs of a number, with their probabilities."""

from __future__ import annotations

from dataclasses import dataclass

from ...recognition.alphabet import is_digit
from ...results import Box, Digit

PROBABILITIES_SHOWN = 4
"""Number of probabilities shown for a digit: the best guess and the next best."""
MIN_BAR_WIDTH = 0.6
"""Width of the shortest bar in per cent, so that it can be seen."""


@dataclass(frozen=True)
class ProbabilityBar:
    """A row of the probabilities of a digit; `width` in per cent."""

    text: str
    confidence: float
    width: float


@dataclass(frozen=True)
class DigitView:
    """A digit or sign with its probabilities and its correction (None: not reviewed; empty: nothing is there)."""

    text: str
    confidence: float
    accepted: bool
    box: Box
    bars: tuple[ProbabilityBar, ...]
    correction: str | None
    needs_review: bool
    after_space: bool

    @property
    def is_digit(self) -> bool:
        """True for one of 0..9, which can be explained."""
        return is_digit(self.text)

    @property
    def current_text(self) -> str:
        """The corrected digit, or the one that was read."""
        return self.text if self.correction is None else self.correction


def digit_view(digit: Digit, correction: str | None, needs_review: bool, after_space: bool) -> DigitView:
    """Make the view of a digit or sign with its correction."""
    rows = [(digit.text, digit.confidence)]
    rows += [(alternative.text, alternative.confidence) for alternative in digit.alternatives]
    bars = tuple(
        ProbabilityBar(text, confidence, max(confidence * 100, MIN_BAR_WIDTH))
        for text, confidence in rows[:PROBABILITIES_SHOWN]
    )
    return DigitView(
        digit.text, digit.confidence, digit.accepted, digit.box, bars, correction, needs_review, after_space
    )
