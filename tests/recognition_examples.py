"""Lines made by program for the tests of recognition's stages: foregrounds, probabilities, recognized lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from numink.recognition.alphabet import BLANK, COLUMNS
from numink.recognition.types import (
    CharacterHypothesis,
    Component,
    FloatImage,
    LineHypothesis,
    Probabilities,
    RecognizedLine,
    TextLine,
)
from numink.results import Box


def draw_boxes(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (200, 600)) -> FloatImage:
    """Return a foreground of filled boxes (x, y, w, h)."""
    foreground = np.zeros(shape, np.float32)
    for x, y, w, h in boxes:
        foreground[y : y + h, x : x + w] = 1
    return foreground


def draw_ring(foreground: FloatImage, x: int, y: int, radius: int = 30) -> None:
    """Draw a zero with its middle at x, y."""
    cv2.circle(foreground, (x, y), radius, 1.0, 8, cv2.LINE_AA)


def filled(box: tuple[int, int, int, int]) -> Component:
    """Return a component whose box is full of foreground."""
    return Component(Box(*box), np.ones((box[3], box[2]), np.float32))


def certain(digit: int, probability: float = 0.991) -> Probabilities:
    """Return the probabilities (10,) of a digit that is read with confidence."""
    probabilities = np.full(10, (1 - probability) / 9)
    probabilities[digit] = probability
    return probabilities


def character(
    box: tuple[int, int, int, int], probabilities: Probabilities | None, presence: float = 1.0
) -> CharacterHypothesis:
    """Return a character after score fusion; without probabilities a component that is no digit."""
    return CharacterHypothesis(filled(box), probabilities, presence)


def recognized(
    characters: Sequence[CharacterHypothesis], height: float, score: float = 0.0,
    alternatives: Sequence[LineHypothesis] = (), empty_probability: float = 0.0, upside_down_log_odds: float = 0.0,
) -> RecognizedLine:  # fmt: skip
    """Return a line after score fusion whose best hypothesis has these characters."""
    box = Box.around([character.box for character in characters])
    line = TextLine(tuple(character.component for character in characters), height, 0.0, box)
    best = LineHypothesis("", 1.0, tuple(characters), score)
    return RecognizedLine(line, (best, *alternatives), empty_probability, upside_down_log_odds)


def frames(*columns: int, confidence: float = 0.99) -> NDArray[np.float64]:
    """Return the line model's probabilities (T, BLANK + 1) for frames that each read one character, or the blank."""
    probabilities = np.full((len(columns), BLANK + 1), (1 - confidence) / BLANK)
    probabilities[np.arange(len(columns)), columns] = confidence
    return probabilities


def frames_of(text: str, doubts: Mapping[int, Mapping[str, float]] | None = None) -> NDArray[np.float64]:
    """Return clear probabilities (2 K + 1, BLANK + 1) for K characters with blanks around each.

    Args:
        text: The characters; a space stands for more blanks.
        doubts: For some characters of the text, by index, the probabilities of what else they may be.
    """
    columns = [column for character in text for column in (COLUMNS.get(character, BLANK), BLANK)]
    probabilities = frames(BLANK, *columns, confidence=0.995)
    for index, other in (doubts or {}).items():
        row = probabilities[2 * index + 1]
        row *= 1 - sum(other.values())
        for character, probability in other.items():
            row[COLUMNS[character]] += probability
    return probabilities


def prediction(digit: int, probability: float = 0.99, not_a_digit: float = 0.001) -> NDArray[np.float32]:
    """Return the digit model's prediction (11,) for one glyph."""
    row = np.full(11, (1 - probability - not_a_digit) / 9, np.float32)
    row[digit], row[10] = probability, not_a_digit
    return row
