"""Outline of the sheet of paper on a picture: which pixels are table, and the four corners of a sheet seen whole.

A table is a uniform region, darker or lighter than the paper, that runs along the picture's border and ends at a sharp,
straight edge. A shadow has writing in it and a soft edge; a digit that touches the border does not run along it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .quadrilateral import Points, four_corners

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class OutlineParameters:
    """Tuned constants of the search for the sheet; lengths are in pixels of the reduced copy."""

    stroke: int = 9
    """Side of the closing square that removes writing from the copy."""
    padding: int = 12
    """Width by which the copy is continued past its border, so that closing leaves narrow rims."""
    least_difference: int = 30
    """Least difference of brightness between paper and table."""
    least_ratio: float = 1.2
    """Least ratio of the paper's brightness to a darker table's: a shadow that falls on all of a page is fainter."""
    least_paper: float = 0.2
    """Least share of the picture that is paper."""
    least_side: float = 0.25
    """Least side of the paper's bounding box, as a share of the picture's: a stroke is narrower."""
    least_solidity: float = 0.88
    """Least area of the paper, as a share of its convex hull's: writing on a dark board is not convex."""
    most_bright: float = 0.25
    """Greatest share of a table that is as bright as paper: other sheets, or paper that a digit cuts off."""
    most_depth: float = 0.04
    """Depth to which a table may reach into the convex hull of bent paper, as a share of the short side."""
    most_cut: float = 0.05
    """Greatest share of a table that reaches deeper."""
    least_table: float = 0.006
    """Least share of the picture that is table."""
    least_border: float = 0.55
    """Least length of the picture's border that a table covers, as a share of the picture's short side."""
    reach: int = 3
    """Distance on both sides of the sheet's edge at which brightness is compared."""
    neighbourhood: int = 15
    """Distance from the sheet's edge within which the brightness of paper and table is taken."""
    least_sharpness: float = 0.6
    """Least step of brightness within `reach` of the edge, as a share of the whole difference."""
    most_writing: float = 0.5
    """Most strokes on a table, as a share of the density of those on the paper."""
    least_overlap: float = 0.93
    """Least overlap (intersection over union) of a whole sheet with its four-cornered outline."""
    sampled_part: float = 0.9
    """Part of each side, about its middle, along which edges are compared: corners are often bent."""
    least_seen: float = 0.8
    """Least share of a side of the outline along which there is an edge to the table."""


PARAMETERS = OutlineParameters()


@dataclass(frozen=True)
class Outline:
    """What is sheet and what is table on a reduced copy of a picture."""

    table: Mask
    """Mask, uint8 (h, w): 255 is table, 0 the sheet."""
    corners: Points | None
    """Corners of a sheet seen whole, float32 (4, 2), x and y, clockwise from the top left; None for another."""


def find_outline(copy: Grey, parameters: OutlineParameters = PARAMETERS) -> Outline | None:
    """Find the sheet on a reduced copy of a picture.

    Args:
        copy: Picture, uint8 (h, w), 0 is black, about 320 pixels a side.
        parameters: Tuned constants.

    Returns:
        The outline; None where the picture shows no table.
    """
    return _OutlineFinder(copy, parameters).find()


