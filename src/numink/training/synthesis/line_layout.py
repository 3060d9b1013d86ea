"""Layout of composed lines: parts with their gaps onto one canvas, touching where the gap is small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .writers import DIGIT_HEIGHT, LineWriter

Floats = NDArray[np.float32]
CANVAS_MARGIN = 24
"""Margin around the digits on the canvas in pixels."""
TOUCHING_GAP = 0.2
"""Parts nearer than this, in digit heights, may be connected by a stroke."""


class LinePart(NamedTuple):
    """A part of a line: a character, a word or a drawing. Gap and top are in units of DIGIT_HEIGHT."""

    glyph: Floats
    """Its foreground, float32 (h, w) in 0..1."""
    gap: float
    """Gap to the part before it."""
    top: float
    """Distance of its top from the line's top."""
    text: str = ""
    """Its text, with a blank before it where a gap parts it from the part before; empty where it has none."""


def top_on_baseline(glyph: Floats, rng: Generator) -> float:
    """Return the distance from the line's top at which `glyph` stands on the baseline; some are lowered or raised."""
    lowered = rng.uniform(0, 0.25) if rng.random() < 0.05 else 0.0
    return float(1 - glyph.shape[0] / DIGIT_HEIGHT + rng.normal(0, 0.05) + lowered)


def lay_out(parts: Sequence[LinePart], writer: LineWriter) -> tuple[Floats, list[tuple[int, int]]]:
    """Return all parts on one canvas, and the first and last column of each.

    Digits stand in the rows from CANVAS_MARGIN on.
    """
    rng = writer.rng
    widths = (part.glyph.shape[1] + round(max(part.gap, 0) * DIGIT_HEIGHT) + 2 for part in parts)
    width = 2 * CANVAS_MARGIN + 20 + sum(widths)
    canvas = np.zeros((DIGIT_HEIGHT + 2 * CANVAS_MARGIN, width), np.float32)
    ends = np.full(canvas.shape[0], -1e6)  # of the foreground in each row
    columns: list[tuple[int, int]] = []
    right, before = CANVAS_MARGIN, None
    drift = rng.normal(0, 0.03)
    for part in parts:
        offset = (part.top * DIGIT_HEIGHT) + drift * (right - CANVAS_MARGIN)
        top = int(np.clip(CANVAS_MARGIN + offset, 0, canvas.shape[0] - 4))
        glyph = part.glyph[: canvas.shape[0] - top]
        left = _next_column(ends[top : top + len(glyph)], glyph, right, part.gap) if before is not None else right
        left = min(max(left, 2), width - glyph.shape[1] - 1)
        area = canvas[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(area, glyph, out=area)
        mask = glyph > 0.3
        last = np.where(mask.any(axis=1), glyph.shape[1] - mask[:, ::-1].argmax(axis=1) + left, -1e6)
        ends[top : top + len(glyph)] = np.maximum(ends[top : top + len(glyph)], last)
        if before is not None and part.gap < TOUCHING_GAP and part.text.strip().isalnum() and rng.random() < 0.16:
            _connect(canvas, before, (left, top, glyph), writer.pen, rng)
        # A pen stays down between digits and letters, not at signs.
        before = (left, top, glyph if part.text.strip().isalnum() else glyph[:0])
        right = max(right, left + glyph.shape[1])
        columns.append((left, left + glyph.shape[1]))
    return canvas, columns


def _next_column(ends: NDArray[np.float64], part: Floats, right: int, gap: float) -> int:
    """Return the column at which `part` starts so that its least distance to the parts before it in any row is `gap`.

    `ends` are the last columns of the parts before it by row, `right` is the last of all.
    """
    mask = part > 0.3
    rows = mask.any(axis=1)
    first = mask.argmax(axis=1)
    if not rows.any():
        return right
    touching = float((ends[rows] - first[rows]).max())
    # Never so far back that a digit slips over the one before it.
    left: float = max(touching, right - 0.35 * part.shape[1] - 4) + gap * DIGIT_HEIGHT
    return round(left)


def _connect(
    canvas: Floats, before: tuple[int, int, Floats], after: tuple[int, int, Floats], pen: float, rng: Generator
) -> None:
    """Draw a stroke between two parts, as a pen that is not lifted does.

    It runs near the top, as between zeros, along the baseline, as from the base of a 1, or from there up to the top.
    """
    first = rng.uniform(0.02, 0.3) if rng.random() < 0.6 else rng.uniform(0.6, 1.0)
    second = rng.uniform(0.0, 0.35) if first > 0.6 and rng.random() < 0.4 else first
    ends = []
    for (left, top, part), is_before, height in ((before, True, first), (after, False, second)):
        row = int(np.clip(height * len(part), 0, max(len(part) - 1, 0)))
        columns = np.flatnonzero(part[row] > 0.3) if len(part) else np.zeros(0, np.int64)
        if not len(columns):
            return
        ends.append((left + int(columns[-1 if is_before else 0]), top + row))
    if abs(ends[1][0] - ends[0][0]) < 0.5 * DIGIT_HEIGHT:
        cv2.line(canvas, ends[0], ends[1], 1.0, max(round(pen * DIGIT_HEIGHT / 100), 1), cv2.LINE_AA)
