"""A line of characters with its gaps, split into tokens at the wide ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from ..results import Box
from .alphabet import LETTERS
from .spacing import SpacingParameters, parting_gap


class PlacedCharacter(Protocol):
    """A character with its place on the page, such as a `Digit`."""

    @property
    def text(self) -> str:
        """The character."""

    @property
    def box(self) -> Box:
        """Its bounding box."""


@dataclass(frozen=True, slots=True)
class Token:
    """Characters of a line that stand together."""

    start: int
    """Index of its first character."""
    stop: int
    """Index behind its last character."""
    text: str
    """Its characters, with a blank at each gap of an expression."""

    @classmethod
    def join(cls, tokens: Sequence[Token], between: str = "") -> Token:
        """Return neighbouring tokens as one, their texts with `between` between them."""
        return cls(tokens[0].start, tokens[-1].stop, between.join(token.text for token in tokens))


@dataclass(frozen=True)
class TokenParameters:
    """Parameters of tokens, in digit heights; E220 chose the spacing of digits, E081 `greatest_gap_across_sign`."""

    digits: SpacingParameters = SpacingParameters(
        least_gap=0.45, greatest_gap=1.2, usual_gap=0.9, mean_gap=0.3, mean_weight=0.3, variance_shape=2.0,
        variance_scale=0.08, median_wide_gap=1.2, wide_gap_spread=0.5, wide_log_odds=-1.0,
    )  # fmt: skip
    """Priors of the gaps between digits, and between digits and signs."""
    letters: SpacingParameters = SpacingParameters(
        least_gap=0.25, greatest_gap=0.9, usual_gap=0.45, mean_gap=0.12, mean_weight=0.3, variance_shape=2.0,
        variance_scale=0.02, median_wide_gap=0.8, wide_gap_spread=0.5, wide_log_odds=-1.0,
    )  # fmt: skip
    """Priors of the gaps between letters; by eye."""
    greatest_gap_across_sign: float = 1.8
    """A sign within a number holds its two sides together across such a gap."""
    greatest_gap_of_operator: float = 3.0
    """An operator that stands alone joins numbers up to this gap on each of its sides; by eye."""
    least_balance: float = 0.6
    """An operator is in the middle where the narrower of its two gaps is at least this part of the wider; by eye."""


PARAMETERS = TokenParameters()


class TokenLine:
    """The characters of a line, with the gap before each in digit heights and the gap from which it stands apart."""

    def __init__(self, characters: Sequence[PlacedCharacter], digit_height: float) -> None:
        """Measure the gaps between `characters`, which stand from left to right."""
        self.characters = [character.text for character in characters]
        self.widths = [character.box.w / digit_height for character in characters]
        self.gaps = _gaps([character.box for character in characters], digit_height)
        self.parting_gaps = self._parting_gaps()

    def token(self, start: int, stop: int) -> Token:
        """Return the characters from `start` to `stop` as one token."""
        return Token(start, stop, "".join(self.characters[start:stop]))

    def gap_before(self, token: Token) -> float:
        """Return the gap before a token, in digit heights; infinite before the first."""
        return self.gaps[token.start]

    def split(self, operators: str) -> list[Token]:
        """Split the line at wide gaps, and on both sides of one of the `operators` that stands in the middle."""
        splits = [gap > part for gap, part in zip(self.gaps, self.parting_gaps, strict=True)]
        for index in range(1, len(self.characters) - 1):
            if (
                self.characters[index] in operators
                and splits[index] != splits[index + 1]
                and self._in_the_middle(index)
            ):
                splits[index] = splits[index + 1] = True
        starts = [index for index, split in enumerate(splits) if split or index == 0]
        return [self.token(start, stop) for start, stop in pairwise([*starts, len(self.characters)])]

    def _in_the_middle(self, index: int) -> bool:
        before, after = self.gaps[index], self.gaps[index + 1]
        return min(before, after) >= PARAMETERS.least_balance * max(before, after)

    def _parting_gaps(self) -> list[float]:
        """Return the gap that parts each character from the one before it, by the kinds of the two."""
        by_kind: dict[bool, list[float]] = {True: [], False: []}
        for (before, after), gap in zip(pairwise(self.characters), self.gaps[1:], strict=True):
            if (before in LETTERS) == (after in LETTERS):
                by_kind[before in LETTERS].append(gap)
        of_digits = parting_gap(by_kind[False], PARAMETERS.digits)
        of_letters = parting_gap(by_kind[True], PARAMETERS.letters)
        parting = [of_digits]
        for before, after in pairwise(self.characters):
            share = ((before in LETTERS) + (after in LETTERS)) / 2
            parting.append(share * of_letters + (1 - share) * of_digits)
        return parting


def _gaps(boxes: Sequence[Box], digit_height: float) -> list[float]:
    """Return the gap before each box in digit heights, from the rightmost column so far; infinite before the first."""
    gaps, right = [], float("-inf")
    for box in boxes:
        gaps.append((box.x - right) / digit_height)
        right = max(right, box.x + box.w)
    return gaps
