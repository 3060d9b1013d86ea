"""Skew of the writing: by how many degrees lines of writing and ruled lines slope, estimated on a reduced copy.

The projection profile of the strokes, the number of their pixels in each row, is sharpest where the rows run along the
lines. Upright strokes and tables give a sharp profile of the columns at the same angle.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Angles = NDArray[np.float64]


@dataclass(frozen=True)
class SkewParameters:
    """Tuned constants of the estimate of skew."""

    background: int = 25
    """Side of the square whose mean is the brightness about a pixel, in pixels of the copy."""
    present: float = 0.4
    """Difference from that brightness from which a pixel is part of a stroke, as a share of the strongest."""
    least_contrast: float = 0.05
    """Least such difference, as a share of the full range."""
    most_angle: float = 30.0
    """Greatest angle that is tried, in degrees: beyond it, and at 45 in any case, rows and columns are mixed up."""
    step: float = 1.0
    """Distance of the angles that are tried first, in degrees."""
    fine_step: float = 0.25
    """Distance of those about the best, in degrees."""
    least_angle: float = 5.0
    """Least angle that is set right: less does no harm to the reading."""
    most_points: int = 2500
    """Most pixels of strokes that are counted: more give the same angle."""
    least_height: int = 4
    """Least height of a stroke that is counted, in pixels of the copy."""
    least_components: float = 2.8
    """Least effective number of separate strokes, by their pixels: a digit alone has no line."""
    ruled_length: float = 0.7
    """Length from which a stroke may be a ruled line or a grid, as a share of the picture's long side."""
    ruled_peak: float = 15.0
    """Sharpness at the best angle, as a multiple of the median one, that ruled lines in one piece give."""
    least_gain: float = 2.0
    """Least sharpness at the best angle, as a multiple of that at 0 degrees."""
    least_peak: float = 2.5
    """Least sharpness at the best angle, as a multiple of the median one of all angles."""
    least_distinction: float = 1.4
    """Least sharpness at the best angle, as a multiple of that at any angle not next to it."""
    neighbours: float = 5.0
    """Degrees on either side of the best angle that are next to it."""


ROW = 2.0
"""Height of the rows of the projection profile, in pixels of the copy."""
PARAMETERS = SkewParameters()


def estimate_skew(copy: Grey, parameters: SkewParameters = PARAMETERS) -> float:
    """Estimate by how many degrees the writing on a picture slopes.

    Args:
        copy: Picture, uint8 (h, w), 0 is black, about 320 pixels a side.
        parameters: Tuned constants.

    Returns:
        Degrees clockwise: lines of positive skew run down to the right. 0.0 where lines are level or none are sure.
    """
    strokes = _strokes(copy, parameters)
    count, length = _effective_number(strokes, parameters.least_height)
    has_lines = count >= parameters.least_components
    if not has_lines and length < parameters.ruled_length:
        return 0.0
    rows, columns = np.nonzero(strokes)
    every = -(-len(rows) // parameters.most_points)
    points = np.column_stack([columns[::every], rows[::every]]).astype(np.float64)
    angles = np.arange(-parameters.most_angle, parameters.most_angle + parameters.step / 2, parameters.step)
    sharpness = np.array([_sharpness(points, angle) for angle in angles])
    peak, best = float(sharpness.max()), float(angles[sharpness.argmax()])
    if not parameters.least_angle - parameters.step < abs(best) < parameters.most_angle:
        return 0.0
    level = float(sharpness[np.abs(angles) <= 1].max())
    next_best = float(sharpness[np.abs(angles - best) > parameters.neighbours].max())
    relative = peak / float(np.median(sharpness))
    if peak < parameters.least_gain * level or peak < parameters.least_distinction * next_best:
        return 0.0
    if relative < (parameters.least_peak if has_lines else parameters.ruled_peak):
        return 0.0
    near = best + np.arange(-parameters.step, parameters.step + 0.01, parameters.fine_step)
    best = float(near[np.argmax([_sharpness(points, angle) for angle in near])])
    return best if abs(best) >= parameters.least_angle else 0.0


def _strokes(copy: Grey, parameters: SkewParameters) -> NDArray[np.uint8]:
    """Return the pixels that differ from the brightness about them, 0 or 1; all 0 where there is no contrast."""
    side = parameters.background
    difference = cv2.absdiff(copy, cv2.blur(copy, (side, side)))
    strongest = float(np.partition(difference.ravel(), -difference.size // 200)[-difference.size // 200])
    threshold = max(parameters.present * strongest, 255 * parameters.least_contrast)
    return (difference > threshold).astype(np.uint8)


def _effective_number(strokes: NDArray[np.uint8], least_height: int) -> tuple[float, float]:
    """Return the number of separate strokes, and the longest one's length as a share of the picture's long side.

    Each is counted by its pixels: the number is n for n alike, 1 where one outweighs all others.
    """
    _, _, statistics, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    tall = statistics[1:][statistics[1:, cv2.CC_STAT_HEIGHT] >= least_height]
    if not len(tall):
        return 0.0, 0.0
    areas = tall[:, cv2.CC_STAT_AREA].astype(np.float64)
    sides = tall[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return float(areas.sum() ** 2 / np.square(areas).sum()), float(sides.max()) / max(strokes.shape)


def _sharpness(points: NDArray[np.float64], angle: float) -> float:
    """Return the variance of the differences of the projection profile of `points`, float64 (n, 2), x and y."""
    radians = np.radians(angle)
    across = points[:, 1] * np.cos(radians) - points[:, 0] * np.sin(radians)
    position = (across - across.min()) / ROW
    rows = position.astype(np.int64)
    share = position - rows  # split between two rows: whole pixels would favour angles such as arctan(1/2)
    profile = np.bincount(rows, 1 - share, rows.max() + 2) + np.bincount(rows + 1, share, rows.max() + 2)
    steps = profile[1:] - profile[:-1]
    return float(steps @ steps + profile[0] ** 2 + profile[-1] ** 2) / len(points)
