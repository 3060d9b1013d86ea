"""Composed lines of digits with known texts: the training data of the line network.

Each line has one writer. Digits are apart, touching, overlapping or connected by a stroke, with signs between them,
words beside them, and remains of ruled lines, frames and noise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.line_image import to_line_image
from ...recognition.types import LineImage
from ...results import Box
from .clutter import add_ruled_lines, add_specks, draw_sign
from .non_digit_lines import LinePart, compose_without_digits, top_on_baseline, word
from .writers import DIGIT_HEIGHT, LineWriter, WriterPool

Floats = NDArray[np.float32]
CANVAS_MARGIN = 24
"""Margin around the digits on the canvas in pixels."""
LENGTH_WEIGHTS = np.array([8, 8, 12, 15, 17, 12, 8, 6, 4, 4, 3, 3], float)
"""Relative frequencies of lines of 1, 2, 3 ... digits."""
AMOUNT_LENGTH_WEIGHTS = np.array([3, 6, 15, 25, 28, 14, 6, 3], float)
"""Relative frequencies of amounts of 1, 2, 3 ... digits."""
SLANT_OVERHANG = 8
"""Columns by which slanted digits may extend beyond the line's ends."""
FIRST_DIGIT_PROBABILITIES = np.log10(1 + 1 / np.arange(1, 10))
"""Probabilities of amounts beginning with 1, 2 ... 9 (Benford 1938)."""


@dataclass(frozen=True)
class LineParameters:
    """Tuned shares of kinds of lines; experiments are in docs/log.md, values without one were set by eye."""

    with_digits: float = 0.72
    """Share of lines with digits."""
    steep: float = 0.12
    """Share of lines slanted so far to the right that each digit stands below the next (E130)."""
    coarse: float = 0.08
    coarse_rows: tuple[int, int] = (10, 24)
    """Share of lines from small pictures, and the least and greatest height of their digits in pixels (E167)."""
    grouped: float = 0.3
    grouped_fast: float = 0.55
    """Share of numbers of more than three digits with separated thousands, by normal and by fast writers (E167)."""


LINES = LineParameters()


def compose_line(pool: WriterPool, rng: Generator) -> tuple[LineImage, str]:
    """Return a random line image with its text: the digits from left to right; '' for a line without digits."""
    writer = LineWriter.draw(pool, rng)
    weights = AMOUNT_LENGTH_WEIGHTS if writer.is_fast else LENGTH_WEIGHTS
    text = _draw_text(rng, weights) if rng.random() < LINES.with_digits else ""
    parts = _write(writer, text) if text else compose_without_digits(writer)
    canvas, edges = _lay_out(parts, writer)
    body = Box(edges[0], CANVAS_MARGIN, max(edges[1] - edges[0], 4), DIGIT_HEIGHT)
    canvas = add_specks(add_ruled_lines(canvas, body, rng), rng)
    slant = rng.uniform(0.35, 1.05) if rng.random() < LINES.steep else rng.normal(0.05, 0.16)
    border = max(math.ceil(abs(slant) * DIGIT_HEIGHT / 2) - SLANT_OVERHANG, 0)
    canvas = cv2.copyMakeBorder(canvas, 0, 0, border, border, cv2.BORDER_CONSTANT).astype(np.float32)
    canvas, slope = _warp(canvas, slant, rng)
    edges = (edges[0], edges[1] + 2 * border)
    box = _line_box(canvas, edges, rng)
    return to_line_image(_degrade(canvas, rng), box, slope + rng.normal(0, 0.015)), text


def _line_box(canvas: Floats, edges: tuple[int, int], rng: Generator) -> Box:
    """Return the line's box between the columns `edges`, with the inaccuracy of a line segmentation."""
    rows = np.flatnonzero(canvas[:, edges[0] : edges[1]].max(axis=1) > 0.3)
    top, bottom = CANVAS_MARGIN, CANVAS_MARGIN + DIGIT_HEIGHT
    if not (rng.random() < 0.5 or not len(rows)):
        top, bottom = int(rows[0]), int(rows[-1]) + 1
    height = min(max(bottom - top, DIGIT_HEIGHT * 0.6), DIGIT_HEIGHT * 1.6) * math.exp(rng.normal(0, 0.08))
    middle = (top + bottom) / 2 + rng.normal(0, 0.04) * DIGIT_HEIGHT
    return Box(edges[0], round(middle - height / 2), edges[1] - edges[0], max(round(height), 8))


