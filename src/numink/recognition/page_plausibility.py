"""Plausibility of a page's numbers: those that the rest of the page shows to be none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..results import Number
from .alphabet import LETTERS
from .types import RecognizedLine


@dataclass(frozen=True)
class PagePlausibilityParameters:
    """Parameters of plausibility; all set by eye."""

    least_strokes: int = 4
    """Of so many numbers on a page, and more,"""
    most_strokes: float = 0.7
    """at most this share are ones that stand alone: more are strokes of something else."""
    marks_in_texture: int = 20
    """Digits that all stand alone among this many times as many unread marks are marks of a texture, too."""
    letters_in_prose: float = 5.0
    """A page with this many times as many letters as digits is prose,"""
    least_confidence_in_prose: float = 0.25
    """where a number with less confidence is more likely a word,"""
    least_code_confidence_in_prose: float = 0.5
    """and so is a code, which has letters itself, with less than this."""


PARAMETERS = PagePlausibilityParameters()


def implausible_numbers(numbers: Sequence[Number], unread_count: int, *, is_prose: bool) -> set[int]:
    """Return the indices of the numbers that are none: strokes, marks of a texture, or words of prose.

    Args:
        numbers: The numbers of a page.
        unread_count: How many other marks stand on it that could not be read.
        is_prose: Whether the lines on which they stand are prose.
    """
    strokes = {index for index, number in enumerate(numbers) if number.text == "1"}
    if len(numbers) < PARAMETERS.least_strokes or len(strokes) < PARAMETERS.most_strokes * len(numbers):
        strokes = set()
    remaining = [number for index, number in enumerate(numbers) if index not in strokes]
    marks = unread_count + len(strokes)
    if all(len(number.text) == 1 for number in remaining) and marks >= PARAMETERS.marks_in_texture * len(remaining):
        return set(range(len(numbers)))
    if strokes:
        return strokes
    return {index for index, number in enumerate(numbers) if _may_be_word(number)} if is_prose else set()


def holds_prose(lines: Sequence[RecognizedLine]) -> bool:
    """Return whether the lines of a page hold far more letters than digits."""
    read = [character for line in lines for character in line.best.read]
    letters = sum(character.text in LETTERS for character in read)
    return letters > 0 and letters >= PARAMETERS.letters_in_prose * sum(character.is_digit for character in read)


def _may_be_word(number: Number) -> bool:
    """Return whether a number among words is rather one of them."""
    letters = sum(character in LETTERS for character in number.text)
    least = PARAMETERS.least_code_confidence_in_prose if letters else PARAMETERS.least_confidence_in_prose
    return letters < len(number.text) and number.confidence < least
