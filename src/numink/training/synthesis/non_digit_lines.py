"""Lines without digits: words, printed and written, running hands, letters alone, doodles, marks, textures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .non_digit_glyphs import FONTS, cropped, marks
from .writers import BODY, Hand, stretched

Floats = NDArray[np.float32]
Part = tuple[Floats, float, float]
"""Ink (h, w), the room before it in parts of BODY, and how far below the line's top it begins, likewise."""


def standing(glyph: Floats, rng: Generator) -> float:
    """Where what stands on the line begins; some are lifted or hang."""
    lifted = rng.uniform(0, 0.25) if rng.random() < 0.05 else 0.0
    return float(1 - glyph.shape[0] / BODY + rng.normal(0, 0.05) + lifted)


def word(hand: Hand, count: int, running: bool = False) -> list[Part]:
    """Letters; in a `running` hand they touch and overlap."""
    rng = hand.rng
    parts: list[Part] = []
    for at in range(count):
        glyph = hand.letter()
        room = rng.uniform(0.5, 1.2) if not at else rng.uniform(-0.12, 0.0) if running else rng.uniform(0.0, 0.15)
        parts.append((glyph, room, standing(glyph, rng)))
    return parts


def no_digits(hand: Hand) -> list[Part]:
    """One kind of line at random."""
    rng = hand.rng
    kind = rng.random()
    if kind < 0.6:
        return _letters(hand, kind)
    if kind < 0.7:
        return [(_printed(rng), 0.0, 0.0)]
    if kind < 0.85 and hand.hands.doodles is not None:
        return _scattered([hand.doodle() for _ in range(int(rng.integers(1, 5)))], rng)
    if kind < 0.95:
        glyphs = marks(int(rng.integers(1, 5)), rng)
        return _scattered([_grown(cropped(one), rng) for one in glyphs], rng)
    return [(_texture(rng), 0.0, rng.uniform(-0.3, 0.3))]


def _letters(hand: Hand, kind: float) -> list[Part]:
    """A word, a longer one in a running hand, or, seldom, one letter; `kind` in 0..0.6 says which."""
    if kind < 0.25:
        return word(hand, int(hand.rng.integers(2, 10)))
    if kind < 0.5:
        return word(hand, int(hand.rng.integers(3, 16)), running=True)
    return word(hand, 1)


def _scattered(glyphs: list[Floats], rng: Generator) -> list[Part]:
    return [(glyph, rng.uniform(-0.05, 0.6), rng.uniform(-0.2, 0.3)) for glyph in glyphs]


def _grown(glyph: NDArray[np.uint8], rng: Generator) -> Floats:
    scale = BODY * rng.uniform(0.5, 1.3) / max(glyph.shape)
    return stretched(glyph, glyph.shape[1] * scale, glyph.shape[0] * scale, cv2.INTER_LINEAR)


LETTERS = "abcdefghijklmnopqrstuvwxyzACDEFGHIJKLMNPQRTUVWXY"


def _printed(rng: Generator) -> Floats:
    """A word or two in one of OpenCV's stroke fonts."""
    text = "".join(rng.choice(list(LETTERS), int(rng.integers(3, 12))))
    if len(text) > 6 and rng.random() < 0.5:
        text = f"{text[:4]} {text[4:]}"
    font, pen = FONTS[int(rng.integers(len(FONTS)))], int(rng.integers(1, 6))
    size = 2.6 if font == cv2.FONT_HERSHEY_PLAIN else 1.3
    canvas = np.zeros((72, 60 * len(text)), np.uint8)
    cv2.putText(canvas, text, (8, 50), font, size, 255, pen, cv2.LINE_AA)
    ink = cropped(canvas)
    height = BODY * rng.uniform(0.9, 1.3)
    return stretched(ink, ink.shape[1] * height / ink.shape[0], height, cv2.INTER_AREA)


def _texture(rng: Generator) -> Floats:
    """Smooth noise over a threshold, level or along a direction: what is left of photographs of other things."""
    height, width = round(BODY * rng.uniform(0.8, 1.4)), int(rng.integers(20, 300))
    rows, columns = (max(size // int(rng.integers(2, 14)), 2) for size in (height, width))
    field = cv2.resize(rng.normal(0, 1, (rows, columns)), (width, height), interpolation=cv2.INTER_CUBIC)
    level, soft = rng.uniform(-0.2, 1.0), rng.uniform(2, 12)
    made: Floats = np.clip((field - level) * soft, 0, 1).astype(np.float32)
    return made
