"""Rows of boxes of one size: their sides at even distances, and those between them that strokes hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import cv2
import numpy as np

from .character_height import Mask
from .combs import evenly_spaced
from .rule_segments import Rule


@dataclass(frozen=True)
class BoxRowParameters:
    """Parameters of rows of boxes; all set by eye."""

    same_row: float = 0.2
    """Boxes of one row begin and end at rows that differ by less than this part of their height."""
    least_boxes: int = 2
    """So many other boxes of the row are of the usual width."""
    tolerance: float = 0.15
    """A box is twice or three times as wide as the others but for this part of their width."""
    reach: int = 3
    """A hidden side lies within this many pixels of its place."""
    least_side: float = 1.2
    """The sides of a row that are found by their even distances are this many times as tall as characters."""
    same_ends: float = 0.15
    """Their ends differ by less than this part of their length."""
    most_in_row: int = 200
    """Of so many strokes in a row the left ones are looked at: no form has more."""
    least_foreground: float = 0.6
    """Least share of its length over which a hidden side has foreground."""


PARAMETERS = BoxRowParameters()


def even_sides(upright: Sequence[Rule], height: float) -> list[Rule]:
    """Return the sides of rows of boxes: upright rules of one length, side by side at even distances.

    Args:
        upright: Upright rules and strokes that may be rules, on the transposed mask.
        height: The usual height of characters.
    """
    long = [rule for rule in upright if len(rule.rows) >= PARAMETERS.least_side * height]
    ends = np.array([(rule.start, rule.stop) for rule in long]).reshape(-1, 2)
    left, sides = np.ones(len(long), bool), list[Rule]()
    while left.any():
        first = ends[left.argmax()]
        limit = max(PARAMETERS.same_ends * (first[1] - first[0]), 2)
        in_row = left & (np.abs(ends - first) < limit).all(axis=1)
        row = sorted(compress(long, in_row), key=lambda rule: float(rule.rows[0]))
        sides += evenly_spaced(row[: PARAMETERS.most_in_row], height)
        left &= ~in_row
    return sides


def missing_sides(mask: Mask, enclosed: Mask, upright: Sequence[Rule]) -> list[Rule]:
    """Return upright rules, on the transposed mask, that part boxes which are twice or three times as wide as others.

    Args:
        mask: Foreground 1 on 0, uint8 (H, W).
        enclosed: 1 in the areas that rules enclose, uint8 (H, W).
        upright: The upright rules, on the transposed mask.
    """
    count, _, stats, _ = cv2.connectedComponentsWithStats(enclosed, connectivity=4)
    boxes = stats[1:count, :4].astype(float)
    thickness = float(np.median([rule.thickness for rule in upright])) if upright else 2.0
    sides = []
    for x, y, width, height in boxes:
        limit = PARAMETERS.same_row * height
        in_row = (
            (np.abs(boxes[:, 1] - y) < limit) & (np.abs(boxes[:, 3] - height) < limit) & (boxes[:, 2] < 0.75 * width)
        )
        if in_row.sum() < PARAMETERS.least_boxes:
            continue
        usual = float(np.median(boxes[in_row, 2])) + thickness
        parts = round((width + thickness) / usual)
        if parts not in (2, 3) or abs(width + thickness - parts * usual) > PARAMETERS.tolerance * usual:
            continue
        for index in range(1, parts):
            column = round(x - thickness / 2 + index * (width + thickness) / parts)
            side = _side(mask, column, round(y), round(height), thickness)
            sides += [side] if side else []
    return sides


def _side(mask: Mask, column: int, top: int, height: int, thickness: float) -> Rule | None:
    """Return the side of a box at about a column; None where there is too little foreground."""
    left = max(column - PARAMETERS.reach, 0)
    shares = mask[top : top + height, left : column + PARAMETERS.reach + 1].mean(axis=0)
    if shares.max() < PARAMETERS.least_foreground:
        return None
    best = np.flatnonzero(shares >= shares.max() - 0.05)
    return Rule(top, np.full(height, left + float(best.mean())), thickness)
