"""Photos of a sheet of paper on a table, drawn by program: rims of any width, skew and perspective."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pictures import Grey, Sheet, write

TABLES = {"brown": 80, "black": 25, "grey": 120, "light": 205}
"""Grey values of tables."""
NUMBERS = ("483", "926", "750", "138")
"""Numbers on the sheet."""
NOISE = 3.0
"""Standard deviation of the camera's noise."""


def numbered_sheet(width: int = 620, height: int = 440) -> Grey:
    """Return a sheet of paper with `NUMBERS` in two rows of two."""
    page = Sheet(width, height, paper=232)
    picture = np.full((page.height, page.width), page.paper, np.uint8)
    for index, number in enumerate(NUMBERS):
        write(number, 70 + 300 * (index % 2), 80 + 210 * (index // 2), 60, 5, picture)
    return picture


def photo(sheet: Grey, corners: NDArray[np.float64], size: tuple[int, int], table: int, seed: int = 3) -> Grey:
    """Return a picture of `size`, width and height, of a sheet with its corners at `corners`, float64 (4, 2)."""
    height, width = sheet.shape
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    paper = cv2.warpPerspective(sheet.astype(np.float32), matrix, size, flags=cv2.INTER_AREA)
    share = cv2.warpPerspective(np.ones(sheet.shape, np.float32), matrix, size)
    picture = cv2.GaussianBlur(paper * share + table * (1 - share), (0, 0), 0.7)
    noise = np.random.default_rng(seed).normal(0, NOISE, picture.shape)
    return (picture + noise).clip(0, 255).astype(np.uint8)


def with_rim(sheet: Grey, rim: int, table: int) -> Grey:
    """Return a photo of a sheet with `rim` pixels of table on all sides."""
    height, width = sheet.shape
    corners = np.array([(rim, rim), (rim + width, rim), (rim + width, rim + height), (rim, rim + height)], float)
    return photo(sheet, corners, (width + 2 * rim, height + 2 * rim), table)


def turned_corners(sheet: Grey, degrees: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the corners of a sheet turned clockwise, and the size of the picture about it."""
    height, width = sheet.shape
    radians = np.radians(degrees)
    rotation = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)], float) / 2 @ rotation.T
    extent = np.abs(corners).max(axis=0) + 30
    return corners + extent, (int(2 * extent[0]), int(2 * extent[1]))
