"""The form fields (AcroForm) of a page of a PDF document."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from .protocol import FormField

MOST_FIELDS = 500
"""Fields of a page that are looked at."""
MOST_NAME = 100
COMB = 1 << 24
"""The flag of text fields that are written into a row of boxes, in the PDF standard (ISO 32000-1, table 228)."""
KINDS = {
    pdfium.FPDF_FORMFIELD_CHECKBOX: "tick", pdfium.FPDF_FORMFIELD_RADIOBUTTON: "tick",
    pdfium.FPDF_FORMFIELD_TEXTFIELD: "text", pdfium.FPDF_FORMFIELD_COMBOBOX: "text",
    pdfium.FPDF_FORMFIELD_LISTBOX: "text", pdfium.FPDF_FORMFIELD_SIGNATURE: "signature",
}  # fmt: skip
"""Kinds of fields that can be filled in with a pen: push buttons cannot."""


def find_form_fields(page: pypdfium2.PdfPage, width: int, height: int) -> list[FormField]:
    """Return the fields of a page of a document whose forms are initialized.

    Args:
        page: The page.
        width: Its width in pixels, in which the boxes of the fields are returned.
        height: Its height in pixels.
    """
    return list(_fields(page, width, height)) if page.formenv else []


def _fields(page: pypdfium2.PdfPage, width: int, height: int) -> Iterator[FormField]:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = KINDS.get(pdfium.FPDFAnnot_GetFormFieldType(page.formenv, annotation))
        box = _box(page, annotation, width, height)
        if kind is not None and box is not None:
            yield FormField(_name(page, annotation), kind, _length(page, annotation), box)
        pdfium.FPDFPage_CloseAnnot(annotation)


def _box(page: pypdfium2.PdfPage, annotation: object, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Return the box of a field within the page; None where it has none."""
    rectangle = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, rectangle):
        return None
    corners = []
    for x, y in ((rectangle.left, rectangle.top), (rectangle.right, rectangle.bottom)):
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, column, row)
        corners.append((min(max(column.value, 0), width), min(max(row.value, 0), height)))
    (left, right), (top, bottom) = (sorted(side) for side in zip(*corners, strict=True))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def _name(page: pypdfium2.PdfPage, annotation: object) -> str:
    size = min(pdfium.FPDFAnnot_GetFormFieldName(page.formenv, annotation, None, 0), 2 * MOST_NAME + 2)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    full = pdfium.FPDFAnnot_GetFormFieldName(page.formenv, annotation, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0].strip() if full <= size else ""


def _length(page: pypdfium2.PdfPage, annotation: object) -> int | None:
    """Return the number of boxes of a comb; None of any other field."""
    number = ctypes.c_float()
    if not pdfium.FPDFAnnot_GetFormFieldFlags(page.formenv, annotation) & COMB:
        return None
    has_length = pdfium.FPDFAnnot_GetNumberValue(annotation, b"MaxLen", number)
    return round(number.value) if has_length and 1 <= number.value <= MOST_NAME else None