class _OutlineFinder:
    """The steps of `find_outline` on one picture."""

    def __init__(self, copy: Grey, parameters: OutlineParameters) -> None:
        self._copy = copy
        self._parameters = parameters
        padding, side = parameters.padding, parameters.stroke
        padded = cv2.copyMakeBorder(copy, padding, padding, padding, padding, cv2.BORDER_REPLICATE)
        closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
        self._surface: Grey = closed[padding:-padding, padding:-padding].astype(np.uint8)

    @property
    def _least_border(self) -> float:
        return float(self._parameters.least_border * min(self._surface.shape))

    def find(self) -> Outline | None:
        surface = self._surface
        border = np.concatenate([surface[0], surface[-1], surface[:, 0], surface[:, -1]])
        for threshold in self._thresholds():
            if np.count_nonzero(border <= threshold) < self._least_border:
                continue  # most pictures: nothing but paper along the border
            outline = self._outline((surface > threshold).astype(np.uint8))
            if outline is not None:
                return outline
        return None

    def _thresholds(self) -> list[float]:
        """Return Otsu's threshold of all pixels, then those of its darker and its brighter part."""
        first = _otsu(self._surface)
        darker, brighter = (self._surface[part] for part in (self._surface <= first, self._surface > first))
        return [first, *(_otsu(part) for part in (darker, brighter) if part.size)]

    def _outline(self, bright: Mask) -> Outline | None:
        parameters = self._parameters
        paper = _largest_component(bright)
        if paper is None or not self._is_like_paper(paper):
            return None
        table = self._table(paper)
        area = np.count_nonzero(table)
        if area < parameters.least_table * table.size:
            return None
        if np.count_nonzero(bright[table > 0]) > parameters.most_bright * area:
            return None
        if self._cuts_into(paper, table) or not self._differs(paper, table):
            return None
        filled = np.where(table > 0, 0, 255).astype(np.uint8)
        return Outline(table, self._corners(filled))

    def _is_like_paper(self, paper: Mask) -> bool:
        parameters = self._parameters
        _, _, width, height = cv2.boundingRect(paper)
        is_large = width > parameters.least_side * paper.shape[1] and height > parameters.least_side * paper.shape[0]
        area = np.count_nonzero(paper)
        hull = cv2.convexHull(_contour(paper))
        is_convex = area > parameters.least_solidity * cv2.contourArea(hull)
        return bool(is_large and is_convex and area > parameters.least_paper * paper.size)

    def _table(self, paper: Mask) -> Mask:
        """Return the regions beside the paper that run along the picture's border."""
        _, labels = cv2.connectedComponents(255 - paper, connectivity=4)
        sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
        lengths = np.array([np.bincount(side, minlength=int(labels.max()) + 1) for side in sides])
        runs_along = np.maximum(lengths.max(axis=0), lengths.sum(axis=0) / 2) >= self._least_border
        runs_along[0] = False  # the paper
        return np.where(runs_along[labels], 255, 0).astype(np.uint8)

    def _cuts_into(self, paper: Mask, table: Mask) -> bool:
        """Return whether the table reaches deep into the paper's convex hull, as a digit at the border does."""
        depth = round(self._parameters.most_depth * min(paper.shape))
        hull = np.zeros_like(paper)
        cv2.fillConvexPoly(hull, cv2.convexHull(_contour(paper)), 255)
        inner = cv2.erode(hull, np.ones((2 * depth + 1,) * 2, np.uint8))
        deep = np.count_nonzero((inner > 0) & (table > 0))
        return bool(deep > self._parameters.most_cut * np.count_nonzero(table))

    def _differs(self, paper: Mask, table: Mask) -> bool:
        """Return whether paper and table differ as two surfaces do, not as a page in light and shadow."""
        parameters = self._parameters
        light, dark = self._brightness(paper, table, parameters.neighbourhood)
        if light - dark < parameters.least_difference or light < parameters.least_ratio * dark:
            return False
        inside, outside = self._brightness(paper, table, parameters.reach)
        if inside - outside < parameters.least_sharpness * (light - dark):
            return False
        sides = (table[0], table[-1], table[:, 0], table[:, -1])
        if sum((side > 0).mean() > parameters.least_border for side in sides) >= 3:
            return True  # no shadow lies all around
        edge = np.ones((2 * parameters.reach + 1,) * 2, np.uint8)
        strokes = cv2.subtract(self._surface, self._copy).astype(np.float32) / np.maximum(self._surface, 100)
        on_paper, on_table = (strokes[cv2.erode(region, edge) > 0] for region in (paper, table))
        if not on_paper.size or not on_table.size:
            return True
        strong = max(0.5 * float(np.percentile(on_paper, 98)), 0.15)
        return float((on_table > strong).mean()) <= parameters.most_writing * max(
            float((on_paper > strong).mean()), 0.01
        )

    def _brightness(self, paper: Mask, table: Mask, distance: int) -> tuple[float, float]:
        """Return the brightness of the paper, and of the table, within a distance of each other."""
        square = np.ones((2 * distance + 1,) * 2, np.uint8)
        beside_table = (cv2.dilate(table, square) > 0) & (paper > 0)
        beside_paper = (cv2.dilate(paper, square) > 0) & (table > 0)
        if not beside_table.any() or not beside_paper.any():
            return 0.0, 0.0
        return float(np.median(self._surface[beside_table])), float(np.median(self._surface[beside_paper]))

    def _corners(self, sheet: Mask) -> Points | None:
        corners = four_corners(_contour(sheet))
        if corners is None:
            return None
        drawn = np.zeros_like(sheet)
        cv2.fillConvexPoly(drawn, np.round(corners).astype(np.int32), 255)
        overlap = np.count_nonzero(drawn & sheet) / np.count_nonzero(drawn | sheet)
        if overlap < self._parameters.least_overlap or not self._is_seen_whole(corners):
            return None
        return corners

    def _is_seen_whole(self, corners: Points) -> bool:
        """Return whether there is an edge to the table along all four sides."""
        parameters = self._parameters
        height, width = self._surface.shape
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            along = (end - start) / max(float(np.hypot(*(end - start))), 1.0)
            outward = np.array([along[1], -along[0]])
            rest = (1 - parameters.sampled_part) / 2
            points = start + np.linspace(rest, 1 - rest, 40)[:, None] * (end - start)
            outer, inner = (np.round(points + sign * parameters.reach * outward).astype(int) for sign in (1, -1))
            visible = (outer >= 0).all(axis=1) & (outer < (width, height)).all(axis=1)
            outer, inner = outer.clip(0, (width - 1, height - 1)), inner.clip(0, (width - 1, height - 1))
            steps = self._surface[inner[:, 1], inner[:, 0]].astype(int) - self._surface[outer[:, 1], outer[:, 0]]
            seen = (steps > parameters.least_difference / 2) & (visible | (outer != inner).any(axis=1))
            if seen.mean() < parameters.least_seen:
                return False
        return True


def _otsu(values: NDArray[np.uint8]) -> float:
    threshold, _ = cv2.threshold(values.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(threshold)


def _largest_component(bright: Mask) -> Mask | None:
    """Return the largest region with its holes filled, 0 or 255."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax())
    region = np.where(labels == largest, 255, 0).astype(np.uint8)
    cv2.drawContours(region, [_contour(region)], -1, 255, cv2.FILLED)
    is_solid = statistics[largest, cv2.CC_STAT_AREA] > 0.75 * np.count_nonzero(region)
    return region if is_solid else None


def _contour(region: Mask) -> cv2.typing.MatLike:
    """Return the outer contour of a region, int32 (n, 1, 2), x and y."""
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(contours, key=len)
