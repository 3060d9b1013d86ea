"""Strokes across numbers, by which people cancel them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.recognition.components import find_components
from numink.recognition.strikes import is_struck_out
from numink.recognition.types import CharacterHypothesis, FloatImage


def digits(count: int = 3) -> FloatImage:
    """Return a canvas with so many digits 2 of 60 rows from row 40 on."""
    canvas = np.zeros((140, 60 * count + 40), np.float32)
    for index in range(count):
        x = 30 + 60 * index
        points = [[x, 50], [x + 20, 40], [x + 35, 55], [x, 100], [x + 38, 100]]
        cv2.polylines(canvas, [np.array(points)], False, 1.0, 4)
    return canvas


def struck_out(canvas: FloatImage) -> bool:
    characters = [CharacterHypothesis(component, None) for component in find_components(canvas)]
    return is_struck_out(sorted(characters, key=lambda character: character.component.middle))


@pytest.mark.parametrize("ends", [((20, 70), (210, 70)), ((20, 66), (210, 76)), ((20, 98), (212, 44))])
def test_a_stroke_across_all_digits_strikes_them_out(ends: tuple[tuple[int, int], tuple[int, int]]) -> None:
    canvas = digits()
    cv2.line(canvas, *ends, 1.0, 4)
    characters = [CharacterHypothesis(component, None) for component in find_components(canvas)]

    assert is_struck_out([*characters, *characters])


def test_digits_by_themselves_are_not_struck_out() -> None:
    assert not struck_out(digits())


@pytest.mark.parametrize("row", [112, 36])
def test_a_rule_under_or_over_a_number_strikes_nothing_out(row: int) -> None:
    canvas = digits()
    rule = np.zeros_like(canvas)
    cv2.line(rule, (10, row), (210, row), 1.0, 3)
    characters = [CharacterHypothesis(component, None) for component in find_components(canvas)]

    assert not is_struck_out(characters, find_components(rule))


def test_a_dash_between_digits_strikes_nothing_out() -> None:
    canvas = digits(2)
    wide = np.zeros((140, 300), np.float32)
    wide[:, :100], wide[:, 170:270] = canvas[:, :100], canvas[:, :100]
    cv2.line(wide, (95, 70), (165, 70), 1.0, 4)

    assert not struck_out(wide)


def test_a_stroke_of_its_own_across_the_digits_strikes_them_out() -> None:
    canvas = digits()
    stroke = np.zeros_like(canvas)
    cv2.line(stroke, (15, 72), (205, 72), 1.0, 4)
    characters = [CharacterHypothesis(component, None) for component in find_components(canvas)]

    assert is_struck_out(characters, find_components(stroke))


def test_a_stroke_through_one_character_may_be_part_of_it() -> None:
    canvas = digits(1)
    cv2.line(canvas, (15, 70), (95, 70), 1.0, 4)

    assert not struck_out(canvas)
