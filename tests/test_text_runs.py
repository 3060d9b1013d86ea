"""Runs of text are judged as a whole where one hand or one printer made them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from numink.imaging.text_runs import classify_runs

SHAPE = (200, 600)


def components(*boxes: tuple[int, int, int, int]) -> NDArray[np.int32]:
    """Return statistics of components after those of the background."""
    return np.array([(0, 0, SHAPE[1], SHAPE[0], 0), *((*box, box[2] * box[3] // 3) for box in boxes)], np.int32)


def classified(stats: NDArray[np.int32], print_shares: list[float], widths: list[float] | None = None) -> list[bool]:
    """Return which components are print, of those that each by itself would be print from a share of 0.9."""
    shares = np.array([0.0, *print_shares])
    evidence = np.stack([1 - shares, shares], axis=1) * 200.0
    evidence[0] = 0
    result = classify_runs(
        shares > 0.9, evidence, stats, np.array([0.0, *(widths or [2.0] * len(print_shares))]), SHAPE
    )
    return [bool(value) for value in result[1:]]


SIDE_BY_SIDE = components((10, 40, 30, 60), (50, 42, 28, 58), (90, 38, 30, 60), (130, 40, 32, 62))


def test_a_number_half_of_which_looks_printed_is_handwriting_as_a_whole() -> None:
    assert classified(SIDE_BY_SIDE, [0.95, 0.95, 0.3, 0.2]) == [False] * 4


def test_a_run_of_print_stays_print() -> None:
    assert classified(SIDE_BY_SIDE, [0.95, 0.99, 0.97, 0.99]) == [True] * 4


def test_a_doubtful_component_among_clear_print_changes_nothing() -> None:
    assert classified(SIDE_BY_SIDE, [0.99, 0.99, 0.85, 0.99]) == [True, True, False, True]


def test_a_small_label_before_a_number_stays_print() -> None:
    label_and_number = components((10, 60, 14, 20), (28, 60, 14, 20), (50, 38, 30, 60), (90, 38, 30, 60))
    assert classified(label_and_number, [0.99, 0.99, 0.1, 0.1]) == [True, True, False, False]


def test_a_label_of_the_same_height_in_thinner_strokes_stays_print() -> None:
    assert classified(SIDE_BY_SIDE, [0.99, 0.99, 0.1, 0.1], [1.0, 1.0, 2.0, 2.0]) == [True, True, False, False]


def test_lines_of_print_above_handwriting_stay_print() -> None:
    two_lines = components((10, 20, 30, 60), (50, 20, 30, 60), (10, 90, 30, 60), (50, 90, 30, 60))
    assert classified(two_lines, [0.99, 0.99, 0.1, 0.1]) == [True, True, False, False]


def test_a_label_of_the_same_height_far_from_the_number_stays_print() -> None:
    apart = components((10, 40, 30, 60), (50, 40, 30, 60), (200, 40, 30, 60), (240, 40, 30, 60))
    assert classified(apart, [0.99, 0.99, 0.1, 0.1]) == [True, True, False, False]
