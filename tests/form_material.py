"""Forms for tests: a template with its readings, and a form of four fields made and filled in by program."""

from __future__ import annotations

import cv2
import numpy as np

from numink.results import Box
from numink.results.form import FieldReading, FormReading
from numink.structure.template import FieldKind, Template, TemplateField
from paper_forms import RULE_GREY
from pictures import Grey, Sheet, blank, write

KINDS = {
    "member": FieldKind.DIGITS, "visits": FieldKind.INTEGER, "Größe": FieldKind.DECIMAL, "day": FieldKind.DATE,
    "from": FieldKind.TIME, "code": FieldKind.CODE, "agreed": FieldKind.TICK,
}  # fmt: skip
VALUES = {
    "member": "00123", "visits": "-42", "Größe": "12.50", "day": "1998-02-06", "from": "20:30", "code": "00A7",
    "agreed": "yes",
}  # fmt: skip
BOXES = {
    "member": (420, 300, 380, 80), "age": (420, 460, 200, 80), "beds": (420, 620, 120, 80), "total": (420, 780, 260, 80)
}  # fmt: skip
"""Boxes of the fields of the printed form."""
NOTES = (
    "Member: the number on the green card, zeros included", "Age is that of the last birthday",
    "How many beds are in use tonight? Count cots, too", "Please sum up all visits of this quarter",
    "Send the sheet back to Ward K by Friday noon",
)  # fmt: skip
"""Lines of print below them, no two alike: a copy is set onto its form by them."""


def template(name: str = "Besuch", version: int = 1, kinds: dict[str, FieldKind] = KINDS) -> Template:
    """Return a template with fields of those kinds on a blank page."""
    fields = [
        TemplateField(name=field, box=(10, 10 + 30 * index, 100, 20), kind=kind)
        for index, (field, kind) in enumerate(kinds.items())
    ]
    return Template.of(np.full((600, 400), 255, np.uint8), name, fields, version=version)


def field(name: str, value: str | None, *, kind: FieldKind | None = None, text: str | None = None) -> FieldReading:
    """Return the reading of a field; one without a value is in doubt."""
    box, accepted = Box(12, 34, 56, 78), value is not None
    return FieldReading(
        name, str(kind or KINDS[name]), box, text=value or "" if text is None else text, value=value,
        confidence=0.9987 if accepted else 0.5, accepted=accepted, doubts=() if accepted else ("It is blurred.",),
    )  # fmt: skip


def copy(values: dict[str, str | None] = VALUES, file: str = "scan.png", page: int = 1) -> FormReading:
    """Return the reading of a copy of the form of `template()`."""
    return FormReading(file, page, "Besuch", 1, 0.9, tuple(field(name, value) for name, value in values.items()))


def set_aside(reason: str = "It is another form.", form: str = "Besuch") -> FormReading:
    """Return a copy that was set aside."""
    return FormReading("other.png", 1, form, 1, 0.2, reason=reason)


def printed_form() -> Grey:
    """Draw a blank form with captions, boxes for four numbers, and print around them."""
    page = blank(Sheet(1000, 1400))
    for text, y in (("Record of a visit", 120), ("Write digits only, one number a box", 200), ("Thank you", 1300)):
        cv2.putText(page, text, (80, y), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 40, 2, cv2.LINE_AA)
    for row, text in enumerate(NOTES):
        cv2.putText(page, text, (80, 960 + 55 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)
    for name, (x, y, w, h) in BOXES.items():
        cv2.putText(page, name.capitalize(), (80, y + 55), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 40, 2, cv2.LINE_AA)
        cv2.rectangle(page, (x, y), (x + w, y + h), RULE_GREY, 2)
    return page


def printed_template() -> Template:
    """Return the template of the printed form."""
    kinds = {name: FieldKind.DIGITS if name == "member" else FieldKind.INTEGER for name in BOXES}
    fields = [TemplateField(name=name, box=box, kind=kinds[name]) for name, box in BOXES.items()]
    return Template.of(printed_form(), "visit", fields)


def filled_in(**texts: str) -> Grey:
    """Draw a copy of the printed form with digits in its boxes."""
    page = printed_form()
    for name, text in texts.items():
        x, y, *_ = BOXES[name]
        page = write(text, x + 25, y + 17, 46, 5, page)
    return page
