"""Enclosures: rings and boxes drawn around characters, and frames around cells, which are part of no character.

What touches an enclosure is parted from it.

A component is an enclosure where it is a thin outline and others, not small against it, lie within its contour. The dot
of a dotted zero is too small for that, a stroke through a zero is part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .components import PARAMETERS as COMPONENT_PARAMETERS
from .components import find_components
from .types import Component, FloatImage


@dataclass(frozen=True)
class EnclosureParameters:
    """Parameters of enclosures; all set by eye."""

    least_inner_height: float = 0.3
    """What is enclosed is taller than this part of the enclosure, unless that is wide."""
    least_wide_height: float = 0.1
    """The same of an enclosure much wider than tall, or with several components inside, as a frame or table."""
    greatest_fill: float = 0.45
    """The outline covers less than this part of the area within its contour."""
    closing: float = 0.2
    """Gaps of the outline up to this part of its shorter side are closed."""
    least_inside: float = 0.9
    """Share of the enclosed foreground that lies within the contour."""
    several: int = 3
    """So many components inside make a frame."""
    border: float = 0.12
    """Foreground further inside the contour than this part of the shorter side is no outline: it touches it."""
    least_touching_height: float = 0.25
    """What touches the outline is a component where it is taller than this part of the tallest inside."""
    most_pixels: int = 60_000_000
    """Pixels of outlines, and of what lies inside, that are looked at: boxes within boxes have more than any form."""


PARAMETERS = EnclosureParameters()


def find_characters(foreground: FloatImage) -> list[Component]:
    """Return the connected components of `foreground` (H, W) without those that are drawn around others."""
    return remove_enclosures(find_components(foreground))


def remove_enclosures(components: Sequence[Component]) -> list[Component]:
    """Return `components` with those that are drawn around others replaced by what touches them inside."""
    if len(components) < 2:
        return list(components)
    boxes = np.array([component.box for component in components])
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    areas = boxes[:, 2] * boxes[:, 3]
    remaining, pixels = [], 0
    for index, component in enumerate(components):
        box = component.box
        inside = (left > box.x) & (top > box.y) & (right < box.x + box.w) & (bottom < box.y + box.h)
        within = [components[other] for other in np.flatnonzero(inside).tolist() if other != index]
        pixels += int(areas[index] + areas[inside].sum()) if within else 0
        filled = _enclosed_area(component, within) if within and pixels <= PARAMETERS.most_pixels else None
        remaining += [component] if filled is None else _touching(component, filled, within)
    return remaining


def _enclosed_area(component: Component, within: Sequence[Component]) -> NDArray[np.bool_] | None:
    """Return the area within the contour of `component`, (h, w); None where it is no outline around the others.

    `within` are the components whose boxes lie within its box.
    """
    height = component.box.h
    tallest = max(other.box.h for other in within)
    is_frame = component.box.w > 2 * height or len(within) >= PARAMETERS.several
    if tallest < (PARAMETERS.least_wide_height if is_frame else PARAMETERS.least_inner_height) * height:
        return None
    outline = component.foreground > COMPONENT_PARAMETERS.foreground_threshold
    filled = _filled(outline)
    if outline.sum() > PARAMETERS.greatest_fill * filled.sum():
        return None
    inner = np.zeros(outline.shape, bool)
    for other in within:
        y, x = other.box.y - component.box.y, other.box.x - component.box.x
        area = other.foreground > COMPONENT_PARAMETERS.foreground_threshold
        inner[y : y + other.box.h, x : x + other.box.w] |= area
    return filled if (inner & filled).sum() >= PARAMETERS.least_inside * inner.sum() else None


def _touching(component: Component, filled: NDArray[np.bool_], within: Sequence[Component]) -> list[Component]:
    """Return the parts of an enclosure that are no outline, as a digit that touches it."""
    tallest, side = max(other.box.h for other in within), min(component.box.w, component.box.h)
    reach = max(round(PARAMETERS.border * side), 2)
    deep = cv2.erode(np.pad(filled.astype(np.uint8), 1), np.ones((2 * reach + 1,) * 2, np.uint8), borderValue=0)
    parts = find_components(np.where(deep[1:-1, 1:-1] > 0, component.foreground, 0).astype(np.float32))
    x, y = component.box.x, component.box.y
    return [
        Component(Box(part.box.x + x, part.box.y + y, part.box.w, part.box.h), part.foreground)
        for part in parts
        if part.box.h > PARAMETERS.least_touching_height * tallest
    ]


def _filled(outline: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the area within the outer contours of an outline whose small gaps are closed."""
    reach = max(round(PARAMETERS.closing * min(outline.shape) / 2), 1)
    padded = np.pad(outline.astype(np.uint8), reach + 1)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((2 * reach + 1,) * 2, np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = cv2.drawContours(np.zeros_like(closed), contours, -1, 1, cv2.FILLED)
    return np.asarray(filled[reach + 1 : -reach - 1, reach + 1 : -reach - 1] > 0)
