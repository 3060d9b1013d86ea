"""The network of rules: short rules that belong to it, and the areas that it encloses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .character_height import Mask
from .rule_segments import Rule


@dataclass(frozen=True)
class RuleNetworkParameters:
    """Parameters of the network; "heights" are the usual height of characters; all set by eye."""

    corner_reach: float = 0.3
    """Rules that miss each other by this, in heights, meet."""
    end_reach: float = 0.06
    """The ends of a short rule are this close, in heights, to the rules that they meet."""
    side_reach: float = 0.03
    """Further distance from the side of the picture, in its width, at which a short rule may end."""
    greatest_turn: float = 0.12
    """Greatest difference between the slopes of rules that are square to each other, in rows per column."""
    least_side: float = 0.9
    """Least side of an enclosed area, in heights."""
    least_rectangularity: float = 0.8
    """Least share of the smallest turned rectangle around it that an enclosed area fills."""
    least_bordering: float = 0.6
    """A short rule is one where enclosed areas lie along this share of it."""


PARAMETERS = RuleNetworkParameters()


def enclosed_areas(level: Sequence[Rule], upright: Sequence[Rule], shape: tuple[int, ...], height: float) -> Mask:
    """Return the areas between rules that are about rectangular, each with an upright rule beside it."""
    network = drawn(level, upright, shape, max(round(PARAMETERS.corner_reach * height), 3))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - network, connectivity=4)
    enclosed = np.zeros(shape, np.uint8)
    least = PARAMETERS.least_side * height
    for label in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[label])
        if min(w, h) < least or (x == 0 and x + w == shape[1]):
            continue
        own = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        contour = max(contours, key=cv2.contourArea)
        _, sides, _ = cv2.minAreaRect(contour)
        around = (sides[0] + 1) * (sides[1] + 1)
        filled = cv2.contourArea(contour) + cv2.arcLength(contour, True) / 2
        if min(sides) >= least - 1 and filled >= PARAMETERS.least_rectangularity * around:
            enclosed[y : y + h, x : x + w] |= own
    return enclosed


def fitting(
    level: Sequence[Rule],
    short_level: list[Rule],
    upright: Sequence[Rule],
    short_upright: list[Rule],
    height: float,
    shape: tuple[int, ...],
) -> tuple[list[Rule], list[Rule]]:
    """Return the short rules that are square to the rest of the rules, and meet others with both ends."""
    slopes = [rule.slope for rule in level] + [-rule.slope for rule in upright]
    if len(slopes) < 2:
        slopes += [rule.slope for rule in short_level]
    slope = float(np.median(slopes)) if slopes else 0.0
    short_level = [rule for rule in short_level if abs(rule.slope - slope) <= PARAMETERS.greatest_turn]
    short_upright = [rule for rule in short_upright if abs(rule.slope + slope) <= PARAMETERS.greatest_turn]
    reach = max(round(PARAMETERS.end_reach * height), 2)
    for _ in range(2):  # a stroke meets another stroke, which meets nothing
        short_level = joining(short_level, [*upright, *short_upright], reach, shape[1])
        short_upright = joining(short_upright, [*level, *short_level], reach, shape[0])
    return short_level, short_upright


def joining(rules: Sequence[Rule], crossing: Sequence[Rule], reach: int, width: int) -> list[Rule]:
    """Return the rules that meet a crossing one, which lies on the transposed mask, at both ends.

    One end may meet the side of the picture instead, at which there may be a rule that was cut off.
    """
    if not crossing:
        return []
    joining, side = [], reach + max(round(PARAMETERS.side_reach * width), 3)
    start, length = (np.array([(rule.start, len(rule.rows)) for rule in crossing])).T
    thickness = np.array([rule.thickness for rule in crossing])
    along, offset = np.concatenate([rule.rows for rule in crossing]), np.cumsum(length) - length
    for rule in rules:
        met = []
        for column, row in ((rule.start, rule.rows[0]), (rule.stop - 1, rule.rows[-1])):
            nearest = along[offset + np.clip(row - start, 0, length - 1).astype(int)]
            further = reach + rule.thickness
            beside = (start - further <= row) & (row < start + length + further)
            met.append(bool((beside & (np.abs(nearest - column) <= reach + thickness / 2)).any()))
        at_side = (rule.start <= side, rule.stop >= width - side)
        if any(met) and all(end or beside for end, beside in zip(met, at_side, strict=True)):
            joining.append(rule)
    return joining


def drawn(level: Sequence[Rule], upright: Sequence[Rule], shape: tuple[int, ...], reach: int) -> Mask:
    """Return a mask of rules, each longer by `reach` at both ends."""
    drawn = np.zeros(shape, np.uint8)
    for rules, swapped in ((level, False), (upright, True)):
        for rule in rules:
            longer = rule.extended(reach)
            columns = np.arange(longer.start, longer.stop)
            points = np.stack([longer.rows, columns] if swapped else [columns, longer.rows], axis=1)
            thickness = max(round(rule.thickness), 2)
            cv2.polylines(drawn, [np.round(points).astype(np.int32)], isClosed=False, color=1, thickness=thickness)
    return drawn


def bordering(rules: Sequence[Rule], areas: NDArray[np.int32], joining: Sequence[Rule]) -> list[Rule]:
    """Return the rules that part enclosed areas from each other or from what is around them, or join long ones.

    Args:
        rules: Short level rules.
        areas: Labels of the enclosed areas, (H, W).
        joining: Those of the rules that join two long ones.
    """
    accepted = []
    for rule in rules:
        if any(rule is other for other in joining):
            accepted.append(rule)
            continue
        columns = np.arange(max(rule.start, 0), min(rule.stop, areas.shape[1]))
        rows = rule.rows[columns - rule.start]
        sides = []
        for side in (-1, 1):
            nearest = np.zeros(len(columns), np.int32)
            for distance in np.arange(rule.thickness / 2 + 4, 0, -1):
                near = np.clip(np.round(rows + side * distance), 0, areas.shape[0] - 1).astype(int)
                nearest = np.where(areas[near, columns] > 0, areas[near, columns], nearest)
            sides.append(nearest)
        if (sides[0] != sides[1]).mean() >= PARAMETERS.least_bordering:
            accepted.append(rule)
    return accepted
