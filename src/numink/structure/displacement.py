"""The displacement that paper which does not lie flat adds to a homography: a smooth surface through tiles' shifts."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.polynomial.polynomial import polygrid2d, polyval2d, polyvander2d
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class DisplacementParameters:
    """Parameters of the displacement; lengths in pixels of the reference page."""

    greatest_shift: float = 60.0
    """Shifts of matched features up to this are followed."""
    first_degree: int = 3
    """Degree of the surface through them."""
    tile: int = 96
    """Side of the tiles whose shift is measured."""
    step: int = 64
    """Distance between tiles."""
    reaches: tuple[int, ...] = (24, 10, 5)
    """Greatest shift that is sought, round by round: each begins where the one before ended."""
    least_print: float = 60.0
    """Sum of the print in a tile that can be found again."""
    least_correlation: float = 0.45
    """A shift is trusted from this correlation."""
    degree: int = 5
    """Degree of the polynomial surface: a sheet's curl and folds are smooth at this scale."""
    least_tiles_each: float = 2.0
    """Tiles for each coefficient of the surface; with fewer its degree is lower."""
    stiffness: float = 0.03
    """Weight of the terms above degree 1: where there is no print, the surface stays flat (Tikhonov)."""
    tolerance: float = 2.0
    """Shifts that differ by more than this from the surface lose weight (Huber 1964)."""
    rounds: int = 5
    """Rounds in which those weights are found."""


PARAMETERS = DisplacementParameters()


@dataclass(frozen=True)
class Displacement:
    """A polynomial surface of shifts over a page."""

    size: tuple[int, int]
    """Height and width of the page."""
    coefficients: Matrix = field(default_factory=lambda: np.zeros((1, 1, 2)), repr=False)
    """Those of x^i y^j for both axes, float64 (degree + 1, degree + 1, 2); x and y are -1..1 on the page."""

    def shifts_at(self, points: Floats) -> Floats:
        """Return the shift at each of `points`, float32 (n, 2)."""
        x, y = self._normalised(points[:, 0], 1), self._normalised(points[:, 1], 0)
        return np.asarray(polyval2d(x, y, self.coefficients), np.float32).T

    def on_grid(self, columns: Floats, rows: Floats) -> Floats:
        """Return where the points of a grid come from, float32 (rows, columns, 2): each with its shift."""
        shifts = polygrid2d(self._normalised(columns, 1), self._normalised(rows, 0), self.coefficients)
        x, y = shifts[0].T + columns[None, :], shifts[1].T + rows[:, None]
        return np.stack([x, y], axis=2).astype(np.float32)

    def applied(self, pixels: Floats) -> cv2.typing.MatLike:
        """Return a page, float32 (H, W), with each point from where it was displaced to; 0 from beyond the page."""
        height, width = self.size
        positions = self.on_grid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        return cv2.remap(pixels, positions[:, :, 0], positions[:, :, 1], cv2.INTER_LINEAR, borderValue=0)

    def _normalised(self, values: Floats, axis: int) -> NDArray[np.float64]:
        return _normalised(values, self.size[axis])


def estimate_displacement(printed: Floats, copy: Floats, points: Floats, shifts: Floats) -> Displacement:
    """Return the displacement of a copy that a homography laid on its reference page.

    Args:
        printed: Print of the reference page, float32 (H, W), 0..1.
        copy: Foreground of the copy, float32 (H, W), 0..1.
        points: Points of the reference page that were found on the copy, float32 (n, 2), and
        shifts: where from each it was found, float32 (n, 2): of both some are wrong.
    """
    size = int(printed.shape[0]), int(printed.shape[1])
    near = np.hypot(*shifts.T) <= PARAMETERS.greatest_shift
    displacement = _fitted(points[near], shifts[near], size, PARAMETERS.first_degree)
    for reach in PARAMETERS.reaches:
        moved = np.asarray(displacement.applied(copy), np.float32)
        middles, shifts = _tile_shifts(printed, moved, reach)
        if not len(middles):
            break
        displacement = _fitted(middles, shifts + displacement.shifts_at(middles), size, PARAMETERS.degree)
    return displacement


def _tile_shifts(printed: Floats, copy: Floats, reach: int) -> tuple[Floats, Floats]:
    """Return the middles of tiles that are found again on the copy, and their shifts, each float32 (n, 2)."""
    tile, (height, width) = PARAMETERS.tile, printed.shape
    middles, shifts = [], []
    padded = cv2.copyMakeBorder(copy, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    for y in range(0, max(height - tile, 0) + 1, PARAMETERS.step):
        for x in range(0, max(width - tile, 0) + 1, PARAMETERS.step):
            pattern = printed[y : y + tile, x : x + tile]
            if float(pattern.sum()) < PARAMETERS.least_print:
                continue
            window = padded[y : y + tile + 2 * reach, x : x + tile + 2 * reach]
            correlation = cv2.matchTemplate(window, pattern, cv2.TM_CCOEFF_NORMED)
            _, best, _, (column, row) = cv2.minMaxLoc(correlation)
            if best >= PARAMETERS.least_correlation and _is_peak(correlation, row, column):
                middles.append((x + tile / 2, y + tile / 2))
                shifts.append((column - reach, row - reach))
    return np.array(middles, np.float32).reshape(-1, 2), np.array(shifts, np.float32).reshape(-1, 2)


def _is_peak(correlation: cv2.typing.MatLike, row: int, column: int) -> bool:
    """Return whether a maximum is one of both axes: a rule alone is found anywhere along itself."""
    rows, columns = correlation.shape
    if not (0 < row < rows - 1 and 0 < column < columns - 1):
        return False
    best = correlation[row, column]
    far = max(2, rows // 6)
    beside = [
        correlation[row, min(column + far, columns - 1)], correlation[row, max(column - far, 0)],
        correlation[min(row + far, rows - 1), column], correlation[max(row - far, 0), column],
    ]  # fmt: skip
    return bool(max(beside) < 0.9 * best)


def _fitted(middles: Floats, shifts: Floats, size: tuple[int, int], degree: int) -> Displacement:
    """Return the surface through shifts, of which some are wrong."""
    while degree and len(middles) < PARAMETERS.least_tiles_each * (degree + 1) * (degree + 2) / 2:
        degree -= 1
    if not len(middles):
        return Displacement(size)
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    x, y = (_normalised(middles[:, axis], size[1 - axis]) for axis in (0, 1))
    terms = polyvander2d(x, y, [degree, degree])[:, [i * (degree + 1) + j for i, j in powers]]
    stiff = np.diag([PARAMETERS.stiffness * max(i + j - 1, 0) for i, j in powers])
    weights = np.ones(len(middles))
    solved: Matrix = np.zeros((len(powers), 2))
    for _ in range(PARAMETERS.rounds):
        root = np.sqrt(weights)[:, None]
        system, target = np.vstack([root * terms, stiff]), np.vstack([root * shifts, np.zeros((len(powers), 2))])
        solved = np.asarray(np.linalg.lstsq(system, target, rcond=None)[0], np.float64)
        distances = np.hypot(*(shifts - terms @ solved).T)
        weights = np.minimum(1.0, PARAMETERS.tolerance / np.maximum(distances, 1e-6)) ** 2
    coefficients = np.zeros((degree + 1, degree + 1, 2))
    for power, pair in zip(powers, solved, strict=True):
        coefficients[power] = pair
    return Displacement(size, coefficients)


def _normalised(values: Floats, length: int) -> NDArray[np.float64]:
    return 2 * values.astype(np.float64) / length - 1
