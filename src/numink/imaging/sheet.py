"""The sheet of paper on a picture: table left out, perspective and skew set right, boxes mapped back to the picture.

A picture that shows no edge of a sheet, such as a scan, a screen drawing or a field cut out of a form, stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .quadrilateral import Points
from .scaling import shrunk
from .sheet_outline import Mask, find_outline
from .skew import estimate_skew

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class SheetParameters:
    """Tuned constants of rectification."""

    search_side: int = 320
    """Longest side of the copy on which the sheet is searched for, in pixels."""
    least_picture_side: int = 160
    """Least short side of pictures that may show a table, in pixels: smaller ones are cut out of something."""
    most_side: int = 2560
    """Longest side of a sheet that is set right, in pixels: more than the reader can use."""
    inset: float = 0.008
    """Width that is cut off along the edges of a sheet, as a share of its short side: remains of the table."""
    table_margin: int = 5
    """Width by which the table is grown over the sheet's edge, in pixels of the copy."""
    straight: float = 0.02
    """Greatest distance of a corner from an upright rectangle's, as a share of the side, that is not set right."""


PARAMETERS = SheetParameters()


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper as if laid flat, and where its pixels lie on the picture."""

    grey: Grey = field(repr=False)
    """Grey values of the sheet, uint8 (h, w)."""
    width: int
    """Width of the picture in pixels."""
    height: int
    """Height of the picture in pixels."""
    matrix: Matrix | None = field(default=None, repr=False)
    """Homography from the sheet to the picture, float64 (3, 3); None where the sheet is the picture."""

    def to_picture(self, box: Box, turned: int = 0) -> Box:
        """Return the box on the picture that encloses a box on the sheet.

        Args:
            box: A box on the sheet, in its pixels.
            turned: Degrees clockwise, 0, 90, 180 or 270, by which both sheet and picture are turned.

        Returns:
            The box in pixels of the picture, turned likewise, cut off at the picture's border.
        """
        if self.matrix is None:
            return box
        height, width = self.grey.shape
        flat = _turned_back(box, turned, width, height)
        mapped = _mapped(flat, self.matrix, self.width, self.height)
        size = (self.width, self.height) if turned in (0, 180) else (self.height, self.width)
        return _turned_back(mapped, -turned % 360, *size)

    def from_picture(self, box: Box) -> Box:
        """Return the box on the sheet that encloses a box on the picture, in pixels."""
        if self.matrix is None:
            return box
        return _mapped(box, np.asarray(np.linalg.inv(self.matrix), np.float64), self.grey.shape[1], self.grey.shape[0])


def find_sheet(grey: Grey, parameters: SheetParameters = PARAMETERS) -> Sheet:
    """Find the sheet of paper on a picture, and set it right.

    Args:
        grey: Picture, uint8 (H, W), 0 is black.
        parameters: Tuned constants.

    Returns:
        The sheet: without table and perspective where it is seen whole, with the table painted over where it is not,
        level where its writing plainly slopes, else the picture as it is.
    """
    height, width = grey.shape
    if min(grey.shape) < parameters.least_picture_side:
        return Sheet(grey, width, height)
    copy, scale = shrunk(grey, parameters.search_side)
    outline = find_outline(copy)
    if outline is not None and outline.corners is not None:
        return _rectified(grey, outline.corners * np.float32(1 / scale), parameters)
    if outline is not None:
        grey, copy = _painted_over(grey, copy, outline.table, parameters)
    angle = estimate_skew(copy)
    return _levelled(grey, angle, parameters) if angle else Sheet(grey, width, height)


def _rectified(grey: Grey, corners: Points, parameters: SheetParameters) -> Sheet:
    """Map the quadrilateral `corners`, float32 (4, 2), to an upright rectangle."""
    height, width = grey.shape
    top, right, bottom, left = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    size = np.array([(top + bottom) / 2, (left + right) / 2])
    inset = parameters.inset * float(size.min()) + 1
    low, high = corners.min(axis=0), corners.max(axis=0)
    upright = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    if np.abs(upright - corners).max() <= parameters.straight * float(size.min()):
        x, y = (max(round(float(value + inset)), 0) for value in low)
        right_end, bottom_end = (round(float(value - inset)) for value in high)
        cut = np.ascontiguousarray(grey[y:bottom_end, x:right_end])
        return Sheet(cut, width, height, np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64))
    size *= min(1.0, parameters.most_side / float(size.max()))
    w, h = (max(round(float(value)), 1) for value in size)
    out = np.array([(-inset, -inset), (w + inset, -inset), (w + inset, h + inset), (-inset, h + inset)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(out, corners), np.float64)
    return Sheet(_warped(grey, matrix, w, h), width, height, matrix)


def _levelled(grey: Grey, angle: float, parameters: SheetParameters) -> Sheet:
    """Turn a picture about its centre so that lines which slope by `angle` degrees are level."""
    height, width = grey.shape
    scale = min(1.0, parameters.most_side / max(grey.shape))
    radians = np.radians(angle)
    cosine, sine = float(np.cos(radians)), float(np.sin(radians))
    w = round((width * abs(cosine) + height * abs(sine)) * scale)
    h = round((width * abs(sine) + height * abs(cosine)) * scale)
    to_centre = np.array([[1 / scale, 0, -w / 2 / scale], [0, 1 / scale, -h / 2 / scale], [0, 0, 1]])
    rotation = np.array([[cosine, -sine, width / 2], [sine, cosine, height / 2], [0, 0, 1]])
    matrix = rotation @ to_centre
    return Sheet(_warped(grey, matrix, w, h), width, height, matrix)


def _warped(grey: Grey, matrix: Matrix, width: int, height: int) -> Grey:
    """Return `grey` under a homography given from the output to the input; what lies beyond `grey` is paper."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    warped = cv2.warpPerspective(
        grey, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=float(np.median(border)),
    )  # fmt: skip
    return warped.astype(np.uint8, copy=False)


