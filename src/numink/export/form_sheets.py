"""Sheets of the copies of forms in a workbook: one for each form, and one with the details of every value."""

from __future__ import annotations

from collections.abc import Sequence

from ..results.form import FieldReading, FormReading
from ..structure.template import Template
from .csv_rows import harmless
from .form_table import FormKey, columns, fields_in_order, names_to_check
from .workbook import CellValue, Sheet, Workbook, typed_value

DETAIL_COLUMNS = (
    "form", "version", "file", "page", "field", "kind", "text", "value", "confidence", "accepted", "doubts",
    "x", "y", "w", "h",
)  # fmt: skip


class FormSheets:
    """Sheets of the forms of a pile, and `Details` with a row for each field of each copy."""

    def __init__(self, book: Workbook, templates: Sequence[Template]) -> None:
        self._forms: dict[FormKey, tuple[Template, Sheet]] = {
            (template.name, template.version): (template, book.sheet(template.name, columns(template)))
            for template in templates
        }
        self._details = book.sheet("Details", DETAIL_COLUMNS)

    def add(self, reading: FormReading) -> None:
        """Add a copy; fields that are not accepted, and the reason why it was set aside, are marked."""
        template, sheet = self._forms[reading.form, reading.version]
        fields = fields_in_order(template, reading)
        to_check, reason = harmless(names_to_check(reading)), harmless(reading.reason or "")
        cells = [None if field is None else _value(field) for field in fields]
        row = [harmless(reading.file), reading.page, *cells, to_check, reason]
        marked = [False, False, *(field is not None and not field.accepted for field in fields), to_check, reason]
        sheet.add(row, {index for index, is_marked in enumerate(marked) if is_marked})
        for field in reading.fields:
            self._add_details(reading, field)

    def _add_details(self, reading: FormReading, field: FieldReading) -> None:
        row = (
            harmless(reading.form), reading.version, harmless(reading.file), reading.page, harmless(field.name),
            field.kind, harmless(field.text), None if field.value is None else _value(field),
            round(field.confidence, 6), "yes" if field.accepted else "no", harmless(" ".join(field.doubts)), *field.box,
        )  # fmt: skip
        self._details.add(row, () if field.accepted else (DETAIL_COLUMNS.index("value"),))


def _value(field: FieldReading) -> CellValue:
    """Return the value of a field's cell; in doubt its text, which no spreadsheet takes for a number."""
    return harmless(field.text) if field.value is None else typed_value(field.kind, field.value)
