"""A template of a form, made of a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

from ..imaging.decode import Picture
from ..imaging.decoder.protocol import FormField
from ..imaging.page_segmentation import PageModel
from ..imaging.scaling import shrunk
from ..imaging.sheet import Sheet, find_sheet
from ..results import Box
from ..structure.template import MOST_NAME, FieldKind, Template, TemplateField
from .comb_rows import PARAMETERS as COMB_PARAMETERS
from .proposals import propose_fields

LONGEST_SIDE = 1800
"""Longest side of a reference page in pixels: A4 at 154 dpi."""


KINDS = {"tick": FieldKind.TICK, "signature": FieldKind.NONE}
"""Kinds of the fields of PDF documents; those of text are digits in a row of boxes, else integers."""


def new_template(
    picture: Picture, name: str, fields: Sequence[TemplateField] | None = None,
    page_model: PageModel | None = None, *, filled: bool = False,
) -> Template:  # fmt: skip
    """Make a template of a picture of a form.

    Args:
        picture: A blank copy of the form, or one that is filled in: a scan or a photo, upright.
        name: The form's name.
        fields: Its fields, in pixels of the reference page that this function makes; None to take over those of a
            PDF document, or where it has none, to propose them.
        page_model: Tells print from handwriting; None means the shipped one.
        filled: Whether the copy is filled in.

    Returns:
        The template: its reference page shows the sheet alone, level, and at most LONGEST_SIDE pixels a side.

    Raises:
        InvalidTemplate: The fields cannot be used.
    """
    sheet = find_sheet(picture.grey)
    reference, scale = shrunk(sheet.grey, LONGEST_SIDE)
    if fields is None:
        fields = _taken_over(picture.form_fields, sheet, scale) or propose_fields(reference, page_model, filled=filled)
    return Template.of(reference, name, fields)


def _taken_over(form_fields: Sequence[FormField], sheet: Sheet, scale: float) -> list[TemplateField]:
    """Return the fields of a PDF document, each with a name of its own."""
    fields: dict[str, TemplateField] = {}
    height, width = (int(side * scale) for side in sheet.grey.shape)
    for number, field in enumerate(form_fields, 1):
        name = first = field.name[: MOST_NAME - 4] or f"field {number}"
        times = 1
        while name in fields:
            times += 1
            name = f"{first} {times}"
        x, y, w, h = (round(value * scale) for value in sheet.from_picture(Box(*field.box)))
        w, h = min(w, width - x), min(h, height - y)
        length = field.length if (field.length or 0) <= COMB_PARAMETERS.most_boxes else None
        kind = KINDS.get(field.kind, FieldKind.DIGITS if length else FieldKind.INTEGER)
        if w > 0 and h > 0:
            fields[name] = TemplateField(name=name, box=(x, y, w, h), kind=kind, length=length)
    return list(fields.values())
