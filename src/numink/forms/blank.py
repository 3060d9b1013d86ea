"""Own forms: a page to print with its template; marks and a QR code set copies right and tell forms apart."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from ..errors import InvalidTemplate
from ..imaging.lettering import BOLD, HAS_FONT, draw_text, text_width
from ..results import Box
from ..structure.template import FieldKind, Template, TemplateField
from .blank_layout import DPI, PARAMETERS, Placed, mark_boxes, page_size, pixels, place_fields
from .blank_spec import BlankForm
from .field_files import first_problem

MARKS = cv2.aruco.DICT_4X4_50
"""Dictionary of the marks; those at the corners have the numbers 0 to 3."""
QR_MODULE = 10
"""Greatest side of a module of the QR code in pixels."""
QR_BORDER = 2
"""Modules of its quiet zone that OpenCV's encoder leaves out: it draws two of the four."""
RULE_GREY, RULE_WIDTH = 110, 3
"""Grey value and width in pixels of boxes: 0.25 mm, lighter than a pen."""
REDUCTION = 2
"""The template's reference page has this part of the printed page's resolution: 150 dpi."""
PDF_QUALITY = 95
"""JPEG quality of the page in the PDF document."""


@dataclass(frozen=True)
class Blank:
    """An own form."""

    page: NDArray[np.uint8]
    """The page at 300 dpi, uint8 (H, W)."""
    template: Template

    def to_pdf(self) -> bytes:
        """Return the page as a PDF document."""
        out = io.BytesIO()
        title = self.template.name
        Image.fromarray(self.page).save(out, "PDF", resolution=DPI, title=title, quality=PDF_QUALITY)
        return out.getvalue()


def make_blank(form: BlankForm) -> Blank:
    """Return the page of an own form, and its template.

    Raises:
        InvalidTemplate: The fields do not fit on the page, or one has a setting that fields do not have.
    """
    if not HAS_FONT and not "".join([form.title, *_captions(form)]).isascii():
        raise InvalidTemplate("captions with other letters than A to Z need OpenCV 5: install it, or change them")
    width, height = page_size(form.paper)
    page = np.full((height, width), 255, np.uint8)
    placed = place_fields(form)
    _draw_head(page, form)
    _draw_marks(page, form)
    for field in placed:
        _draw_field(page, field)
    reference = cv2.resize(page, (width // REDUCTION, height // REDUCTION), interpolation=cv2.INTER_AREA)
    fields = [template_field for field in placed for template_field in _template_fields(field)]
    name = form.name or form.title
    return Blank(page, Template.of(reference.astype(np.uint8, copy=False), name, fields, version=form.version))


def _captions(form: BlankForm) -> Iterator[str]:
    for field in form.fields:
        yield field.caption
        yield from field.choices


def _draw_head(page: NDArray[np.uint8], form: BlankForm) -> None:
    """Draw the title between the upper marks, and the QR code at its right."""
    settings = cv2.QRCodeEncoder.Params()
    settings.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
    code = cv2.QRCodeEncoder.create(settings).encode(form.identity)
    code = np.pad(code, QR_BORDER, constant_values=255)
    side = len(code) * min(QR_MODULE, pixels(PARAMETERS.head) // len(code))
    near = pixels(PARAMETERS.margin + PARAMETERS.mark + PARAMETERS.quiet_zone)
    x, y = page.shape[1] - near - side, pixels(PARAMETERS.margin)
    page[y : y + side, x : x + side] = cv2.resize(code, (side, side), interpolation=cv2.INTER_NEAREST)
    size = pixels(PARAMETERS.title)
    wide = text_width(form.title, size, weight=BOLD)
    if near + wide > x:
        size = size * (x - near) // wide
    draw_text(page, form.title, near, y + pixels(PARAMETERS.mark) // 2 + size // 3, size, (0,), weight=BOLD)


def _draw_marks(page: NDArray[np.uint8], form: BlankForm) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(MARKS)
    for number, box in enumerate(mark_boxes(form.paper)):
        page[box.y : box.y + box.h, box.x : box.x + box.w] = dictionary.generateImageMarker(number, box.w)


def _draw_field(page: NDArray[np.uint8], placed: Placed) -> None:
    size = pixels(PARAMETERS.caption)
    for text in placed.texts:
        draw_text(page, text.text, text.x, text.y, size, (0,))
    for box in placed.boxes.values():
        for part in _cells(box, placed.spec.comb_length or 1):
            cv2.rectangle(page, part, (RULE_GREY,), RULE_WIDTH)


def _cells(box: Box, count: int) -> Iterator[tuple[int, int, int, int]]:
    """Return the boxes of a comb, which share their sides."""
    width = box.w // count
    for index in range(count):
        yield box.x + index * width, box.y, width + 1, box.h + 1


def _template_fields(placed: Placed) -> Iterator[TemplateField]:
    """Return the fields of the template. Raises InvalidTemplate where one has an unknown setting."""
    length = placed.spec.comb_length if placed.spec.kind is not FieldKind.TICK else None
    for name, box in placed.boxes.items():
        place = [value // REDUCTION for value in box]
        values = {"name": name, "box": place, "kind": placed.spec.kind, "length": length}
        try:
            yield TemplateField.model_validate({**(placed.spec.model_extra or {}), **values})
        except ValidationError as error:
            raise InvalidTemplate(
                "the field '{name}' cannot be used: {why}", name=name, why=first_problem(error)
            ) from None