def _draw_text(rng: Generator, length_weights: NDArray[np.float64]) -> str:
    """Return random digits; some begin as amounts do, a third have a run of one digit, mostly of zeros."""
    count = int(rng.choice(len(length_weights), p=length_weights / length_weights.sum())) + 1
    digits = rng.integers(0, 10, count)
    if rng.random() < 0.3:
        digits[0] = rng.choice(9, p=FIRST_DIGIT_PROBABILITIES) + 1
    if rng.random() < 0.35 and count > 1:
        start = int(rng.integers(0, count - 1))
        digits[start : start + int(rng.integers(2, 5))] = 0 if rng.random() < 0.6 else rng.integers(10)
    return "".join(map(str, digits))


def _write(writer: LineWriter, text: str) -> list[LinePart]:
    """Return the digits of `text` with signs between and around them."""
    rng = writer.rng
    parts: list[LinePart] = []
    if rng.random() < 0.08:
        parts.append(draw_sign("$#*="[int(rng.integers(4))], writer.pen, rng))
    elif not writer.is_fast and rng.random() < 0.08:
        parts += word(writer, int(rng.integers(1, 6)))
    groups = _groups(text, LINES.grouped_fast if writer.is_fast else LINES.grouped, rng)
    for group_index, group in enumerate(groups):
        if group_index:
            parts.append(draw_sign(".,"[int(rng.integers(2))], writer.pen, rng))
        for index, digits in enumerate(re.findall("0{2,}|." if writer.connects_zeros else ".", group)):
            gap = max(writer.gap + rng.normal(0, writer.spread), -0.07)
            if not group_index and not index:
                gap = max(gap, rng.uniform(0.3, 1.2))
            elif rng.random() < 0.03:
                gap += rng.uniform(0.2, 0.8)
            is_one = len(digits) == 1
            glyph = writer.digit(int(digits), alone=len(text) == 1) if is_one else writer.zeros(len(digits))
            parts.append((glyph, gap, top_on_baseline(glyph, rng)))
    ending = rng.random()
    if ending < 0.34:
        if ending < 0.12:
            parts.append(draw_sign(".,"[int(rng.integers(2))], writer.pen, rng))
        parts.append(draw_sign(".-=~--"[int(rng.integers(6))], writer.pen, rng))
    elif not writer.is_fast and ending < 0.4:
        parts += word(writer, int(rng.integers(1, 6)))
    return parts


def _groups(text: str, grouped: float, rng: Generator) -> list[str]:
    """Return `text` as one group, in thousands (with probability `grouped`), or split before the last two digits."""
    if len(text) > 3 and rng.random() < grouped:
        first = len(text) % 3
        thousands = (text[start : start + 3] for start in range(first, len(text), 3))
        return [group for group in (text[:first], *thousands) if group]
    return [text[:-2], text[-2:]] if len(text) > 2 and rng.random() < 0.05 else [text]


