"""Sides of rows of boxes by their even distances: as many as any form has, in little time whatever the strokes."""

from __future__ import annotations

import time

import numpy as np
import pytest

from numink.imaging.box_rows import PARAMETERS, even_sides
from numink.imaging.rule_segments import Rule

HEIGHT = 20.0


def side(start: int, column: float, length: int = 40) -> Rule:
    return Rule(start, np.full(length, column), 2.0)


def test_sides_of_one_length_at_even_distances_are_found_row_by_row() -> None:
    rows = [[side(start, 30.0 * index) for index in range(6)] for start in (100, 300)]
    strokes = [side(100, 400.0, 60), side(500, 17.0), side(100, 333.0)]

    assert even_sides([*rows[0], *strokes, *rows[1]], HEIGHT) == [*rows[0], *rows[1]]


def test_strokes_lower_than_a_character_are_no_sides() -> None:
    assert even_sides([side(100, 30.0 * index, 20) for index in range(6)], HEIGHT) == []


@pytest.mark.parametrize("spread", ["in one row", "at random"])
def test_two_thousand_strokes_take_little_time(spread: str) -> None:
    random = np.random.default_rng(1)
    starts = np.zeros(2000, int) if spread == "in one row" else random.integers(0, 1000, 2000)
    strokes = [
        side(start, column) for start, column in zip(starts.tolist(), random.random(2000) * 1280, strict=True)
    ]  # fmt: skip
    started = time.process_time()
    sides = even_sides(strokes, HEIGHT)

    assert time.process_time() - started < 1.0
    assert spread == "at random" or len(sides) <= PARAMETERS.most_in_row
