"""Rules are parted from strokes, whatever their length, and the areas that they enclose are found."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.imaging.binarization import binarize
from numink.imaging.ruled_lines import RuledPage, part_ruled_lines
from numink.structure.areas import label_areas
from paper_forms import box_row, number_table, turned
from pictures import Grey, Sheet, blank, write


def parted(page: Grey) -> RuledPage:
    return part_ruled_lines(binarize(page).foreground)


def written(text: str, sheet: Sheet) -> Grey:
    return write(text, 60, 60, 60, 6, sheet)


def remaining_share(page: Grey, without_rules: Grey) -> float:
    """The share of the strokes' foreground that is left once the rules are parted from them."""
    strokes = binarize(without_rules).foreground > 0.5
    return float((parted(page).foreground > 0.35)[strokes].mean())


@pytest.mark.parametrize("length", [240, 420, 640])
@pytest.mark.parametrize("thickness", [1, 2, 4])
def test_a_fill_in_line_goes_and_the_digits_on_it_stay(length: int, thickness: int) -> None:
    digits = written("2058", Sheet(760, 200))
    page = cv2.line(digits.copy(), (50, 128), (50 + length, 128), 90, thickness)

    assert parted(page).foreground[124:133, 320:].max() < 0.35
    assert remaining_share(page, digits) > 0.97


def test_digits_that_a_rule_crosses_stay_whole() -> None:
    digits = written("2058", Sheet(760, 200))
    page = cv2.line(digits.copy(), (20, 112), (740, 112), 90, 2)

    assert remaining_share(page, digits) > 0.9


@pytest.mark.parametrize(("thickness", "remains"), [(2, False), (6, True)])
def test_a_stroke_across_a_low_strip_is_a_rule_only_where_it_is_thinner_than_the_pen(
    thickness: int, remains: bool
) -> None:
    picture = cv2.line(write("368", 60, 12, 56, 6, Sheet(300, 80)), (20, 0), (23, 79), 60, thickness)

    assert (parted(picture).foreground[:, 10:34].max() > 0.5) == remains


@pytest.mark.parametrize("text", ["11111", "747474", "5-5=", "4/7", "58369"])
def test_strokes_of_digits_and_signs_are_no_rules(text: str) -> None:
    page = write(text.replace("=", "-"), 60, 60, 60, 6, Sheet(600, 200))

    assert not parted(page).rules.any()


@pytest.mark.parametrize("degrees", [-6, -2, 0, 3, 8])
def test_each_cell_of_a_grid_is_an_area_even_where_it_is_turned(degrees: float) -> None:
    page = turned(number_table([["12", "345", "7"], ["60", "8", "91"], ["5", "", "243"]]), degrees)

    assert len(label_areas(parted(page).enclosed).boxes) == 9


def test_each_box_of_a_row_is_an_area_be_it_empty_or_not() -> None:
    assert len(label_areas(parted(box_row("4711")).enclosed).boxes) == 6
    assert len(label_areas(parted(box_row("4711", gap=14)).enclosed).boxes) == 6


def test_boxes_whose_top_or_bottom_is_cut_off_are_known_by_their_even_sides() -> None:
    row = blank(Sheet(300, 70))
    for column, digit in zip(range(8, 300, 40), " 0038 ", strict=False):
        cv2.line(row, (column, 0), (column, 69), 60, 5 if column == 8 else 2)  # the first one is thick
        write(digit.strip(), column + 12, 22, 26, 4, row)

    assert parted(row).foreground[:, 4:12].max() < 0.35
    assert parted(row).foreground[1:6].max() < 0.35


def test_a_wall_that_leaves_a_cut_out_cell_is_a_rule_and_a_tall_slash_is_none() -> None:
    digits = write("175", 40, 34, 40, 5, Sheet(240, 100))
    digits = cv2.line(digits, (0, 92), (239, 92), 60, 2)
    with_wall = cv2.line(digits.copy(), (214, 0), (214, 78), 60, 5)
    with_slash = cv2.line(digits.copy(), (222, 0), (206, 78), 60, 5)

    assert parted(with_wall).foreground[:, 205:].max() < 0.35
    assert parted(with_slash).foreground[:, 205:].max() > 0.5


def test_boxes_one_above_the_other_are_two_though_their_sides_are_in_line() -> None:
    page = blank(Sheet(400, 400))
    for top in (60, 190):
        cv2.rectangle(page, (100, top), (220, top + 76), 60, 2)
        write("75", 124, top + 18, 42, 5, page)

    assert len(label_areas(parted(page).enclosed).boxes) == 2


def test_the_places_between_the_teeth_of_a_comb_are_areas() -> None:
    page = parted(box_row("471105", comb=True))

    assert len(label_areas(page.enclosed).boxes) == 6
    assert page.foreground[120:138, 70:90].max() == 0


def test_dots_of_a_dotted_line_go_and_a_decimal_point_stays() -> None:
    page = written("20.5", Sheet(500, 200))
    point = binarize(page).foreground[112:122, 190:230].sum()
    for x in range(30, 470, 8):
        cv2.circle(page, (x, 150), 2, 60, -1)
    foreground = parted(page).foreground

    assert foreground[144:156].max() == 0
    assert foreground[112:122, 190:230].sum() == pytest.approx(point, rel=0.2)


def test_a_stroke_that_strikes_a_number_out_is_no_rule_unless_the_page_model_sees_one() -> None:
    foreground = binarize(cv2.line(written("2058", Sheet(500, 200)), (50, 92), (310, 90), 25, 5)).foreground
    seen = cv2.line(np.zeros(foreground.shape, np.uint8), (50, 92), (310, 90), 1, 7)

    assert not part_ruled_lines(foreground).rules.any()
    assert not part_ruled_lines(foreground, np.zeros_like(seen)).rules.any()
    assert part_ruled_lines(foreground, seen).rules.any()


def test_an_empty_picture_has_no_rules() -> None:
    page = parted(blank(Sheet()))

    assert not page.rules.any()
    assert not page.enclosed.any()


def test_a_page_turns_clockwise_with_its_rules() -> None:
    corner = np.zeros((10, 20), np.uint8)
    corner[0, 0] = 1
    page = RuledPage(corner.astype(np.float32), corner, corner).turned(90)

    assert page.foreground.shape == page.rules.shape == page.enclosed.shape == (20, 10)
    assert page.foreground[0, 9] == page.rules[0, 9] == page.enclosed[0, 9] == 1
