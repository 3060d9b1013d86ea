"""Page orientation: by which quarter turns a page is to be turned so that it is upright.

A page that is plainly upright is not tried otherwise; another is turned only for better evidence, which is digits in a
row that both models read with confidence, and the line model's upside-down log-odds. A digit alone says too little:
a 6 is a 9 upside down, and a 1 a dash on its side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..results import Number
from .number_grouping import NumberOptions, group_numbers
from .types import FloatImage, RecognizedLine, TextLine


@dataclass(frozen=True)
class PageOrientationParameters:
    """Parameters of page orientation; evidence is in natural logarithms.

    E069 introduced the method, E103 the rule of leading zeros, E106 that of other foreground; values were set by eye.
    """

    digit_evidence: float = 1.0
    """Evidence of each digit of a number of several."""
    lone_digit_evidence: float = 0.2
    """Evidence of a number of one digit."""
    quarter_turn_margin: float = 1.5
    """How much more evidence a page must give for a turn by 90 or 270 degrees: pages seldom lie so."""
    half_turn_margin: float = 4.0
    """The same for a turn by 180 degrees."""
    certain_evidence: float = 5.0
    """With more evidence than this a page is upright."""
    unread_component_cost: float = 0.7
    """Evidence against an orientation of each tall component that is no digit."""
    unread_height: float = 0.6
    """A component taller than this part of its line's digits is tall."""
    leading_zero_cost: float = 1.5
    """Evidence against an orientation of each 0 that a number begins with."""
    most_other_foreground: float = 0.1
    """A digit is not alone where there is more foreground beside it than this part of its own."""
    certain_lone_digit: float = 0.9
    """A page of one digit with at least this confidence is not turned."""
    sample: int = 10
    """Orientations are compared by so many of the page's lines: to read a form in all four takes seconds."""


PARAMETERS = PageOrientationParameters()


def orientation_is_certain(foreground: FloatImage, lines: Sequence[RecognizedLine]) -> bool:
    """Return whether a page is left as it lies: it is empty, one digit, or plainly upright.

    `foreground` float32 (h, w) is the page's, and `lines` those read on it.
    """
    numbers = group_numbers(lines, NumberOptions()).numbers
    return not lines or _is_one_digit(foreground, numbers) or _evidence(lines, numbers) > PARAMETERS.certain_evidence


def longest(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of most components, as many as orientations are compared by, in their order."""
    count = len(lines)
    chosen = sorted(range(count), key=lambda index: -len(lines[index].components))[: PARAMETERS.sample]
    return [lines[index] for index in sorted(chosen)]


def sample_of(lines: Sequence[RecognizedLine]) -> list[RecognizedLine]:
    """Return the recognized lines that `longest` chooses."""
    chosen = {id(line) for line in longest([line.line for line in lines])}
    return [line for line in lines if id(line.line) in chosen]


def choose_orientation(readings: Mapping[int, Sequence[RecognizedLine]]) -> int:
    """Return the degrees by which the page is to be turned clockwise: one of the keys of `readings`.

    `readings` are the lines as they are read once the page is turned by so many degrees; 0 must be among them.
    """
    if len(readings) == 1:
        return 0
    margins = {
        90: PARAMETERS.quarter_turn_margin,
        180: PARAMETERS.half_turn_margin,
        270: PARAMETERS.quarter_turn_margin,
    }
    evidence = {
        degrees: _evidence(lines, group_numbers(lines, NumberOptions()).numbers) for degrees, lines in readings.items()
    }
    # An orientation needs evidence for it, not only less against it: pages without numbers are left as they lie.
    chosen, most = 0, 0.0
    for degrees, margin in margins.items():
        if degrees not in readings:
            continue
        gain = min(evidence[degrees], evidence[degrees] - evidence[0] - margin)
        if gain > most and any(len(line.best.digits) > 1 for line in readings[degrees]):
            chosen, most = degrees, gain
    return chosen


def _is_one_digit(foreground: FloatImage, numbers: Sequence[Number]) -> bool:
    """Return whether there is one certain digit with specks at most beside it: not even a stroke, which may be a 1."""
    if len(numbers) != 1 or len(numbers[0].digits) != 1 or numbers[0].confidence < PARAMETERS.certain_lone_digit:
        return False
    box = numbers[0].box
    inside = foreground[box.y : box.y + box.h, box.x : box.x + box.w].sum()
    return bool(foreground.sum() - inside < PARAMETERS.most_other_foreground * inside)


def _unread_count(lines: Sequence[RecognizedLine]) -> int:
    return sum(
        character.probabilities is None and character.box.h > PARAMETERS.unread_height * line.line.digit_height
        for line in lines
        for character in line.best.characters
    )


def _evidence(lines: Sequence[RecognizedLine], numbers: Sequence[Number]) -> float:
    """Return the evidence for the orientation in which `lines` and `numbers` were read."""
    lengths = [len(number.digits) for number in numbers]
    by_digits = sum(
        PARAMETERS.digit_evidence * length if length > 1 else PARAMETERS.lone_digit_evidence for length in lengths
    )
    leading_zeros = sum(len(number.text) - len(number.text.lstrip("0")) for number in numbers if len(number.digits) > 1)
    by_lines = sum(line.best.score - line.upside_down_log_odds for line in lines)
    against = PARAMETERS.unread_component_cost * _unread_count(lines)
    return by_digits + by_lines - against - PARAMETERS.leading_zero_cost * leading_zeros
