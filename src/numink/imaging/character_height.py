"""The usual height of the characters on a mask, whatever rules, boxes and specks are on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class CharacterHeightParameters:
    """Parameters of the usual height; all set by eye."""

    greatest_aspect: float = 6.0
    """A component longer than this, in widths, may be a rule, and its height counts only where all are such."""
    several: int = 3
    """Around so many components it is drawn even where they are lower: longer than `least_of_several`."""
    least_of_several: float = 0.05
    most_around: int = 60
    """So many of the largest components may be drawn around others."""
    least_inside: float = 0.2
    """What is enclosed is longer than this part of the height of what is drawn around it."""
    least_grid_aspect: float = 1.5
    """A component this many times as wide as tall, or more, with a level line through it, is a row of boxes."""
    least_line: float = 0.85
    """Such a line has foreground in this share of the columns."""
    least_counted_area: float = 0.05
    """Beside boxes and grids, characters of less than this share of the foreground are specks."""
    least_frame: int = 12
    """Least side of a frame in pixels."""
    height_in_box: float = 0.6
    """Height of a character in a box, as a share of the box's, where nothing stands alone."""


PARAMETERS = CharacterHeightParameters()


def usual_height(mask: Mask) -> float:
    """Return the usual height of the characters on a mask (H, W) in pixels; 0 where it is empty.

    What is drawn around other components does not count, nor what is long and thin, unless all is such.
    """
    count, _, stats, centroids = cv2.connectedComponentsWithStats(mask, connectivity=8)
    left, top, width, height, area = (stats[1:count, column].astype(float) for column in range(5))
    if not len(width):
        return 0.0
    x, y = centroids[1:count, 0], centroids[1:count, 1]
    is_grid = np.zeros(len(width), bool)
    for index in np.argsort(-width * height)[: PARAMETERS.most_around]:
        within = np.abs(x - left[index] - width[index] / 2) < width[index] / 2 - 1
        within &= np.abs(y - top[index] - height[index] / 2) < height[index] / 2 - 1
        inner = np.maximum(width, height)[within & (width < width[index])] / height[index]
        is_around = (inner > PARAMETERS.least_inside).any()
        is_around |= (inner > PARAMETERS.least_of_several).sum() >= PARAMETERS.several
        box = Box(*(int(side[index]) for side in (left, top, width, height)))
        is_grid[index] |= is_around or _is_frame(mask, box)
    for index in np.flatnonzero((width >= PARAMETERS.least_grid_aspect * height) & ~is_grid & (width > 20)):
        is_grid[index] = _has_level_line(
            mask, Box(int(left[index]), int(top[index]), int(width[index]), int(height[index]))
        )
    long = np.maximum(width, height) > PARAMETERS.greatest_aspect * np.minimum(width, height)
    counted = ~is_grid & ~long
    least_area = PARAMETERS.least_counted_area * area.sum()
    if not counted.any() or (is_grid.any() and area[counted].sum() < least_area):
        if is_grid.any():
            return PARAMETERS.height_in_box * float(np.median(np.minimum(width, height)[is_grid]))
        return float(height[~is_grid].max())
    heights = np.sort(height[counted])
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)])


def _is_frame(mask: Mask, box: Box) -> bool:
    """Return whether a component runs along all four sides of its box."""
    if min(box.w, box.h) < PARAMETERS.least_frame:
        return False
    own = mask[box.y : box.y + box.h, box.x : box.x + box.w]
    depth = max(min(box.w, box.h) // 10, 3)
    sides = (own[:depth].any(axis=0), own[-depth:].any(axis=0), own[:, :depth].any(axis=1), own[:, -depth:].any(axis=1))
    return all(side.mean() >= PARAMETERS.least_line for side in sides)


def _has_level_line(mask: Mask, box: Box) -> bool:
    """Return whether a level line runs through most of a component's box, as in a row of boxes."""
    own = mask[box.y : box.y + box.h, box.x : box.x + box.w]
    thick = cv2.dilate(own, np.ones((5, 1), np.uint8))
    return bool(thick.mean(axis=1).max() >= PARAMETERS.least_line)
