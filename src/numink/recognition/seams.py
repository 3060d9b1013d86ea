"""Cuts through components of several touching digits, along the paths with least foreground (seams)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .components import PARAMETERS as COMPONENT_PARAMETERS
from .types import NO_COMPONENT, Component, FloatImage


@dataclass(frozen=True)
class SeamParameters:
    """Costs of a cut in units of a pixel of full foreground; all set by eye."""

    off_center_cost: float = 0.4
    """Cost of each row of a cut as far from the middle between two digits as can be."""
    step_cost: float = 0.3
    """Cost of a step to a neighbouring column."""


PARAMETERS = SeamParameters()


def cut_component(component: Component, centers: Sequence[float]) -> list[Component]:
    """Return one part of `component` for each of `centers`, the columns of the digits' middles from left to right.

    Each cut runs between neighbouring centers from top to bottom along the path with least foreground.
    """
    rest, parts = component, []
    for before, after in pairwise(centers):
        if not rest.foreground.size:
            parts.append(rest)
            continue
        left, right = (min(max(round(center) - rest.box.x, 0), rest.box.w - 1) for center in (before, after))
        seam = _find_seam(rest.foreground, left, right)
        columns = np.arange(rest.box.w)[None]
        parts.append(trim_component(rest, columns < seam[:, None]))
        rest = trim_component(rest, columns >= seam[:, None])
    return [*parts, rest]


def trim_component(component: Component, inside: NDArray[np.bool_]) -> Component:
    """Return the part of `component` where `inside` (h, w) is true, without empty rows and columns around it."""
    foreground = np.where(inside, component.foreground, 0)
    threshold = COMPONENT_PARAMETERS.foreground_threshold
    rows = np.flatnonzero(foreground.max(axis=1) > threshold)
    columns = np.flatnonzero(foreground.max(axis=0) > threshold)
    if not len(rows) or not len(columns):
        return Component(Box(component.box.x, component.box.y, 0, 0), NO_COMPONENT.foreground)
    top, left = max(int(rows[0]) - 1, 0), max(int(columns[0]) - 1, 0)
    part = foreground[top : rows[-1] + 2, left : columns[-1] + 2]
    box = Box(component.box.x + left, component.box.y + top, part.shape[1], part.shape[0])
    return Component(box, part.astype(np.float32))


def _find_seam(foreground: FloatImage, left: int, right: int) -> NDArray[np.int64]:
    """Return for each row the first column right of the cut, all between `left` and `right`."""
    if right - left < 2:
        return np.full(len(foreground), max((left + right + 1) // 2, 1))
    inside = foreground[:, left : right + 1]
    width = inside.shape[1]
    off_center = np.abs(np.linspace(-1, 1, width)) ** 2 * PARAMETERS.off_center_cost
    cost = np.zeros((len(foreground), width))
    cost[0] = inside[0] + off_center
    for row in range(1, len(foreground)):
        above = cost[row - 1]
        diagonal = np.minimum(np.append(above[1:], np.inf), np.append(np.inf, above[:-1]))
        cost[row] = np.minimum(above, diagonal + PARAMETERS.step_cost) + inside[row] + off_center
    path = np.empty(len(foreground), np.int64)
    path[-1] = int(cost[-1].argmin())
    for row in range(len(foreground) - 2, -1, -1):
        low, high = max(path[row + 1] - 1, 0), min(path[row + 1] + 2, width)
        path[row] = low + int(cost[row, low:high].argmin())
    return path + left
