"""Lines and pictures that are exactly one digit."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.components import find_components
from numink.recognition.line_segmentation import segment_lines
from numink.recognition.single_digit import (
    lone_digit_candidates,
    may_be_one_digit,
    recognize_lone_digits,
    select_single_digit,
    single_digit_candidates,
)
from numink.recognition.types import TextLine
from numink.results import Box
from recognition_examples import draw_boxes, filled, prediction


def lines_of(*boxes: tuple[int, int, int, int]) -> list[TextLine]:
    return segment_lines(find_components(draw_boxes(*boxes)))


def test_narrow_lines_of_one_component_may_be_lone_digits() -> None:
    lines = lines_of((40, 10, 30, 40), (40, 70, 80, 40), (40, 130, 30, 40), (90, 130, 30, 40))

    assert list(lone_digit_candidates(lines)) == [0]


@pytest.mark.parametrize(("probability", "lone"), [(0.9985, False), (0.9995, True)])
def test_a_lone_digit_that_the_digit_model_is_certain_of_is_recognized(probability: float, lone: bool) -> None:
    lines = lines_of((40, 40, 30, 60))
    candidates = lone_digit_candidates(lines)
    result = recognize_lone_digits(lines, candidates, prediction(4, probability, 0.0001)[None])

    assert list(result) == ([0] if lone else [])
    if lone:
        assert int(result[0].best.digits[0].probabilities.argmax()) == 4
        assert result[0].best.digits[0].presence == pytest.approx(0.9999)
        assert result[0].upside_down_log_odds == 0


@pytest.mark.parametrize(
    ("width", "empty", "may_be"), [(95, 0.9, True), (97, 0.9, False), (95, 0.975, False), (95, 0.965, True)]
)
def test_a_line_may_be_one_digit_where_it_is_narrow_and_not_certainly_empty(
    width: int, empty: float, may_be: bool
) -> None:
    line = TextLine((filled((0, 0, width, 60)),), 60.0, 0.0, Box(0, 0, width, 60))

    assert may_be_one_digit(line, empty) == may_be


def test_candidates_for_a_pictures_only_digit_are_all_of_it_and_its_largest_components() -> None:
    components = find_components(draw_boxes((40, 40, 30, 60), (100, 40, 20, 60), (200, 40, 6, 6)))
    candidates = single_digit_candidates(components)

    assert [candidate.box.w for candidate in candidates] == pytest.approx([82, 32, 22], abs=2)
    assert single_digit_candidates([]) == []
    assert len(single_digit_candidates(components[:1])) == 1


def test_of_candidates_that_are_digits_the_largest_is_taken() -> None:
    candidates = [filled((0, 0, 60, 60)), filled((0, 0, 30, 60)), filled((30, 0, 20, 60))]
    (line,) = select_single_digit(candidates, np.stack([prediction(4, 0.1, 0.85), prediction(7), prediction(1)]))

    assert line.best.digits[0].component is candidates[1]
    assert int(line.best.digits[0].probabilities.argmax()) == 7
    assert select_single_digit([], np.zeros((0, 11), np.float32)) == []
