"""Lines to fill in: level rules and dotted lines above which there is room, and the boxes above them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..imaging.character_height import Mask, usual_height
from ..imaging.dotted_lines import PARAMETERS as DOT_PARAMETERS
from ..imaging.dotted_lines import find_dots
from ..imaging.rule_detection import find_level_rules
from ..imaging.rule_erasure import PARAMETERS as ERASURE_PARAMETERS
from ..results import Box

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FillInParameters:
    """Parameters of lines to fill in, in the usual height of the page's print; all set by eye."""

    least_length: float = 3.0
    greatest_length: float = 0.75
    """A rule over more than this share of the page's width parts the page."""
    height: float = 2.2
    """A field reaches so far above its line, unless something is printed there."""
    least_height: float = 1.1
    """It reaches at least so far, or the line is none to fill in."""
    greatest_thickness: float = 0.3
    """A thicker rule parts the page."""
    near: int = 5
    """An area within so many pixels above or below a line is bordered by it, unless it is on both sides."""
    clearance: float = 0.3
    """Space between the field and print to its side."""


PARAMETERS = FillInParameters()


@dataclass(frozen=True)
class _Line:
    """A level line from its first column to the one behind its last."""

    start: int
    rows: NDArray[np.float64]
    """The row of its middle at each column from `start` on."""
    thickness: float
    """In pixels."""
    drawn: float
    """That among the rules, which are drawn thicker."""


def find_fill_in_boxes(foreground: Floats, rules: Mask, areas: NDArray[np.int32], printed: Mask) -> list[Box]:
    """Return the boxes above the lines to fill in.

    Args:
        foreground: All of the page, float32 (h, w), 0..1.
        rules: 1 along its rules, uint8 (h, w).
        areas: Labels of the areas that they enclose, 0 elsewhere, int32 (h, w).
        printed: 1 on print, uint8 (h, w).
    """
    mask = (foreground > ERASURE_PARAMETERS.threshold).astype(np.uint8)
    height = usual_height(printed) or usual_height(mask)
    if not height:
        return []
    taken = (cv2.max(rules, printed) > 0).astype(np.uint8)
    return [box for line in _lines(mask, rules, height) for box in _boxes(line, areas, taken, height)]


def _lines(mask: Mask, rules: Mask, height: float) -> Iterator[_Line]:
    seen = cv2.min(rules, cv2.dilate(mask, np.ones((5, 3), np.uint8))).astype(np.uint8)  # rules were drawn too long
    for rule in find_level_rules(seen, height, PARAMETERS.least_length, PARAMETERS.least_length)[0]:
        first, last = max(rule.start, 0), min(rule.stop, mask.shape[1])
        thickness = _thickness(mask, first, rule.rows[first - rule.start : last - rule.start])
        is_long = last - first > PARAMETERS.greatest_length * mask.shape[1]
        if thickness <= max(PARAMETERS.greatest_thickness * height, 3) and not is_long:
            yield _Line(first, rule.rows[first - rule.start : last - rule.start], thickness, rule.thickness)
    gap = max(round(DOT_PARAMETERS.greatest_gap * height), 3) | 1
    dots = find_dots(mask, height)
    count, _, stats, centres = cv2.connectedComponentsWithStats(cv2.dilate(dots, np.ones((3, gap), np.uint8)))
    for label in range(1, count):
        left, width = int(stats[label, 0]) + gap // 2, int(stats[label, 2]) - gap + 1
        if width >= PARAMETERS.least_length * height:
            tall = float(stats[label, 3])
            yield _Line(left, np.full(width, float(centres[label, 1])), tall, tall)


def _thickness(mask: Mask, start: int, rows: NDArray[np.float64]) -> float:
    """Return the usual thickness of the strokes along a rule, which may be drawn thicker than they are."""
    steps = np.arange(-PARAMETERS.near, PARAMETERS.near + 1)[:, None]
    near = np.clip(np.round(rows).astype(int) + steps, 0, mask.shape[0] - 1)
    return float(np.median(mask[near, np.arange(start, start + len(rows))].sum(axis=0)))


def _boxes(line: _Line, areas: NDArray[np.int32], taken: Mask, height: float) -> Iterator[Box]:
    """Return the boxes above a line, where it parts no areas, and nothing is printed directly above it."""
    columns, last = np.arange(line.start, line.start + len(line.rows)), areas.shape[0] - 1
    above = np.floor(line.rows - line.drawn / 2 - 2).astype(int)
    below = np.ceil(line.rows + line.drawn / 2 + 1).astype(int)
    steps = np.arange(PARAMETERS.near)[:, None]
    over = areas[np.clip(above - steps, 0, last), columns].max(axis=0)
    under = areas[np.clip(below + steps, 0, last), columns].max(axis=0)
    reach = np.arange(1, max(round(PARAMETERS.least_height * height), 2))[:, None]
    near = np.clip(above - reach, 0, last)
    free = (over == under) & (above >= reach[-1])
    free &= ~(taken[near, columns] > 0).any(axis=0) & (areas[near, columns] == over).all(axis=0)
    spread = np.ones(2 * round(PARAMETERS.clearance * height) + 1)
    inner = np.convolve(~free, spread, "same") < 1  # the ends of the line itself need no clearance
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inner.astype(np.int8), [0]])))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - first >= PARAMETERS.least_length * height:
            bottom = int((line.rows[first:end] - line.thickness / 2).min())
            top = max(bottom - round(PARAMETERS.height * height), 0)
            x = line.start + first
            across = slice(x, x + end - first)
            over_reach = int(above[first:end].min()) - len(reach)
            blocked = (taken[top:over_reach, across] > 0) | (areas[top:over_reach, across] != over[first:end])
            used = np.flatnonzero(blocked.any(axis=1))
            top += int(used[-1]) + 2 if len(used) else 0
            yield Box(x, top, end - first, bottom - top)
