"""What stands around and between the digits of a line: points, dashes, signs, rules, grids, specks."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...imaging.ruled_lines import remove_ruled_lines
from ...results import Box
from .writers import BODY

Floats = NDArray[np.float32]


def sign(what: str, pen: float, rng: Generator) -> tuple[Floats, float, float]:
    """One of . , - = ~ $ # * written with `pen`: ink, the room before it, and its place below the line's top."""
    width = max(pen * BODY / 100, 1.2)
    if what == ".":
        return _dot(width, rng), rng.uniform(0.0, 0.25), rng.uniform(0.75, 1.0)
    if what == ",":
        return _stroke(rng.normal(-1, 1), rng.uniform(0.15, 0.35) * BODY, width, rng), rng.uniform(0, 0.25), 0.85
    if what in "-=~":
        length = rng.uniform(0.2, 1.8) * BODY
        dash = _stroke(length, rng.normal(0, 0.08) * BODY, width, rng)
        if what == "=":
            gap = np.zeros((round(rng.uniform(0.1, 0.25) * BODY), dash.shape[1]), np.float32)
            dash = np.concatenate([dash, gap, dash])
        return dash, rng.uniform(0.0, 0.6), rng.uniform(0.25, 0.7)
    font = cv2.FONT_HERSHEY_SIMPLEX if rng.random() < 0.6 else cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
    printed = np.zeros((64, 64), np.uint8)
    cv2.putText(printed, what, (10, 48), font, 1.5 * rng.uniform(0.8, 1.2), 255, max(round(width), 1), cv2.LINE_AA)
    canvas = (printed / 255).astype(np.float32)
    rows, columns = np.flatnonzero(canvas.max(axis=1) > 0.2), np.flatnonzero(canvas.max(axis=0) > 0.2)
    made = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return made, rng.uniform(0.0, 0.4), 1 - len(made) / BODY


def _dot(width: float, rng: Generator) -> Floats:
    radius = max(width * rng.uniform(0.5, 1.1), 1.0)
    side = math.ceil(2 * radius) + 2
    canvas = np.zeros((side, side), np.float32)
    centre = (round(side / 2 * 8), round(side / 2 * 8))
    cv2.circle(canvas, centre, round(radius * 8), 1.0, -1, cv2.LINE_AA, shift=3)
    return canvas


def _stroke(dx: float, dy: float, width: float, rng: Generator) -> Floats:
    """A slightly bent stroke of (dx, dy) pixels."""
    time = np.linspace(0, 1, 7)
    bow = rng.normal(0, 0.06) * math.hypot(dx, dy) * np.sin(time * math.pi)
    points = np.stack([time * dx, time * dy + bow], axis=1)
    low = points.min(axis=0) - width
    size = np.ceil(points.max(axis=0) - low + width).astype(int) + 1
    canvas = np.zeros((size[1], size[0]), np.float32)
    line = np.round((points - low) * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [line], False, 1.0, max(round(width), 1), cv2.LINE_AA, shift=3)
    return canvas


TAKEN_OUT = 0.35
"""Share of the ruled lines whose rules are taken out, as the reader does; some stay."""
FRAMED = 0.08
"""Share of the lines that stand in a box of which some is left."""


