"""Files of a form's fields, written by hand or in a spreadsheet: JSON or CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..errors import InvalidTemplate
from ..structure.template import TemplateField

SIDES = ("x", "y", "w", "h")
"""Columns of a field's box."""
LISTS = ("among", "choices")
"""Columns whose cells are lists."""
SEPARATOR = "|"
"""Between the values of a list in one cell."""
FIELDS = TypeAdapter(list[TemplateField])


def read_fields(path: Path) -> list[TemplateField]:
    """Return the fields of a file.

    Args:
        path: A JSON list of fields as templates hold them, or a CSV file with the columns name, x, y, w, h and any
            of kind, length, pattern, check, among (valid contents with | between them), least, greatest, required
            and decimal. Empty cells mean the default.

    Raises:
        InvalidTemplate: The file cannot be read or used; the message says why.
    """
    text = read_text(path)
    try:
        if text.lstrip().startswith("["):
            return FIELDS.validate_json(text)
        rows = table_rows(text)
        boxes = [[row.pop(side) for side in SIDES if side in row] for row in rows]
        return FIELDS.validate_python([{**row, "box": box} for row, box in zip(rows, boxes, strict=True)])
    except ValidationError as error:
        raise InvalidTemplate(
            "the fields of '{path}' cannot be used: {why}", path=path, why=first_problem(error)
        ) from None


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8. Raises InvalidTemplate."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidTemplate("'{path}' is not text in UTF-8: save it as such", path=path) from None
    except OSError as error:
        raise InvalidTemplate("cannot read '{path}' ({why})", path=path, why=error.strerror) from None


def table_rows(text: str) -> list[dict[str, object]]:
    """Return the rows of a CSV file, with commas, semicolons or tabs; empty cells are left out."""
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count), restkey="(more)")
    return [_values(row) for row in rows]


def _values(row: dict[str, str | list[str] | None]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, cell in row.items():
        if isinstance(cell, list):
            values[name] = cell
        elif cell and cell.strip():
            values[name.strip()] = cell.strip().split(SEPARATOR) if name.strip() in LISTS else cell.strip()
    return values


def first_problem(error: ValidationError) -> str:
    """Return the first of the errors of a file as one sentence, with the number of its field, from 1."""
    first = error.errors()[0]
    place = [f"{part + 1}" if isinstance(part, int) else str(part) for part in first["loc"]]
    reason = first["msg"].removeprefix("Value error, ")
    return f"field {' '.join(part for part in place if part != 'fields')}: {reason}" if place else reason
