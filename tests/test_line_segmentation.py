"""Line segmentation: from components to the text lines that they stand on."""

from __future__ import annotations

import pytest

from numink.recognition.components import find_components
from numink.recognition.line_segmentation import PARAMETERS, is_tall, segment_lines
from numink.recognition.types import TextLine
from recognition_examples import draw_boxes, filled

RISING = [(40 + 60 * index, 50 - 10 * index, 30, 50) for index in range(4)]
"""Four digits of a line that rises."""


def lines_of(*boxes: tuple[int, int, int, int]) -> list[TextLine]:
    return segment_lines(find_components(draw_boxes(*boxes)))


def test_a_page_without_components_has_no_lines() -> None:
    assert segment_lines([]) == []


def test_lines_come_from_top_to_bottom_and_their_components_from_left_to_right() -> None:
    lower = [(200, 120, 30, 50), (40, 118, 30, 50)]
    upper = [(300, 20, 30, 50), (100, 24, 30, 50), (200, 22, 30, 50)]
    lines = lines_of(*lower, *upper)

    assert [[round(component.middle) for component in line.components] for line in lines] == [
        [115, 215, 315],
        [55, 215],
    ]
    assert [line.digit_height for line in lines] == [pytest.approx(50, abs=3)] * 2


def test_the_slope_of_a_line_is_measured_and_its_box_levelled() -> None:
    """Six bars that go down by one row in five columns."""
    (line,) = lines_of(*((60 + 80 * index, 20 + 16 * index, 20, 60) for index in range(6)))

    assert line.slope == pytest.approx(0.2, abs=0.02)
    assert line.box.h == pytest.approx(62, abs=4)


def test_a_short_or_very_steep_line_is_not_levelled() -> None:
    (short,) = lines_of((40, 40, 20, 60), (80, 44, 20, 60))
    (steep,) = lines_of(*((60 + 60 * index, 5 + 25 * index, 20, 60) for index in range(5)))

    assert short.slope == steep.slope == 0


def test_the_flag_above_a_five_belongs_to_its_line() -> None:
    """Three digits; the top third of the second is apart and makes no line of its own."""
    (line,) = lines_of((40, 60, 30, 60), (110, 85, 30, 35), (112, 62, 30, 18), (180, 60, 30, 60))

    assert [component.box.h for component in line.components] == [pytest.approx(60, abs=3)] * 3


def test_a_top_that_broke_off_does_not_take_a_neighbour_along() -> None:
    """The 4 in 3124 stands as high as the 3's top that broke off, and as the digits before it: it is on their line."""
    (line,) = lines_of((40, 85, 40, 35), (62, 62, 24, 18), (110, 58, 30, 62), (170, 60, 40, 60), (240, 56, 40, 56))

    assert len(line.components) == 4


def test_a_line_of_low_digits_above_another_stays_a_line() -> None:
    small = [(40 + 60 * index, 20, 20, 30) for index in range(4)]
    tall = [(40 + 60 * index, 58, 30, 60) for index in range(4)]

    assert [len(line.components) for line in lines_of(*small, *tall)] == [4, 4]


def test_the_comma_after_an_amount_that_rises_is_not_a_line_of_its_own() -> None:
    """The comma begins below the foot of the digits beside it, and above that of the first."""
    (line,) = lines_of(*RISING, (252, 76, 8, 18))

    assert [component.box.h for component in line.components] == [pytest.approx(50, abs=3)] * 4 + [
        pytest.approx(18, abs=3)
    ]


def test_a_digit_as_tall_as_others_below_a_line_that_rises_is_not_on_it() -> None:
    assert len(lines_of(*RISING, (252, 78, 30, 50))) == 2


def test_digits_far_apart_stand_on_two_lines() -> None:
    near, far = (round(limit * 40) for limit in (PARAMETERS.greatest_gap - 0.5, PARAMETERS.greatest_gap + 0.5))

    assert len(lines_of((20, 40, 30, 40), (50 + near, 40, 30, 40))) == 1
    assert len(lines_of((20, 40, 30, 40), (50 + far, 40, 30, 40))) == 2


def test_marks_join_the_line_they_lie_in_and_are_dropped_elsewhere() -> None:
    digits = [(40, 40, 30, 60), (100, 40, 30, 60)]
    (with_point,) = lines_of(*digits, (85, 92, 8, 8))
    (without,) = lines_of(*digits, (85, 150, 8, 8))

    assert len(with_point.components) == 3
    assert len(without.components) == 2


def test_a_component_above_the_other_half_of_a_digit_is_merged_with_it() -> None:
    (line,) = lines_of((40, 40, 30, 28), (42, 72, 30, 28), (100, 40, 30, 60), (160, 40, 30, 60))

    assert len(line.components) == 3


@pytest.mark.parametrize(("height", "tall"), [(29, False), (30, True)])
def test_a_component_of_half_the_digits_height_is_tall(height: int, tall: bool) -> None:
    assert is_tall(filled((0, 0, 10, height)), 60) == tall


@pytest.mark.parametrize(("body_top", "lines"), [(70, 1), (80, 2)])
def test_a_top_too_far_above_its_digit_is_a_line_of_its_own(body_top: int, lines: int) -> None:
    """The tall digit on the right leaves room for a top far above the others."""
    body = (110, body_top, 30, 120 - body_top)

    assert len(lines_of((40, 60, 30, 60), (112, 40, 30, 18), body, (180, 60, 30, 60), (250, 40, 30, 80))) == lines


@pytest.mark.parametrize(("x", "lines"), [(262, 1), (276, 2)])
def test_a_comma_too_far_beside_a_line_that_rises_does_not_hang_from_it(x: int, lines: int) -> None:
    assert len(lines_of(*RISING, (x, 76, 8, 18))) == lines


@pytest.mark.parametrize(
    ("mark", "count"), [((170, 90, 8, 8), 3), ((215, 90, 8, 8), 2), ((85, 100, 8, 8), 3), ((85, 107, 8, 8), 2)]
)
def test_marks_near_a_line_belong_to_it(mark: tuple[int, int, int, int], count: int) -> None:
    """Up to a height beside it, and up to a tenth of a height below it."""
    (line,) = lines_of((40, 40, 30, 60), (100, 40, 30, 60), mark)

    assert len(line.components) == count


@pytest.mark.parametrize(("step", "slope"), [(80, 0.0), (110, 0.1)])
def test_the_slope_of_three_digits_is_measured_where_they_stand_far_enough_apart(step: int, slope: float) -> None:
    (line,) = lines_of(*((40 + step * index, 40 + round(0.1 * step) * index, 30, 60) for index in range(3)))

    assert line.slope == pytest.approx(slope, abs=0.01)