def _lay_out(parts: Sequence[LinePart], writer: LineWriter) -> tuple[Floats, tuple[int, int]]:
    """Return all parts on one canvas, each with its gap to the parts before, and the first and the last column."""
    rng = writer.rng
    widths = (part.shape[1] + round(max(gap, 0) * DIGIT_HEIGHT) + 2 for part, gap, _ in parts)
    width = 2 * CANVAS_MARGIN + 20 + sum(widths)
    canvas = np.zeros((DIGIT_HEIGHT + 2 * CANVAS_MARGIN, width), np.float32)
    ends = np.full(canvas.shape[0], -1e6)  # of the foreground in each row
    right, before = CANVAS_MARGIN, None
    drift = rng.normal(0, 0.03)
    for whole, gap, down in parts:
        offset = (down * DIGIT_HEIGHT) + drift * (right - CANVAS_MARGIN)
        top = int(np.clip(CANVAS_MARGIN + offset, 0, canvas.shape[0] - 4))
        part = whole[: canvas.shape[0] - top]
        left = _next_column(ends[top : top + len(part)], part, right, gap) if before is not None else right
        left = min(max(left, 2), width - part.shape[1] - 1)
        area = canvas[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(area, part, out=area)
        mask = part > 0.3
        last = np.where(mask.any(axis=1), part.shape[1] - mask[:, ::-1].argmax(axis=1) + left, -1e6)
        ends[top : top + len(part)] = np.maximum(ends[top : top + len(part)], last)
        if before is not None and gap < 0.2 and rng.random() < 0.16:
            _connect(canvas, before, (left, top, part), writer.pen, rng)
        before, right = (left, top, part), max(right, left + part.shape[1])
    return canvas, (CANVAS_MARGIN, right)


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
        row = int(np.clip(height * len(part), 0, len(part) - 1))
        columns = np.flatnonzero(part[row] > 0.3)
        if not len(columns):
            return
        ends.append((left + int(columns[-1 if is_before else 0]), top + row))
    if abs(ends[1][0] - ends[0][0]) < 0.5 * DIGIT_HEIGHT:
        cv2.line(canvas, ends[0], ends[1], 1.0, max(round(pen * DIGIT_HEIGHT / 100), 1), cv2.LINE_AA)


def _warp(canvas: Floats, slant: float, rng: Generator) -> tuple[Floats, float]:
    """Return `canvas` slanted, tilted and elastically distorted, and the tilt in rows per column."""
    slope = rng.normal(0, 0.04)
    height, width = canvas.shape
    coarse = rng.normal(0, 1.0, (2, 4, max(width // 20, 3))).astype(np.float32)
    strength = rng.uniform(0, 1.6)
    dx, dy = (cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC) * strength for field in coarse)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = columns + dx + slant * (rows - height / 2)
    y = rows + dy - slope * (columns - width / 2)
    warped: Floats = cv2.remap(canvas, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR).astype(np.float32)
    return warped, slope


def _degrade(strokes: Floats, rng: Generator) -> Floats:
    """Return `strokes` as binarization leaves them: soft or hard, broken where the pen was faint, grainy."""
    canvas: NDArray[Any] = _reduce_resolution(strokes, rng) if rng.random() < LINES.coarse else strokes
    kind = rng.random()
    if kind < 0.35:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 1.8)) * rng.uniform(1.0, 1.5)
    elif kind < 0.5:
        gaps = cv2.resize(
            rng.random((6, max(canvas.shape[1] // 8, 2))), canvas.shape[::-1], interpolation=cv2.INTER_CUBIC
        )
        canvas = canvas * np.clip((gaps - rng.uniform(0, 0.25)) * 4, 0, 1)
    elif kind < 0.65:
        canvas = cv2.erode(canvas, np.ones((2, 2))) if rng.random() < 0.3 else cv2.dilate(canvas, np.ones((2, 2)))
    if rng.random() < 0.3:
        canvas = canvas + rng.normal(0, rng.uniform(0.02, 0.12), canvas.shape) * (rng.random(canvas.shape) < 0.5)
    degraded: Floats = np.clip(canvas * rng.uniform(0.75, 1.15), 0, 1).astype(np.float32)
    return degraded


def _reduce_resolution(strokes: Floats, rng: Generator) -> Floats:
    """Return `strokes` as from a small picture, enlarged again: grey or black and white, with steps or smooth."""
    scale = rng.uniform(*LINES.coarse_rows) / DIGIT_HEIGHT
    small = cv2.resize(strokes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = (small > rng.uniform(0.2, 0.5)).astype(np.float32)
    interpolation = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    large: Floats = np.clip(cv2.resize(small, strokes.shape[::-1], interpolation=interpolation), 0, 1).astype(
        np.float32
    )
    return large
