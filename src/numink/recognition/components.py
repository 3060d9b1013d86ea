"""Connected components of the foreground, without specks and margin lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .types import Component, FloatImage


@dataclass(frozen=True)
class ComponentParameters:
    """Parameters of the connected components.

    E212 chose `least_side` and `least_area` (4, by E104, and 8 before), the others were set by eye.
    """

    foreground_threshold: float = 0.4
    """Foreground above this connects neighbouring pixels."""
    least_side: int = 3
    """A component lower and narrower than this, in pixels, is a speck."""
    least_area: int = 5
    """A component of fewer pixels is a speck."""
    most_components: int = 4000
    """Of a page with more components than this only the largest are used: a full page of digits has fewer."""
    most_overlap: float = 3.0
    """The boxes of a page's components are together this many times as large as it at most."""
    greatest_margin_line_aspect: float = 0.2
    """A component in a corner of the picture, thinner than this part of its length, is a margin line."""


PARAMETERS = ComponentParameters()


def find_components(foreground: FloatImage) -> list[Component]:
    """Return the connected components of `foreground` (H, W), the largest first."""
    labels, stats = label_components(foreground)
    components = []
    pixels = PARAMETERS.most_overlap * foreground.size
    for label in _largest(stats[1:]) + 1:
        box = Box(*(int(value) for value in stats[label, : cv2.CC_STAT_AREA]))
        if not _is_margin_line(box, foreground.shape) and box.w * box.h <= pixels:
            pixels -= box.w * box.h
            components.append(_extract(foreground, labels, int(label), box))
    return components


def label_components(foreground: FloatImage) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the label of each pixel, (H, W), 0 outside of components, and OpenCV's figures of each label, (N + 1, 5).

    These are the left and top side, the width, the height, and the count of pixels.
    """
    mask = (foreground > PARAMETERS.foreground_threshold).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return labels.astype(np.int32, copy=False), stats.astype(np.int32, copy=False)


def foreground_of(foreground: FloatImage, labels: NDArray[np.int32], chosen: NDArray[np.bool_]) -> FloatImage:
    """Return the foreground of the components whose labels are `chosen`, (N + 1,), with soft edges of one pixel."""
    own = chosen[labels]
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    remaining: FloatImage = np.where(near & (own | (labels == 0)), foreground, 0).astype(np.float32)
    return remaining


def _largest(stats: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the indices of the components that are used, the largest first, by OpenCV's figures of each."""
    indices = np.flatnonzero(is_no_speck(stats))
    return indices[np.argsort(-stats[indices, cv2.CC_STAT_AREA], kind="stable")][: PARAMETERS.most_components]


def is_no_speck(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which components are large enough to count, by OpenCV's figures of each: (N,) for (N, 5)."""
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large: NDArray[np.bool_] = (sides >= PARAMETERS.least_side) & (stats[:, cv2.CC_STAT_AREA] >= PARAMETERS.least_area)
    return large


def _is_margin_line(box: Box, shape: tuple[int, ...]) -> bool:
    """Return whether it is a thin line in a corner of the picture, along an edge: a margin line or the sheet's end."""
    at_side = box.x <= 1 or box.x + box.w >= shape[1] - 1
    at_top_or_bottom = box.y <= 1 or box.y + box.h >= shape[0] - 1
    thin = min(box.w, box.h) < PARAMETERS.greatest_margin_line_aspect * max(box.w, box.h)
    return at_side and at_top_or_bottom and thin


def _extract(foreground: FloatImage, labels: NDArray[np.int32], label: int, box: Box) -> Component:
    """Return the component with the soft edge of one pixel around it."""
    height, width = foreground.shape
    left, top = max(box.x - 1, 0), max(box.y - 1, 0)
    right, bottom = min(box.x + box.w + 1, width), min(box.y + box.h + 1, height)
    own = labels[top:bottom, left:right]
    near = cv2.dilate((own == label).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    patch = np.where(near & ((own == label) | (own == 0)), foreground[top:bottom, left:right], 0)
    return Component(Box(left, top, right - left, bottom - top), patch.astype(np.float32))
