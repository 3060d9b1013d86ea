"""The quadrilateral that fits a contour, such as that of a sheet of paper seen in perspective."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
TOLERANCES = (0.02, 0.03, 0.045, 0.06, 0.08)
"""Distances from the hull, as shares of its length, by which corners are left out, until four are left."""
LEAST_LENGTH = 16
"""Least length of a side in pixels."""
LEAST_POINTS = 8
"""Least number of points of the contour that a side is fitted to."""
LEAST_SINE = 0.3
"""Least sine of the angle at a corner: more pointed ones are no sheet's."""


def four_corners(contour: cv2.typing.MatLike) -> Points | None:
    """Return the corners of the quadrilateral that fits a contour, clockwise from the top left; None where none does.

    Each side is fitted to the contour's points near it, since corners are bent or rounded.
    """
    hull = cv2.convexHull(contour)
    perimeter = cv2.arcLength(hull, closed=True)
    for tolerance in TOLERANCES:
        polygon = cv2.approxPolyDP(hull, tolerance * perimeter, closed=True).reshape(-1, 2)
        if len(polygon) <= 4:
            break
    if len(polygon) != 4:
        return None
    ordered = _clockwise_from_top_left(polygon.astype(np.float32))
    points = contour.reshape(-1, 2).astype(np.float32)
    lines = []
    for start, end in zip(ordered, np.roll(ordered, -1, axis=0), strict=True):
        length = float(np.hypot(*(end - start)))
        if length < LEAST_LENGTH:
            return None
        along = (end - start) / length
        offset = points - start
        position, distance = offset @ along, np.abs(offset @ np.array([-along[1], along[0]]))
        near = points[(position > 0.06 * length) & (position < 0.94 * length) & (distance < 0.04 * length + 2)]
        if len(near) < LEAST_POINTS:
            return None
        lines.append(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    return _intersections(lines)


def _intersections(lines: list[NDArray[np.float32]]) -> Points | None:
    """Return where each line meets the one before it; lines are direction and point, float32 (4,)."""
    corners = []
    for before, line in zip([lines[-1], *lines[:-1]], lines, strict=True):
        directions = np.array([[before[0], -line[0]], [before[1], -line[1]]], np.float64)
        if abs(np.linalg.det(directions)) < LEAST_SINE:
            return None
        factor = np.linalg.solve(directions, (line[2:] - before[2:]).astype(np.float64))[0]
        corners.append(before[2:] + factor * before[:2])
    return np.array(corners, np.float32)


def _clockwise_from_top_left(polygon: Points) -> Points:
    """Order corners clockwise from the left end of the side that is most level among the upper ones."""
    centre = polygon.mean(axis=0)
    angles = np.arctan2(polygon[:, 1] - centre[1], polygon[:, 0] - centre[0])
    around = polygon[np.argsort(angles)]
    sides = np.roll(around, -1, axis=0) - around
    rightward = sides[:, 0] / np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1)
    return np.roll(around, -int(rightward.argmax()), axis=0)
