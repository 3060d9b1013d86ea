"""Removal of ruled lines, table lines and frames from a foreground mask; strokes that cross them stay whole.

A ruled line is thin, nearly level (or upright) and runs across the picture; a stroke of a digit is not that long.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class RuledLineParameters:
    """Tuned constants of ruled-line removal.

    `edge_distance` was chosen by E014 of docs/log.md, the others by eye.
    """

    threshold: float = 0.35
    """Mask value above which a pixel belongs to a stroke or a ruled line."""
    edge_distance: float = 0.015
    """Greatest distance of a ruled line's ends from the picture's edges, as a share of the width."""
    unbroken: float = 0.8
    """Least share of its length over which a ruled line, or a frame's side, has foreground."""
    max_thickness: float = 0.05
    """Greatest thickness of a ruled line, as a share of the picture's other side."""
    frame_depth: float = 0.015
    """Depth of the margin in which a frame lies, as a share of the picture's short side."""


PARAMETERS = RuledLineParameters()
"""Parameters that the reader uses."""


@dataclass(frozen=True)
class _RuledLine:
    """A nearly level line across the picture."""

    rows: NDArray[np.float64]
    """Row of the line's middle at every column, float64 (w,)."""
    thickness: float
    """Thickness in pixels."""


def remove_ruled_lines(foreground: Floats, parameters: RuledLineParameters = PARAMETERS) -> Floats:
    """Remove ruled lines and frames from a foreground mask.

    Upright lines are removed only where there are level ones too, or several: a single upright line may be a 1.

    Args:
        foreground: Mask, float32 (h, w), 0..1; it is not changed.
        parameters: Tuned constants.

    Returns:
        The mask without ruled lines, float32 (h, w).

    Example:
        >>> mask = np.zeros((60, 100), np.float32)
        >>> mask[40:42, :] = 1  # a ruled line
        >>> mask[10:30, 50:53] = 1  # a digit above it
        >>> cleaned = remove_ruled_lines(mask)
        >>> float(cleaned[40:42].sum()), float(cleaned[10:30, 50:53].min())
        (0.0, 1.0)
    """
    level_count, without_level = _remove_level_lines(_without_frame(foreground, parameters), 1, parameters)
    min_upright = 2 if level_count == 0 else 1
    upright_count, transposed = _remove_level_lines(np.ascontiguousarray(without_level.T), min_upright, parameters)
    return np.ascontiguousarray(transposed.T) if upright_count else without_level


def _without_frame(foreground: Floats, parameters: RuledLineParameters) -> Floats:
    """Clear each side of the picture along which a line runs."""
    depth = max(round(parameters.frame_depth * min(foreground.shape)), 2)
    cleaned = foreground.copy()
    for quarter_turns in range(4):
        side = np.rot90(cleaned, quarter_turns)  # a view: writing to it changes `cleaned`
        if (side[:depth].max(axis=0) > parameters.threshold).mean() > parameters.unbroken:
            side[: depth + 1] = 0
    return cleaned


def _remove_level_lines(foreground: Floats, min_count: int, parameters: RuledLineParameters) -> tuple[int, Floats]:
    """Return the number of level lines and the mask without them; the mask as it is where there are fewer."""
    lines = _level_lines(foreground, parameters)
    if len(lines) < min_count:
        return 0, foreground
    cleaned = foreground.copy()
    for line in lines:
        _erase(cleaned, foreground > parameters.threshold, line)
    return len(lines), cleaned


def _level_lines(foreground: Floats, parameters: RuledLineParameters) -> list[_RuledLine]:
    height, width = foreground.shape
    if width < 40 or height < 16:
        return []
    mask = (foreground > parameters.threshold).astype(np.uint8)
    edge = max(round(parameters.edge_distance * width), 1)
    if not (mask[:, : edge + 1].any() and mask[:, -edge - 1 :].any()):
        return []  # most pictures: nothing comes near both edges
    length = max(width // 12, 15)
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    bridged = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, 2 * length + 1), np.uint8))
    count, labels = cv2.connectedComponents(bridged, connectivity=8)
    candidates = (_fitted_line((labels == label) & (runs > 0), parameters) for label in range(1, count))
    return [line for line in candidates if line is not None]


def _fitted_line(mask: NDArray[np.bool_], parameters: RuledLineParameters) -> _RuledLine | None:
    """Fit a line to the runs of one component; None where it is too short, too broken or too thick."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    covered, thicknesses = np.unique(columns, return_counts=True)
    margin = parameters.edge_distance * width
    if covered[0] > margin or covered[-1] < width - margin - 1:
        return None
    span, extent = int(covered[-1] - covered[0] + 1), int(np.ptp(rows))
    if len(covered) < parameters.unbroken * span or extent > max(0.12 * width, 4):
        return None
    degree = 2 if span > 8 * max(extent, 1) else 1
    fitted = np.poly1d(np.polyfit(columns, rows, degree))(np.arange(width))
    thickness = float(np.percentile(thicknesses, 30))
    if thickness > max(parameters.max_thickness * height, 5):
        return None
    return _RuledLine(fitted, thickness) if np.abs(fitted[columns] - rows).mean() < thickness + 1 else None


def _erase(cleaned: Floats, mask: NDArray[np.bool_], line: _RuledLine) -> None:
    """Clear a line, except where the foreground is taller: there a stroke crosses it or lies on it."""
    height, width = mask.shape
    max_height = 1.6 * line.thickness + 1
    for column in range(width):
        top, bottom = _run(mask[:, column], round(line.rows[column]), round(line.thickness / 2 + 1))
        if top < bottom <= height and bottom - top <= max_height:
            cleaned[max(top - 1, 0) : bottom + 1, column] = 0


def _run(column: NDArray[np.bool_], middle: int, reach: int) -> tuple[int, int]:
    """Return the first row, and one past the last, of the run through or near `middle`; (0, 0) where there is none."""
    near = np.flatnonzero(column[max(middle - reach, 0) : max(middle + reach + 1, 0)])
    if not len(near):
        return 0, 0
    top = bottom = max(middle - reach, 0) + int(near[np.abs(near - min(reach, middle)).argmin()])
    while top > 0 and column[top - 1]:
        top -= 1
    while bottom < len(column) and column[bottom]:
        bottom += 1
    return top, bottom
