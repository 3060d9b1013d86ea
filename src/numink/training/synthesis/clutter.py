"""Clutter on composed lines: ruled lines, frames, specks and remains of other lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...imaging.ruled_lines import remove_ruled_lines
from ...results import Box
from .writers import DIGIT_HEIGHT

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ClutterParameters:
    """Tuned shares of clutter; experiments are in docs/log.md, values without one were set by eye."""

    combs: float = 0.06
    """Share of lines with a vertical line for each digit's box."""
    framed: float = 0.08
    """Share of the other lines with the remains of one frame around them (introduced in E131)."""
    ruled: float = 0.3
    """Share of lines with a ruled line under or through the digits."""
    removed: float = 0.35
    """Share of the ruled lines that are removed by the reader's own step (E167); the reader leaves some, too."""


CLUTTER = ClutterParameters()


def add_ruled_lines(canvas: Floats, body: Box, rng: Generator) -> Floats:
    """Return `canvas` with ruled lines on a share of the lines: whole, dashed, faint, or removed again.

    Removal takes from the digits the pixels that it takes in the reader. Rarely there are the sides of boxes, or of
    one frame around `body`, the box of the digits.
    """
    if rng.random() < CLUTTER.combs:
        canvas = _add_comb(canvas, rng)
    elif rng.random() < CLUTTER.framed:
        canvas = _add_frame(canvas, body, rng)
    if rng.random() > CLUTTER.ruled:
        return canvas
    width = canvas.shape[1]
    is_removed = rng.random() < CLUTTER.removed
    level = rng.uniform(0.5 if is_removed else 0.3, 1.0)
    pen = int(rng.integers(1, 4))
    for _ in range(1 if rng.random() < 0.7 else 2):
        y = body.y + body.h * (rng.normal(1.05, 0.12) if rng.random() < 0.75 else rng.uniform(-0.2, 1.3))
        tilt = rng.normal(0, 0.015) * width
        line = np.zeros_like(canvas)
        cv2.line(line, (0, round(y - tilt)), (width, round(y + tilt)), level, pen, cv2.LINE_AA)
        if rng.random() < (0.1 if is_removed else 0.6):
            dashes = cv2.resize(rng.random((1, max(width // int(rng.integers(4, 30)), 2))), (width, 1))
            line *= np.clip((dashes - rng.uniform(0.2, 0.7)) * 8, 0, 1).astype(np.float32)
        canvas = np.maximum(canvas, line)
    return remove_ruled_lines(canvas) if is_removed else canvas


def _add_frame(canvas: Floats, body: Box, rng: Generator) -> Floats:
    """Add the remains of a frame: its top or bottom, and some of the other sides, which start there.

    A vertical side is never alone: it might be a 1.
    """
    margins = rng.uniform(0.02, 0.3, 4) * DIGIT_HEIGHT
    left, right = body.x - margins[0], body.x + body.w + margins[1]
    first, second = body.y - margins[2], body.y + body.h + margins[3]
    if rng.random() < 0.5:
        first, second = second, first
    level, pen = rng.uniform(0.4, 1.0), int(rng.integers(1, 3))
    sides = [(left, first, right, first)]
    for share, side in ((0.75, (left, first, left, second)), (0.35, (right, first, right, second)),
                        (0.4, (left, second, right, second))):  # fmt: skip
        if rng.random() < share:
            sides.append(side)
    out = canvas.copy()
    for x, y, to_x, to_y in sides:
        part = rng.uniform(0.3, 1.0) if rng.random() < 0.4 else 1.0
        end = np.array([x + (to_x - x) * part, y + (to_y - y) * part]) + rng.normal(0, 1.0, 2)
        cv2.line(out, (round(x), round(y)), (round(end[0]), round(end[1])), level, pen, cv2.LINE_AA)
    return np.maximum(canvas, out)


def _add_comb(canvas: Floats, rng: Generator) -> Floats:
    """Add vertical lines over the full height, as of a form with a box for each digit."""
    height, width = canvas.shape
    gap, level, pen = rng.uniform(0.7, 1.4) * DIGIT_HEIGHT, rng.uniform(0.3, 1.0), int(rng.integers(1, 3))
    out = canvas.copy()
    for x in np.arange(rng.uniform(0, gap), width, gap):
        tilt = rng.normal(0, 1.5)
        cv2.line(out, (round(x - tilt), 0), (round(x + tilt), height), level, pen, cv2.LINE_AA)
    return np.maximum(canvas, out)


def add_specks(canvas: Floats, rng: Generator) -> Floats:
    """Draw specks, parts of a printed background, or the end of a stroke of another line onto `canvas`."""
    height, width = canvas.shape
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 14))):
            centre = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(canvas, centre, int(rng.integers(0, 2)), float(rng.uniform(0.3, 1)), -1, cv2.LINE_AA)
    if rng.random() < 0.22:
        tilt = rng.normal(0, 0.4)
        for _ in range(int(rng.integers(3, 30))):
            x, y, length = rng.integers(width), rng.integers(height), rng.uniform(3, 14)
            end = (round(x + length), round(y + length * tilt))
            cv2.line(canvas, (int(x), int(y)), end, float(rng.uniform(0.15, 0.7)), 1, cv2.LINE_AA)
    if rng.random() < 0.1:
        x, length, depth = rng.integers(width), rng.uniform(4, 20), rng.integers(2, 14)
        start, pen = (int(x), 0), int(rng.integers(1, 4))
        is_above = rng.random() < 0.5
        end = (round(x + rng.normal(0, length)), int(depth))
        if not is_above:
            start, end = (start[0], height), (end[0], height - end[1])
        cv2.line(canvas, start, end, 1.0, pen, cv2.LINE_AA)
    return canvas
