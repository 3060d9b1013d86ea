"""Composed lines without text: doodles, marks and textures; and marks drawn over or around numbers."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.alphabet import OTHER_MARK
from .line_layout import LinePart
from .non_digit_glyphs import cropped, draw_marks
from .writers import DIGIT_HEIGHT, LineWriter, resized

Floats = NDArray[np.float32]


def compose_without_text(writer: LineWriter) -> list[LinePart]:
    """Return the parts of a random kind of line without text."""
    rng = writer.rng
    kind = rng.random()
    if kind < 0.45 and writer.pool.doodles is not None:
        return _scattered([writer.doodle() for _ in range(int(rng.integers(1, 5)))], OTHER_MARK, rng)
    if kind < 0.8:
        marks = draw_marks(int(rng.integers(1, 5)), rng)
        return _scattered([_enlarged(cropped(mark), rng) for mark in marks], "", rng)
    return [LinePart(_texture(rng), 0.0, rng.uniform(-0.3, 0.3))]


def strike_out(canvas: Floats, columns: tuple[int, int], rows: tuple[int, int], pen: float, rng: Generator) -> None:
    """Strike out the characters within `columns` and `rows`: lines across, a cross, a zigzag or a scribble."""
    (left, right), (top, bottom) = columns, rows
    left, right = left - round(rng.uniform(0, 6)), right + round(rng.uniform(0, 6))
    middle, height = (top + bottom) / 2 + rng.normal(0, 0.08) * (bottom - top), bottom - top
    kind = rng.random()
    paths: list[list[tuple[float, float]]]
    if kind < 0.35:
        count = 1 if rng.random() < 0.6 else 2
        paths = [[(left, middle + 7 * index + rng.normal(0, 3)), (right, middle + 7 * index + rng.normal(0, 3))]
                 for index in range(count)]  # fmt: skip
    elif kind < 0.5:
        paths = [[(left, bottom), (right, top)]]
    elif kind < 0.65:
        paths = [[(left, bottom), (right, top)], [(left, top), (right, bottom)]]
    else:
        turns = max(int((right - left) / rng.uniform(4, 10)), 3)
        xs = np.linspace(left, right, turns)
        paths = [
            [(x, middle + (0.45 if index % 2 else -0.45) * height + rng.normal(0, 3)) for index, x in enumerate(xs)]
        ]
    for path in paths:
        points = np.round(np.array(path) * 8).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, 1.0, max(round(pen), 1), cv2.LINE_AA, shift=3)


def encircle(canvas: Floats, columns: tuple[int, int], rows: tuple[int, int], pen: float, rng: Generator) -> None:
    """Draw a ring around the characters within `columns` and `rows`, not always closed."""
    (left, right), (top, bottom) = columns, rows
    margin = rng.uniform(2, 14, 2)
    radii = ((right - left) / 2 * 1.15 + margin[0], (bottom - top) / 2 * 1.1 + margin[1])
    angle = np.linspace(0, 2 * np.pi + rng.uniform(-0.2, 0.5), 40) + rng.uniform(0, 2 * np.pi)
    wobble = 1 + rng.normal(0, 0.04) * np.sin(angle * 2)
    points = np.stack([
        (left + right) / 2 + radii[0] * wobble * np.cos(angle), (top + bottom) / 2 + radii[1] * wobble * np.sin(angle)
    ], axis=1)  # fmt: skip
    line = np.round(points * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [line], False, 1.0, max(round(pen), 1), cv2.LINE_AA, shift=3)


def _scattered(glyphs: list[Floats], text: str, rng: Generator) -> list[LinePart]:
    return [LinePart(glyph, rng.uniform(-0.05, 0.6), rng.uniform(-0.2, 0.3), text) for glyph in glyphs]


def _enlarged(glyph: NDArray[np.uint8], rng: Generator) -> Floats:
    scale = DIGIT_HEIGHT * rng.uniform(0.5, 1.3) / max(glyph.shape)
    return resized(glyph, glyph.shape[1] * scale, glyph.shape[0] * scale, cv2.INTER_LINEAR)


def _texture(rng: Generator) -> Floats:
    """Return smooth noise above a threshold, isotropic or directed, as photographs of other things leave."""
    height, width = round(DIGIT_HEIGHT * rng.uniform(0.8, 1.4)), int(rng.integers(20, 300))
    rows, columns = (max(size // int(rng.integers(2, 14)), 2) for size in (height, width))
    field = cv2.resize(rng.normal(0, 1, (rows, columns)), (width, height), interpolation=cv2.INTER_CUBIC)
    level, contrast = rng.uniform(-0.2, 1.0), rng.uniform(2, 12)
    texture: Floats = np.clip((field - level) * contrast, 0, 1).astype(np.float32)
    return texture
