"""Copies of forms are read field by field; what is no copy is set aside and never read."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from form_material import filled_in, printed_form, printed_template
from numink.errors import InvalidTemplate
from numink.forms.field_reading import NOT_VALID, REQUIRED, TAKEN_BACK
from numink.forms.form import NO_FIT, FormReader
from numink.results.form import TICKED, FieldReading
from numink.structure.template import FieldKind, Template, TemplateField

Grey = NDArray[np.uint8]
TICK = (700, 420, 50, 50)
"""The box of a box to tick."""


def with_tick_box(page: Grey) -> Grey:
    x, y, w, h = TICK
    return np.asarray(cv2.rectangle(page.copy(), (x, y), (x + w, y + h), 60, 2), np.uint8)


@cache
def reader(**changes: object) -> FormReader:
    """Return a reader of the printed form with a box to tick; `changes` are values of its field `age`."""
    fields = [field if field.name != "age" else field.model_copy(update=changes) for field in printed_template().fields]
    tick = TemplateField(name="tick", box=TICK, kind=FieldKind.TICK)
    return FormReader([Template.of(with_tick_box(printed_form()), "visit", [*fields, tick])])


def read(page: Grey, **changes: object) -> dict[str, FieldReading]:
    reading = reader(**changes).read(page)
    assert reading.reason is None
    return {field.name: field for field in reading.fields}


def test_fields_are_read_and_empty_ones_are_empty() -> None:
    fields = read(with_tick_box(filled_in(member="004217", age="42")))
    assert (fields["member"].text, fields["member"].value) == ("004217", "004217")
    assert fields["age"].value == "42"
    for name in ("beds", "total"):
        assert (fields[name].text, fields[name].value, fields[name].accepted) == ("", "", True)


def test_a_blank_copy_answers_nothing() -> None:
    reading = reader().read(with_tick_box(printed_form()))
    assert [field.text for field in reading.fields] == [""] * 5
    assert reading.is_accepted
    assert reading.left_over == ()


@pytest.mark.parametrize(
    ("mark", "text", "accepted"), [("empty", "", True), ("cross", TICKED, True), ("blackened", "", False)]
)
def test_a_box_to_tick_is_empty_ticked_or_blackened(mark: str, text: str, accepted: bool) -> None:
    page = with_tick_box(filled_in(age="42"))
    x, y, w, h = TICK
    if mark == "cross":
        cv2.line(page, (x + 8, y + 8), (x + w - 8, y + h - 8), 30, 4)
        cv2.line(page, (x + w - 8, y + 8), (x + 8, y + h - 8), 30, 4)
    if mark == "blackened":
        cv2.rectangle(page, (x + 3, y + 3), (x + w - 3, y + h - 3), 30, -1)
    field = read(page)["tick"]
    assert (field.text, field.accepted) == (text, accepted)
    assert field.value == {"empty": "no", "cross": "yes", "blackened": None}[mark]
    assert field.doubts == ((TAKEN_BACK,) if mark == "blackened" else ())


def test_what_is_written_beside_the_fields_is_left_over() -> None:
    page = with_tick_box(filled_in(age="42"))
    cv2.putText(page, "7", (880, 800), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 30, 5)
    [box] = reader().read(page).left_over
    assert 870 < box.x < 900
    assert 740 < box.y < 770


def test_a_required_field_that_is_empty_and_a_number_out_of_range_are_doubts() -> None:
    empty = read(with_tick_box(printed_form()), required=True)["age"]
    assert (empty.accepted, empty.doubts) == (False, (REQUIRED,))
    outside = read(with_tick_box(filled_in(age="42")), greatest=30.0)["age"]
    assert not outside.accepted
    assert NOT_VALID in outside.doubts


@pytest.mark.parametrize(
    "page", [np.full((1400, 1000), 240, np.uint8), np.zeros((300, 400), np.uint8)], ids=["blank", "black"]
)
def test_what_is_no_copy_is_set_aside(page: Grey) -> None:
    reading = reader().read(page, file="x.png", page=3)
    assert (reading.file, reading.page, reading.form, reading.fields) == ("x.png", 3, "visit", ())
    assert reading.reason == NO_FIT
    assert not reading.is_accepted


def test_a_page_is_read_as_the_form_that_fits_best() -> None:
    other = printed_form()
    cv2.rectangle(other, (380, 250), (960, 930), 245, -1)
    for row in range(5):
        cv2.putText(other, f"Column {row}", (420, 330 + 120 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 3)
    forms = FormReader([Template.of(other, "other", []), printed_template()])
    assert forms.read(filled_in(age="42")).form == "visit"
    assert forms.read(other).form == "other"


def test_fields_that_cannot_be_read_are_refused_at_once() -> None:
    field = TemplateField(name="a", box=(0, 0, 9, 9), pattern="(")
    with pytest.raises(InvalidTemplate, match="the field 'a' cannot be read"):
        FormReader([Template.of(printed_form(), "visit", [field])])
    with pytest.raises(InvalidTemplate, match="no form to read"):
        FormReader([])


def test_a_date_in_boxes_keeps_its_zeros() -> None:
    field = read(with_tick_box(filled_in(age="02")), kind=FieldKind.DATE, length=2)["age"]
    assert (field.text, field.value) == ("02", "02")
