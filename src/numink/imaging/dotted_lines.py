"""Dotted level lines: rows of dots close together, which are removed from a mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .character_height import Mask


@dataclass(frozen=True)
class DottedLineParameters:
    """Parameters of dotted lines, in the usual height of characters; all set by eye."""

    greatest_dot: float = 0.3
    """A dot, or a dash of the line, is at most this long."""
    greatest_gap: float = 0.4
    """Dots are at most this far apart."""
    least_dots: int = 7
    least_length: float = 1.5
    """A dotted line is at least this long."""
    greatest_offset: float = 0.4
    """A dot further from the line's middle than this, in heights of a dot, is a point."""
    greatest_drop: float = 0.15
    """It rises or falls by less than this part of its length, beside the height of a dot."""


PARAMETERS = DottedLineParameters()


def find_dots(mask: Mask, height: float) -> Mask:
    """Return a mask, uint8 (H, W), of the dots of dotted lines.

    Args:
        mask: Foreground 1 on 0, uint8 (H, W).
        height: The usual height of characters.
    """
    _, labels, stats, centroids = cv2.connectedComponentsWithStats(mask, connectivity=8)
    is_dot = stats[:, 2:4].max(axis=1) <= max(PARAMETERS.greatest_dot * height, 4)
    is_dot[0] = False
    dots = np.zeros(mask.shape, np.uint8)
    if is_dot.sum() < PARAMETERS.least_dots:
        return dots
    gap = max(round(PARAMETERS.greatest_gap * height), 3)
    joined = cv2.dilate(is_dot[labels].astype(np.uint8), np.ones((3, gap | 1), np.uint8))
    row_count, row_labels, row_stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    middles = np.round(centroids).astype(int)
    row_of = np.where(is_dot, row_labels[middles[:, 1], middles[:, 0]], 0)
    number = np.bincount(row_of, minlength=row_count)
    widths, heights = row_stats[:, 2] - gap, row_stats[:, 3]
    flat = heights <= PARAMETERS.greatest_drop * widths + PARAMETERS.greatest_dot * height + 3
    is_line = (number >= PARAMETERS.least_dots) & (widths >= PARAMETERS.least_length * height) & flat
    is_line[0] = False
    is_line_dot = is_line[row_of] & is_dot
    for row in np.flatnonzero(is_line):
        own = np.flatnonzero(is_line_dot & (row_of == row))
        across = centroids[own, 1] - np.poly1d(np.polyfit(centroids[own, 0], centroids[own, 1], 1))(centroids[own, 0])
        is_line_dot[own[np.abs(across) > PARAMETERS.greatest_offset * np.median(stats[own, 3]) + 0.5]] = False
    line_dots: Mask = is_line_dot[labels].astype(np.uint8)
    return line_dots