def _painted_over(grey: Grey, copy: Grey, table: Mask, parameters: SheetParameters) -> tuple[Grey, Grey]:
    """Give the table, on a picture and its copy, the brightness of the nearest paper: there is no edge between them."""
    grown = cv2.dilate(table, np.ones((parameters.table_margin,) * 2, np.uint8))
    seen = (grown == 0).astype(np.float32)
    weight, light = np.zeros(copy.shape, np.float32), np.zeros(copy.shape, np.float32)
    for side in (9, 41, 161, 641):  # the nearest paper counts most
        near = cv2.blur(seen, (side, side), borderType=cv2.BORDER_CONSTANT)
        sums = cv2.blur(seen * copy, (side, side), borderType=cv2.BORDER_CONSTANT)
        share = np.maximum(1 - weight, 0) * np.minimum(near * 8, 1)
        light += share * sums / np.maximum(near, 1e-6)
        weight += share
    paint = np.clip(light / np.maximum(weight, 1e-6), 0, 255).astype(np.uint8)
    size = (grey.shape[1], grey.shape[0])
    covered = cv2.resize(grown, size, interpolation=cv2.INTER_NEAREST)
    painted = grey.copy()
    cv2.copyTo(cv2.resize(paint, size, interpolation=cv2.INTER_LINEAR), covered, painted)
    return painted, np.where(grown > 0, paint, copy)


def _mapped(box: Box, matrix: Matrix, width: int, height: int) -> Box:
    """Return the box, within `width` x `height`, that encloses the image of a box under a homography."""
    x, y, w, h = box
    corners = np.array([[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]], np.float64)
    mapped = cv2.perspectiveTransform(corners, matrix)[0].clip(0, (width, height))
    left, top = np.floor(mapped.min(axis=0) + 0.01).astype(int)
    right, bottom = np.ceil(mapped.max(axis=0) - 0.01).astype(int)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def _turned_back(box: Box, turned: int, width: int, height: int) -> Box:
    """Return a box on an area turned clockwise by `turned` degrees as it lies on the area, `width` x `height`."""
    x, y, w, h = box
    if turned == 90:
        return Box(y, height - x - w, h, w)
    if turned == 180:
        return Box(width - x - w, height - y - h, w, h)
    if turned == 270:
        return Box(width - y - h, x, h, w)
    return box
