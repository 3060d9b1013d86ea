"""Lines made by program for the tests of recognition's stages: foregrounds, probabilities, recognized lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from numink.recognition.alphabet import BLANK, COLUMNS, DIGITS
from numink.recognition.types import (
    CharacterHypothesis,
    Component,
    DecodedLine,
    FloatImage,
    LineHypothesis,
    LineOutput,
    Probabilities,
    RecognizedLine,
    StringProbability,
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


def likely(probabilities: Mapping[str, float]) -> Probabilities:
    """Return the probabilities (BLANK,) of a character that may be some, and no other."""
    row = np.zeros(BLANK)
    for text, probability in probabilities.items():
        row[COLUMNS[text]] = probability
    return row


def certain(text: str, probability: float = 0.991) -> Probabilities:
    """Return the probabilities (BLANK,) of a character that is read with confidence, the rest among other digits."""
    remaining = DIGITS.replace(text, "")
    return likely({text: probability, **dict.fromkeys(remaining, (1 - probability) / len(remaining))})


def character(
    box: tuple[int, int, int, int], probabilities: Probabilities | None, presence: float = 1.0, agreement: float = 1.0
) -> CharacterHypothesis:
    """Return a character after score fusion; without probabilities a component that is part of none."""
    return CharacterHypothesis(filled(box), probabilities, presence, agreement)


def recognized(
    characters: Sequence[CharacterHypothesis], height: float, score: float = 0.0,
    alternatives: Sequence[LineHypothesis] = (), empty_probability: float = 0.0, upside_down_log_odds: float = 0.0,
    strings: Mapping[str, float] | None = None,
) -> RecognizedLine:  # fmt: skip
    """Return a line after score fusion whose best hypothesis has these characters.

    `strings` are the likeliest strings of the whole line by the line model.
    """
    box = Box.around([character.box for character in characters])
    line = TextLine(tuple(character.component for character in characters), height, 0.0, box)
    best = LineHypothesis("", 1.0, tuple(characters), score)
    decoded = DecodedLine(
        (LineHypothesis("", empty_probability),),
        tuple(StringProbability(*string) for string in (strings or {}).items()),
    )
    return RecognizedLine(line, (best, *alternatives), decoded, upside_down_log_odds)


def frames(*columns: int, confidence: float = 0.99) -> NDArray[np.float64]:
    """Return the line model's probabilities (T, BLANK + 1) for frames that each read one character, or the blank."""
    probabilities = np.full((len(columns), BLANK + 1), (1 - confidence) / BLANK)
    probabilities[np.arange(len(columns)), columns] = confidence
    return probabilities


def frames_of(text: str, doubts: Mapping[int, Mapping[str, float]] | None = None) -> NDArray[np.float64]:
    """Return clear probabilities (2 K + 1, BLANK + 1) for K characters with blanks around each.

    Args:
        text: The characters; a space stands for more blanks.
        doubts: For some characters of the text, by index, the probabilities of what else they may be; a space stands
            for nothing.
    """
    columns = [column for character in text for column in (COLUMNS.get(character, BLANK), BLANK)]
    probabilities = frames(BLANK, *columns, confidence=0.995)
    for index, other in (doubts or {}).items():
        row = probabilities[2 * index + 1]
        row *= 1 - sum(other.values())
        for character, probability in other.items():
            row[COLUMNS.get(character, BLANK)] += probability
    return probabilities


def noisy(text: str, rng: np.random.Generator) -> LineOutput:
    """Return a line model's output as a real one looks: several frames a character, doubts among all columns."""
    columns = [BLANK, BLANK]
    for character in text:
        columns += [COLUMNS[character]] * int(rng.integers(1, 4)) + [BLANK] * int(rng.integers(1, 3))
    logits = rng.normal(0, 1.2, (len(columns), BLANK + 1))
    logits[:, BLANK] += 3
    logits[np.arange(len(columns)), columns] += 9
    probabilities = np.exp(logits)
    return LineOutput((probabilities / probabilities.sum(axis=1, keepdims=True))[None], (1.0,), 0.0)


def prediction(digit: int, probability: float = 0.99, not_a_digit: float = 0.001) -> NDArray[np.float32]:
    """Return the digit model's prediction (11,) for one glyph."""
    row = np.full(11, (1 - probability - not_a_digit) / 9, np.float32)
    row[digit], row[10] = probability, not_a_digit
    return row
