"""The fields that are proposed for a form."""

from __future__ import annotations

import time
from collections import Counter

import cv2
import numpy as np
import pytest

from form_drawings import DrawnForm, visit_form
from numink.forms.proposals import propose_fields
from numink.structure.template import MOST_FIELDS, FieldKind, TemplateField
from paper_forms import turned
from pictures import Grey, write

MOST_OFF = 4
"""Pixels by which a proposed box may differ from the drawn one on each side."""


@pytest.fixture(scope="module")
def proposed() -> list[TemplateField]:
    return propose_fields(visit_form().page)


def distance(field: TemplateField, place: tuple[int, int, int, int]) -> int:
    x, y, w, h = field.box
    return max(abs(x - place[0]), abs(y - place[1]), abs(x + w - place[0] - place[2]), abs(y + h - place[1] - place[3]))


def test_each_field_is_proposed_and_nothing_else(proposed: list[TemplateField]) -> None:
    assert sorted(field.name for field in proposed) == sorted(visit_form().frames)


def test_boxes_are_where_they_are_drawn(proposed: list[TemplateField]) -> None:
    frames = visit_form().frames

    assert {field.name: off for field in proposed if (off := distance(field, frames[field.name])) > MOST_OFF} == {}


def test_kinds_and_lengths_follow_from_shapes(proposed: list[TemplateField]) -> None:
    combs = {field.name: field.length for field in proposed if field.kind is FieldKind.DIGITS}

    assert combs == {"field 1": 8, "field 2": 5, "field 5": 8}
    assert [field.name for field in proposed if field.kind is FieldKind.TICK] == ["field 8", "field 9", "field 10"]
    assert [field.name for field in proposed if field.kind is FieldKind.NONE] == ["field 12"]
    assert Counter(field.kind for field in proposed)[FieldKind.INTEGER] == 11


def test_most_fields_of_a_first_filled_copy_are_those_of_a_blank_one(proposed: list[TemplateField]) -> None:
    page = visit_form().page
    for text, x, y in (("37", 390, 286), ("82", 790, 286), ("183", 400, 480), ("72", 830, 480), ("12", 360, 758)):
        page = write(text, x, y, 34, 3, page)
    filled = propose_fields(page, filled=True)
    matches = [min(distance(field, other.box) for other in filled) <= MOST_OFF for field in proposed]

    assert sum(matches) >= len(proposed) - 3
    assert len(filled) <= len(proposed) + 1


def test_a_page_of_print_has_no_fields() -> None:
    form = DrawnForm()
    for row in range(20):
        form.text(100, 100 + 50 * row, f"This is line {row} of a letter that people read and do not fill in.")

    assert propose_fields(form.page) == []


def test_an_underlined_title_and_a_rule_across_the_page_are_no_lines_to_fill_in() -> None:
    form = DrawnForm()
    form.text(100, 100, "Application for membership", 40)
    form.line(100, 148, 600, 148)
    form.line(40, 300, 1200, 300)
    form.text(100, 340, "Please fill in all of the fields below with a pen.")

    assert propose_fields(form.page) == []


def test_lines_within_a_frame_are_fields_and_the_frame_is_none() -> None:
    form = DrawnForm()
    form.rectangle(100, 100, 700, 240)
    for row, caption in enumerate(("Vehicle number", "Order number", "Bill number")):
        form.text(130, 130 + 70 * row, caption)
        form.line(360, 156 + 70 * row, 740, 156 + 70 * row)
    fields = propose_fields(form.page)

    assert [field.name for field in fields] == ["field 1", "field 2", "field 3"]
    assert all(abs(field.box[0] - 360) <= MOST_OFF and abs(field.box[2] - 380) <= 2 * MOST_OFF for field in fields)
    below = [field.box[1] + field.box[3] for field in fields]
    assert np.abs(np.subtract(below, (156, 226, 296))).max() <= MOST_OFF


def test_a_caption_within_a_box_is_left_out_of_the_field() -> None:
    form = DrawnForm()
    form.rectangle(100, 100, 500, 60)
    form.text(112, 118, "Amount")
    form.rectangle(100, 300, 500, 100)
    form.text(112, 306, "Total of the year")
    form.text(100, 600, "Both are in euros, without cents.")
    beside, below = propose_fields(form.page)

    assert beside.box[0] > 112 + 85
    assert abs(beside.box[0] + beside.box[2] - 600) <= MOST_OFF
    assert below.box[1] > 306 + 18
    assert abs(below.box[1] + below.box[3] - 400) <= MOST_OFF


def test_a_table_that_slopes_has_cells_with_names_of_their_own() -> None:
    form = DrawnForm()
    rows = list(range(200, 1200, 50))
    form.table("table 1", [100, 300, 450, 600, 750, 900], rows, ["Day", "One", "Two", "Three", "Four"], ["Mon"] * 18)
    fields = propose_fields(np.asarray(turned(form.page, 0.7), np.uint8))

    assert len(fields) == 18 * 4
    assert len({field.name for field in fields}) == len(fields)
    assert all(field.name.startswith("table 1 row ") for field in fields)


@pytest.mark.parametrize(
    "page", [np.full((40, 30), 255, np.uint8), np.zeros((300, 300), np.uint8)], ids=["small", "black"]
)
def test_an_empty_page_has_no_fields(page: Grey) -> None:
    assert propose_fields(page) == []


def test_boxes_on_squared_paper_end_in_time_and_within_the_limit() -> None:
    page = np.full((1600, 1200), 250, np.uint8)
    for offset in range(20, 1580, 24):
        cv2.line(page, (20, offset), (1180, offset), 120, 1)
        cv2.line(page, (offset, 20), (offset, 1580), 120, 1)

    started = time.process_time()

    assert len(propose_fields(page)) <= MOST_FIELDS
    assert time.process_time() - started < 30
