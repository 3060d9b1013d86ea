"""Ruled lines, table lines and squares taken out of ink, the strokes that cross them left whole.

A rule is thin, nearly level (or upright) and runs across the picture; a stroke of a digit is not that long. Knows
ink only, not what is written on the rules.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
INKY = 0.35
"""Ink above this belongs to a stroke or a rule."""
FROM_EDGE = 0.015
"""A rule begins and ends this near to the picture's edges, in parts of its side."""
UNBROKEN = 0.8
"""A rule is there over at least this part of its length."""
THICK = 0.05
"""A rule is thinner than this part of the picture's other side."""


def remove_ruled_lines(ink: Floats) -> Floats:
    """`ink` (h, w) with its level rules taken out, and its upright ones where there are level ones or several."""
    level, cleaned = _remove(_without_frame(ink), 1)
    upright, turned = _remove(np.ascontiguousarray(cleaned.T), 2 if level == 0 else 1)
    return np.ascontiguousarray(turned.T) if upright else cleaned


def _without_frame(ink: Floats) -> Floats:
    """`ink` without a frame: a line all along an edge of the picture."""
    depth = max(round(0.015 * min(ink.shape)), 2)
    out = ink.copy()
    for turns in range(4):
        side = np.rot90(out, turns)  # a view: what is wiped here is wiped in `out`
        if (side[:depth].max(axis=0) > INKY).mean() > UNBROKEN:
            side[: depth + 1] = 0
    return out


def _remove(ink: Floats, least: int) -> tuple[int, Floats]:
    """How many level rules there are, and the ink without them; untouched where there are fewer than `least`."""
    rules = _find(ink)
    if len(rules) < least:
        return 0, ink
    out = ink.copy()
    for track, thickness in rules:
        _wipe(out, ink, track, thickness)
    return len(rules), out


def _find(ink: Floats) -> list[tuple[NDArray[np.float64], float]]:
    """For each level rule its height at every column, float (w,), and its thickness."""
    height, width = ink.shape
    if width < 40 or height < 16:
        return []
    mask = (ink > INKY).astype(np.uint8)
    edge = max(round(FROM_EDGE * width), 1)
    if not (mask[:, : edge + 1].any() and mask[:, -edge - 1 :].any()):
        return []  # most pictures: nothing comes near both edges
    length = max(width // 12, 15)
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    bridged = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, 2 * length + 1), np.uint8))
    count, labels = cv2.connectedComponents(bridged, connectivity=8)
    found = []
    for index in range(1, count):
        rows, columns = np.nonzero((labels == index) & (runs > 0))
        there = np.unique(columns)
        if there[0] > FROM_EDGE * width or there[-1] < (1 - FROM_EDGE) * width - 1:
            continue
        span, tall = int(there[-1] - there[0] + 1), int(np.ptp(rows))
        if len(there) < UNBROKEN * span or tall > max(0.12 * width, 4):
            continue
        track = np.poly1d(np.polyfit(columns, rows, 2 if span > 8 * max(tall, 1) else 1))(np.arange(width))
        thickness = float(np.percentile(np.unique(columns, return_counts=True)[1], 30))
        if thickness <= max(THICK * height, 5) and np.abs(track[columns] - rows).mean() < thickness + 1:
            found.append((track, thickness))
    return found


def _wipe(out: Floats, ink: Floats, track: NDArray[np.float64], thickness: float) -> None:
    """Clears the rule along `track`, but where the ink is taller: there a stroke crosses it or lies on it."""
    height, width = ink.shape
    tallest = 1.6 * thickness + 1
    for column in range(width):
        middle = round(track[column])
        top, bottom = _run(ink[:, column] > INKY, middle, round(thickness / 2 + 1))
        if top < bottom <= height and bottom - top <= tallest:
            out[max(top - 1, 0) : bottom + 1, column] = 0


def _run(inked: NDArray[np.bool_], middle: int, reach: int) -> tuple[int, int]:
    """The first and one past the last row of the ink through or near `middle`; (0, 0) where there is none."""
    near = np.flatnonzero(inked[max(middle - reach, 0) : max(middle + reach + 1, 0)])
    if not len(near):
        return 0, 0
    top = bottom = max(middle - reach, 0) + int(near[np.abs(near - min(reach, middle)).argmin()])
    while top > 0 and inked[top - 1]:
        top -= 1
    while bottom < len(inked) and inked[bottom]:
        bottom += 1
    return top, bottom
