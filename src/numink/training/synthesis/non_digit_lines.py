"""Composed lines without digits: words in print and handwriting, cursive, single letters, doodles, marks, textures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .non_digit_glyphs import FONTS, cropped, draw_marks
from .writers import DIGIT_HEIGHT, LineWriter, resized

Floats = NDArray[np.float32]
LinePart = tuple[Floats, float, float]
"""Foreground (h, w) of a part of a line, the gap before it, and its top's distance from the line's top.

Gap and distance are in units of DIGIT_HEIGHT.
"""
PRINTED_LETTERS = "abcdefghijklmnopqrstuvwxyzACDEFGHIJKLMNPQRTUVWXY"


def top_on_baseline(glyph: Floats, rng: Generator) -> float:
    """Return the distance from the line's top at which `glyph` stands on the baseline; some are lowered or raised."""
    lowered = rng.uniform(0, 0.25) if rng.random() < 0.05 else 0.0
    return float(1 - glyph.shape[0] / DIGIT_HEIGHT + rng.normal(0, 0.05) + lowered)


def word(writer: LineWriter, count: int, cursive: bool = False) -> list[LinePart]:
    """Return a word of `count` letters, which touch and overlap where it is `cursive`."""
    rng = writer.rng
    parts: list[LinePart] = []
    for index in range(count):
        glyph = writer.letter()
        low, high = (0.5, 1.2) if not index else (-0.12, 0.0) if cursive else (0.0, 0.15)
        gap = rng.uniform(low, high)
        parts.append((glyph, gap, top_on_baseline(glyph, rng)))
    return parts


def compose_without_digits(writer: LineWriter) -> list[LinePart]:
    """Return the parts of a random kind of line without digits."""
    rng = writer.rng
    kind = rng.random()
    if kind < 0.6:
        return _letters(writer, kind)
    if kind < 0.7:
        return [(_printed(rng), 0.0, 0.0)]
    if kind < 0.85 and writer.pool.doodles is not None:
        return _scattered([writer.doodle() for _ in range(int(rng.integers(1, 5)))], rng)
    if kind < 0.95:
        marks = draw_marks(int(rng.integers(1, 5)), rng)
        return _scattered([_enlarged(cropped(mark), rng) for mark in marks], rng)
    return [(_texture(rng), 0.0, rng.uniform(-0.3, 0.3))]


def _letters(writer: LineWriter, kind: float) -> list[LinePart]:
    """Return a word, a longer one in cursive, or, rarely, one letter, as `kind` in 0..0.6 says."""
    if kind < 0.25:
        return word(writer, int(writer.rng.integers(2, 10)))
    if kind < 0.5:
        return word(writer, int(writer.rng.integers(3, 16)), cursive=True)
    return word(writer, 1)


def _scattered(glyphs: list[Floats], rng: Generator) -> list[LinePart]:
    return [(glyph, rng.uniform(-0.05, 0.6), rng.uniform(-0.2, 0.3)) for glyph in glyphs]


def _enlarged(glyph: NDArray[np.uint8], rng: Generator) -> Floats:
    scale = DIGIT_HEIGHT * rng.uniform(0.5, 1.3) / max(glyph.shape)
    return resized(glyph, glyph.shape[1] * scale, glyph.shape[0] * scale, cv2.INTER_LINEAR)


def _printed(rng: Generator) -> Floats:
    """Return a word or two in one of OpenCV's stroke fonts."""
    text = "".join(rng.choice(list(PRINTED_LETTERS), int(rng.integers(3, 12))))
    if len(text) > 6 and rng.random() < 0.5:
        text = f"{text[:4]} {text[4:]}"
    font, pen = FONTS[int(rng.integers(len(FONTS)))], int(rng.integers(1, 6))
    size = 2.6 if font == cv2.FONT_HERSHEY_PLAIN else 1.3
    canvas = np.zeros((72, 60 * len(text)), np.uint8)
    cv2.putText(canvas, text, (8, 50), font, size, 255, pen, cv2.LINE_AA)
    foreground = cropped(canvas)
    height = DIGIT_HEIGHT * rng.uniform(0.9, 1.3)
    return resized(foreground, foreground.shape[1] * height / foreground.shape[0], height, cv2.INTER_AREA)


def _texture(rng: Generator) -> Floats:
    """Return smooth noise above a threshold, isotropic or directed, as photographs of other things leave."""
    height, width = round(DIGIT_HEIGHT * rng.uniform(0.8, 1.4)), int(rng.integers(20, 300))
    rows, columns = (max(size // int(rng.integers(2, 14)), 2) for size in (height, width))
    field = cv2.resize(rng.normal(0, 1, (rows, columns)), (width, height), interpolation=cv2.INTER_CUBIC)
    level, contrast = rng.uniform(-0.2, 1.0), rng.uniform(2, 12)
    texture: Floats = np.clip((field - level) * contrast, 0, 1).astype(np.float32)
    return texture
