"""Shifts of a page's tiles become a smooth surface that single wrong shifts do not bend."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from numink.structure.displacement import Displacement, estimate_displacement

Floats = NDArray[np.float32]
SIZE = (600, 500)
NOWHERE = np.empty((0, 2), np.float32)


def page() -> Floats:
    """Return a page of random marks, 0..1."""
    rng = np.random.default_rng(3)
    page = np.zeros(SIZE, np.float32)
    for x, y in rng.integers(10, 480, (260, 2)).tolist():
        cv2.line(page, (x, y + 50), (x + int(rng.integers(-14, 15)), y + 50 + int(rng.integers(-14, 15))), 1.0, 2)
    return page


def moved(marks: Floats, x: Floats | float, y: Floats | float) -> Floats:
    """Return marks that lie `x` to the right and `y` further down."""
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    positions = (np.float32(columns - x), np.float32(rows - y))
    return np.asarray(cv2.remap(marks, *positions, cv2.INTER_LINEAR), np.float32)


def test_a_page_that_lies_right_has_no_displacement() -> None:
    displacement = estimate_displacement(page(), page(), NOWHERE, NOWHERE)
    assert np.abs(displacement.shifts_at(np.array([(50, 50), (400, 500)], np.float32))).max() < 0.2


def test_a_shift_is_measured() -> None:
    displacement = estimate_displacement(page(), moved(page(), 7, -4), NOWHERE, NOWHERE)
    assert np.allclose(displacement.shifts_at(np.array([(250, 300)], np.float32)), [(7, -4)], atol=0.5)


def test_a_curl_is_followed() -> None:
    columns = np.arange(SIZE[1], dtype=np.float32)[None, :]
    displacement = estimate_displacement(page(), moved(page(), 0, 6 * np.sin(columns / 80)), NOWHERE, NOWHERE)
    points = np.array([(x, 300) for x in range(60, 450, 40)], np.float32)
    assert np.abs(displacement.shifts_at(points)[:, 1] - 6 * np.sin(points[:, 0] / 80)).max() < 1.5


def test_large_shifts_are_followed_by_matched_points_of_which_some_are_wrong() -> None:
    rng = np.random.default_rng(5)
    points = rng.uniform(0, 500, (80, 2)).astype(np.float32)
    shifts = np.full((80, 2), (40, 10), np.float32)
    shifts[::5] = rng.uniform(-50, 50, (16, 2))
    displacement = estimate_displacement(page(), moved(page(), 40, 10), points, shifts)
    assert np.allclose(displacement.shifts_at(np.array([(250, 300)], np.float32)), [(40, 10)], atol=0.5)


def test_a_grid_has_the_shifts_of_its_points() -> None:
    displacement = Displacement((10, 20), np.array([[(1.0, 2.0), (0.5, 0.0)], [(0.0, -1.0), (0.0, 0.0)]]))
    columns, rows = np.arange(20, dtype=np.float32), np.arange(10, dtype=np.float32)
    grid = displacement.on_grid(columns, rows)
    points = np.array([(x, y) for y in rows for x in columns], np.float32)
    assert np.allclose(grid.reshape(-1, 2), points + displacement.shifts_at(points), atol=1e-5)
