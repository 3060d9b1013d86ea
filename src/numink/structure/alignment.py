"""Alignment of a copy of a form with its reference page, by the print that both have, and a gate for what does not fit.

Features of the print are matched (ORB, Rublee et al. 2011; SIFT, Lowe 2004, where there are few matches), a homography
is estimated by MAGSAC++ (Barath et al. 2020), and what paper that does not lie flat adds to it by the correlation of
tiles, through which a smooth surface is laid. A copy fits where most of the reference's print has print under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ..imaging.binarization import PARAMETERS as BINARIZATION_PARAMETERS
from ..imaging.binarization import binarize
from ..imaging.scaling import shrunk
from ..results import Box
from .displacement import Displacement, estimate_displacement

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]
Grey = NDArray[np.uint8]
Points = NDArray[np.float32]
Features = tuple[Sequence[cv2.KeyPoint], cv2.typing.MatLike | None]


@dataclass(frozen=True)
class AlignmentParameters:
    """Parameters of alignment; lengths in pixels of the reference page."""

    greatest_side: float = 1.4
    """Copies are reduced to this many times the longest side of the reference page: there may be a table around it."""
    closing: float = 0.02
    """Side of the square that closes strokes, as a share of the longest side of a picture."""
    features: int = 6000
    """Features of a page, the strongest ones."""
    greatest_ratio: float = 0.8
    """A match is at most this part as far as the second best (Lowe 2004)."""
    least_inliers: int = 30
    """A homography is trusted from so many matches."""
    least_area: float = 0.02
    """A page takes at least this part of its own area on the reduced copy."""
    reprojection: float = 4.0
    """Distance up to which a match fits a homography."""
    strong: float = 0.5
    """Foreground from which a pixel is print."""
    reach: int = 2
    """Distance up to which print on the copy covers print of the reference."""
    tile: int = 100
    """Side of the tiles in which the fit is judged."""
    least_print: int = 60
    """Pixels of print that a tile needs for that."""
    least_tile_fit: float = 0.6
    """A tile fits where this share of its print is covered."""
    least_fit: float = 0.75
    """A copy fits where this share of all print is covered, and"""
    least_tiles: float = 0.85
    """this share of the tiles fits."""


PARAMETERS = AlignmentParameters()


@dataclass(frozen=True)
class Alignment:
    """Where the pixels of a reference page lie on a copy."""

    matrix: Matrix
    """Homography from the reference page to the copy, float64 (3, 3)."""
    displacement: Displacement
    """What is added to a point of the reference page before that."""
    fit: float
    """Share of the reference's print that has print under it on the copy, beyond chance, 0..1."""
    is_good: bool
    """Whether the copy fits well enough to be read."""

    def to_copy(self, points: Points) -> Points:
        """Return the points on the copy, float32 (n, 2), of points of the reference page."""
        moved = points + self.displacement.shifts_at(points)
        return np.asarray(cv2.perspectiveTransform(moved[None].astype(np.float64), self.matrix)[0], np.float32)

    def box_to_copy(self, box: Box) -> Box:
        """Return the box on the copy that encloses a box of the reference page."""
        x, y, right, bottom = box.x, box.y, box.x + box.w, box.y + box.h
        corners = self.to_copy(np.array([(x, y), (right, y), (right, bottom), (x, bottom)], np.float32))
        left, top = np.floor(corners.min(axis=0)).astype(int).tolist()
        w, h = np.ceil(corners.max(axis=0) - (left, top)).astype(int).tolist()
        return Box(left, top, w, h)

    def rectify(self, copy: Grey, box: Box, scale: float = 1.0) -> Grey:
        """Return the part of a copy that lies in a box of the reference page, as if that were laid on it.

        Args:
            copy: The copy, uint8 (H, W).
            box: The box, in pixels of the reference page.
            scale: Pixels of the result for each pixel of the reference page.
        """
        columns = box.x + (np.arange(round(box.w * scale)) + 0.5) / scale - 0.5
        rows = box.y + (np.arange(round(box.h * scale)) + 0.5) / scale - 0.5
        displaced = self.displacement.on_grid(columns.astype(np.float32), rows.astype(np.float32))
        positions = cv2.perspectiveTransform(displaced, self.matrix)
        return np.asarray(
            cv2.remap(copy, positions[:, :, 0], positions[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )


@dataclass(frozen=True)
class AlignmentReference:
    """A reference page, prepared for the alignment of copies."""

    page: Grey = field(repr=False)
    """Its print on paper, uint8 (H, W), without what is written in fields."""

    @cached_property
    def printed(self) -> Floats:
        """The foreground of its print, float32 (H, W), 0..1."""
        return foreground_of(self.page)

    @cached_property
    def _orb_features(self) -> Features:
        return _features(self.page, _orb())

    @cached_property
    def _sift_features(self) -> Features:
        return _features(self.page, _sift())

    def _matches(self, copy: Grey) -> Iterator[tuple[Points, Points]]:
        """Yield the matches with a copy by each kind of features, which are computed when they are asked for."""
        yield _matches(self._orb_features, _features(copy, _orb()), cv2.NORM_HAMMING)
        yield _matches(self._sift_features, _features(copy, _sift()), cv2.NORM_L2)

    def align(self, copy: Grey) -> Alignment | None:
        """Align a copy with the reference page.

        Args:
            copy: A picture of the copy, uint8 (h, w): anyhow turned, on any table.

        Returns:
            The alignment of the best homography, whether it fits or not; None where there is none.
        """
        height, width = self.page.shape
        reduced, scale = shrunk(copy, round(PARAMETERS.greatest_side * max(self.page.shape)))
        best: Alignment | None = None
        for matches in self._matches(reduced):
            matrix = _homography(*matches)
            if matrix is None or not _is_a_page(matrix, (width, height)):
                continue
            candidates = cv2.perspectiveTransform(matches[1][None].astype(np.float64), np.linalg.inv(matrix))[0]
            matrix = np.diag((1 / scale, 1 / scale, 1.0)) @ matrix
            flat = cv2.warpPerspective(
                copy, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
            foreground = foreground_of(np.asarray(flat, np.uint8))
            displacement = estimate_displacement(
                self.printed, foreground, matches[0], (candidates - matches[0]).astype(np.float32)
            )
            fit, is_good = self._fit(np.asarray(displacement.applied(foreground), np.float32))
            if best is None or fit > best.fit:
                best = Alignment(matrix, displacement, fit, is_good)
            if is_good:
                break
        return best

    def _fit(self, copy: Floats) -> tuple[float, bool]:
        """Return how much of the print an aligned copy's foreground covers, and whether that is enough everywhere."""
        square = np.ones((2 * PARAMETERS.reach + 1,) * 2, np.uint8)
        printed = (self.printed > PARAMETERS.strong).astype(np.float32)
        reached = (cv2.dilate(copy, square) > PARAMETERS.strong).astype(np.float32)
        covered = printed * reached
        totals, hits = _tile_sums(printed), _tile_sums(covered)
        counted = totals >= PARAMETERS.least_print
        # What print would cover by chance counts for nothing: a dark picture covers everything.
        chance = float(reached.mean())
        fit = max(float(covered.sum() / max(printed.sum(), 1)) - chance, 0.0) / max(1 - chance, 1e-6)
        tiles = float((hits[counted] >= PARAMETERS.least_tile_fit * totals[counted]).mean()) if counted.any() else 0.0
        return fit, fit >= PARAMETERS.least_fit and tiles >= PARAMETERS.least_tiles


def foreground_of(page: Grey) -> Floats:
    """Return the foreground of a page at its full size, float32 (H, W), 0..1: black marks do not make it coarse."""
    side = max(page.shape)
    return binarize(page, replace(BINARIZATION_PARAMETERS, min_working_side=side, max_working_side=side)).foreground


def _tile_sums(pixels: Floats) -> Floats:
    """Return the sum of `pixels` in each tile, (rows, columns)."""
    side, (height, width) = PARAMETERS.tile, pixels.shape
    padded = np.pad(pixels, ((0, -height % side), (0, -width % side)))
    return np.asarray(padded.reshape(-(-height // side), side, -(-width // side), side).sum(axis=(1, 3)), np.float32)


def _orb() -> cv2.Feature2D:
    return cv2.ORB.create(nfeatures=PARAMETERS.features, edgeThreshold=15, patchSize=31, fastThreshold=10)


def _sift() -> cv2.Feature2D:
    return cv2.SIFT.create(nfeatures=PARAMETERS.features)


def _features(grey: Grey, detector: cv2.Feature2D) -> Features:
    """Return the features of a page; of the contrast of its strokes with the paper, which shadows do not change."""
    side = max(round(PARAMETERS.closing * max(grey.shape)), 3) | 1
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32)
    contrast = 255 * grey.astype(np.float32) / np.maximum(closed, 1)
    keypoints, descriptors = detector.detectAndCompute(cv2.GaussianBlur(contrast, (0, 0), 1.0).astype(np.uint8), None)
    return keypoints, descriptors


def _matches(reference: Features, copy: Features, norm: int) -> tuple[Points, Points]:
    """Return points of the reference page, and those of the copy that look alike, each float32 (n, 2)."""
    if reference[1] is None or copy[1] is None or len(copy[0]) < PARAMETERS.least_inliers:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    pairs = [pair for pair in cv2.BFMatcher(norm).knnMatch(reference[1], copy[1], k=2) if len(pair) == 2]
    good = [best for best, second in pairs if best.distance < PARAMETERS.greatest_ratio * second.distance]
    return (
        np.array([reference[0][match.queryIdx].pt for match in good], np.float32).reshape(-1, 2),
        np.array([copy[0][match.trainIdx].pt for match in good], np.float32).reshape(-1, 2),
    )


def _homography(reference: Points, copy: Points) -> Matrix | None:
    """Return the homography that lays points of the reference page on the copy's; None where too few agree on one."""
    if len(reference) < PARAMETERS.least_inliers:
        return None
    # MAGSAC draws at random, but from a fixed seed of its own: the same copy gives the same alignment.
    matrix, inliers = cv2.findHomography(
        reference, copy, cv2.USAC_MAGSAC, PARAMETERS.reprojection, maxIters=5000, confidence=0.999
    )
    if matrix is None or int(inliers.sum()) < PARAMETERS.least_inliers:
        return None
    return np.asarray(matrix, np.float64)


def _is_a_page(matrix: Matrix, size: tuple[int, int]) -> bool:
    """Return whether a homography lays a page of that width and height on a convex quadrilateral of some area."""
    width, height = size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    seen = cv2.perspectiveTransform(corners[None], matrix)[0].astype(np.float32)
    if not np.isfinite(seen).all() or not cv2.isContourConvex(seen):
        return False
    return cv2.contourArea(seen) >= PARAMETERS.least_area * width * height