def underline(ink: Floats, body: Box, rng: Generator) -> Floats:
    """Rules under or through the line, in a third of the lines: whole, dashed, faint, or taken out again with what
    that takes from the digits; seldom the sides of boxes, or of one box around it all."""
    if rng.random() < 0.06:
        ink = _boxes(ink, rng)
    elif rng.random() < FRAMED:
        ink = _framed(ink, body, rng)
    if rng.random() > 0.3:
        return ink
    width = ink.shape[1]
    taken_out = rng.random() < TAKEN_OUT
    level = rng.uniform(0.5 if taken_out else 0.3, 1.0)
    pen = int(rng.integers(1, 4))
    for _ in range(1 if rng.random() < 0.7 else 2):
        y = body.y + body.h * (rng.normal(1.05, 0.12) if rng.random() < 0.75 else rng.uniform(-0.2, 1.3))
        tilt = rng.normal(0, 0.015) * width
        line = np.zeros_like(ink)
        cv2.line(line, (0, round(y - tilt)), (width, round(y + tilt)), level, pen, cv2.LINE_AA)
        if rng.random() < (0.1 if taken_out else 0.6):
            on = cv2.resize(rng.random((1, max(width // int(rng.integers(4, 30)), 2))), (width, 1))
            line *= np.clip((on - rng.uniform(0.2, 0.7)) * 8, 0, 1).astype(np.float32)
        ink = np.maximum(ink, line)
    return remove_ruled_lines(ink) if taken_out else ink


def _framed(ink: Floats, body: Box, rng: Generator) -> Floats:
    """What is left of a box around the line: its top or foot, and some of the other sides, which begin there: an
    upright line alone may be a 1."""
    near = rng.uniform(0.02, 0.3, 4) * BODY
    left, right = body.x - near[0], body.x + body.w + near[1]
    first, other = body.y - near[2], body.y + body.h + near[3]
    if rng.random() < 0.5:
        first, other = other, first
    level, pen = rng.uniform(0.4, 1.0), int(rng.integers(1, 3))
    sides = [(left, first, right, first)]
    for share, side in ((0.75, (left, first, left, other)), (0.35, (right, first, right, other)),
                        (0.4, (left, other, right, other))):  # fmt: skip
        if rng.random() < share:
            sides.append(side)
    out = ink.copy()
    for x, y, to_x, to_y in sides:
        part = rng.uniform(0.3, 1.0) if rng.random() < 0.4 else 1.0
        end = np.array([x + (to_x - x) * part, y + (to_y - y) * part]) + rng.normal(0, 1.0, 2)
        cv2.line(out, (round(x), round(y)), (round(end[0]), round(end[1])), level, pen, cv2.LINE_AA)
    return np.maximum(ink, out)


def _boxes(ink: Floats, rng: Generator) -> Floats:
    """Upright lines from edge to edge, as of a form with a box for each digit."""
    height, width = ink.shape
    gap, level, pen = rng.uniform(0.7, 1.4) * BODY, rng.uniform(0.3, 1.0), int(rng.integers(1, 3))
    out = ink.copy()
    for x in np.arange(rng.uniform(0, gap), width, gap):
        tilt = rng.normal(0, 1.5)
        cv2.line(out, (round(x - tilt), 0), (round(x + tilt), height), level, pen, cv2.LINE_AA)
    return np.maximum(ink, out)


def litter(ink: Floats, rng: Generator) -> Floats:
    """Specks, pieces of a printed ground, the foot of a line above."""
    height, width = ink.shape
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 14))):
            at = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(ink, at, int(rng.integers(0, 2)), float(rng.uniform(0.3, 1)), -1, cv2.LINE_AA)
    if rng.random() < 0.22:
        tilt = rng.normal(0, 0.4)
        for _ in range(int(rng.integers(3, 30))):
            x, y, length = rng.integers(width), rng.integers(height), rng.uniform(3, 14)
            end = (round(x + length), round(y + length * tilt))
            cv2.line(ink, (int(x), int(y)), end, float(rng.uniform(0.15, 0.7)), 1, cv2.LINE_AA)
    if rng.random() < 0.1:
        x, length, depth = rng.integers(width), rng.uniform(4, 20), rng.integers(2, 14)
        start, pen = (int(x), 0), int(rng.integers(1, 4))
        above = rng.random() < 0.5
        end = (round(x + rng.normal(0, length)), int(depth))
        if not above:
            start, end = (start[0], height), (end[0], height - end[1])
        cv2.line(ink, start, end, 1.0, pen, cv2.LINE_AA)
    return ink
