"""The papers that the benchmarks draw: fields stand where they claim to, and pages are compared with them by place."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from numink.results import Box, Digit, Number, Page
from pictures import SIGN_STROKES, STROKES

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from box_kinds import SHAPES, draw_empty, draw_in_cells
from camera import Photo, take
from drawing import Writer
from field_grades import FieldTally, grade
from form_sheet import ENTRIES, fill_in_form
from paper_kinds import PaperKind, paper_kinds
from sheet import DrawnPaper, Rectangle, Sheet


def writer() -> Writer:
    """Return the writer of tests/pictures.py."""
    glyphs = {
        character: [[np.array(stroke) * 1000 for stroke in strokes]]
        for character, strokes in (STROKES | SIGN_STROKES).items()
    }
    return Writer(glyphs, {})


def two_fields() -> DrawnPaper:
    """Draw 12 on the left and an empty box on the right."""
    sheet = Sheet(400, 200, writer(), np.random.default_rng(1), digit_height=50)
    sheet.write("12", 60, 120)
    sheet.leave_empty(Rectangle(250, 60, 330, 130))
    return sheet.draw()


def number(text: str, x: int, y: int, *, accepted: bool = True) -> Number:
    """Return a number whose box has its centre at (x, y)."""
    box = Box(x - 10, y - 10, 20, 20)
    return Number(text, 1, 0.9, accepted, box, (Digit("1", 0.9, accepted, box),))


def page_of(paper: DrawnPaper, *numbers: Number, turned: int = 0) -> Page:
    """Return an answer for a paper's picture."""
    height, width = paper.picture.shape[:2]
    width, height = (height, width) if turned in {90, 270} else (width, height)
    return Page(width=width, height=height, numbers=numbers, model="", milliseconds=1.0, turned=turned)


def darkness(paper: DrawnPaper, index: int) -> float:
    """Return the mean darkness within a field's rectangle."""
    left, top, right, bottom = (round(edge) for edge in paper.fields[index].area)
    return 255 - float(paper.picture[top:bottom, left:right].mean())


def test_handwriting_stands_in_its_field_and_an_empty_field_is_blank() -> None:
    paper = two_fields()

    assert darkness(paper, 0) > 20
    assert darkness(paper, 1) < 8
    assert paper.picture[:, :50].min() > 230


def test_a_number_is_right_at_its_place_only() -> None:
    paper = two_fields()
    x, y = (round(value) for value in paper.fields[0].area.middle)
    in_place, away = (grade(page_of(paper, number("12", column, y)), paper) for column in (x, 200))

    assert [field.right for field in in_place.fields] == [True, True]
    assert [field.right for field in away.fields] == [False, True]
    assert (in_place.elsewhere, away.elsewhere) == (0, 1)


def test_wrong_numbers_count_only_where_they_are_accepted_and_any_number_answers_an_empty_field() -> None:
    paper, tally = two_fields(), FieldTally()
    x, y = (round(value) for value in paper.fields[0].area.middle)
    tally.add(grade(page_of(paper, number("72", x, y)), paper), "accepted")
    tally.add(grade(page_of(paper, number("72", x, y, accepted=False)), paper), "not accepted")
    tally.add(grade(page_of(paper, number("0", 290, 95, accepted=False)), paper), "answered")

    assert tally.counts["accepted"] == [1, 0, 0, 1, 1, 0]
    assert tally.counts["not accepted"] == [1, 0, 0, 0, 1, 0]
    assert tally.counts["answered"] == [1, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_number_of_a_turned_page_is_compared_where_it_stands_on_the_paper(turned: int) -> None:
    paper = two_fields()
    height, width = paper.picture.shape
    marked = np.zeros((height, width))
    x, y = (round(value) for value in paper.fields[0].area.middle)
    marked[y, x] = 1
    row, column = np.argwhere(np.rot90(marked, -turned // 90))[0]

    assert grade(page_of(paper, number("12", int(column), int(row)), turned=turned), paper).fields[0].right


def test_a_photo_knows_where_the_sheet_s_pixels_went() -> None:
    paper = two_fields()
    photo = take(paper, Photo("black", (30, 60), rotation=20, perspective=0.03, width=900), np.random.default_rng(1))
    rows, columns = np.nonzero(photo.picture[:, :, 0] > 200)
    extremes = [index for values in (rows, columns) for index in (values.argmin(), values.argmax())]
    corners = [photo.on_sheet(float(columns[index]), float(rows[index])) for index in extremes]

    assert photo.picture.shape[1] == 900
    assert np.min(corners, axis=0) == pytest.approx((0, 0), abs=4)
    assert np.max(corners, axis=0) == pytest.approx((400, 200), abs=4)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_digit_of_a_row_of_cells_stands_within_the_print_of_its_cells(shape: str) -> None:
    paper = draw_in_cells(shape, writer(), np.random.default_rng(2), 0)

    assert len(paper.fields) == 1
    assert len(paper.fields[0].text) == 6
    assert darkness(paper, 0) > 10


def test_of_six_printed_boxes_one_is_filled_in() -> None:
    paper = draw_empty("joined boxes", writer(), np.random.default_rng(3), 0)

    assert sorted(len(field.text) for field in paper.fields) == [0, 0, 0, 0, 0, 4]


def test_the_form_has_all_entries_and_one_empty_cell() -> None:
    paper = fill_in_form(writer(), np.random.default_rng(4))

    assert {field.name for field in paper.fields} == set(ENTRIES)
    assert [field.name for field in paper.fields if not field.text] == ["table"]


@pytest.mark.parametrize("kind", {kind.part: kind for kind in paper_kinds()}.values(), ids=lambda kind: kind.name)
def test_fields_of_all_sorts_of_paper_lie_on_the_sheet_and_apart(kind: PaperKind) -> None:
    paper = kind.draw(writer(), np.random.default_rng(5), 1)
    height, width = paper.picture.shape[:2]
    areas = [field.area for field in paper.fields]
    corners = [(x, y) for left, top, right, bottom in areas for x, y in ((left, top), (right, bottom))]
    seen = cv2.perspectiveTransform(np.array([corners]), paper.matrix)[0]

    assert areas
    assert seen.min() > 0
    assert np.all(seen.max(axis=0) < (width, height))
    assert not any(overlap(*pair) for pair in combinations(areas, 2))


def overlap(first: Rectangle, second: Rectangle) -> bool:
    """Return whether two rectangles share pixels."""
    across = min(first.right, second.right) - max(first.left, second.left)
    return across > 0 and min(first.bottom, second.bottom) > max(first.top, second.top)
