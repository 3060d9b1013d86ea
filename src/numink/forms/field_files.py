"""Files of a form's fields, written by hand or in a spreadsheet: JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..errors import InvalidTemplate
from ..structure.template import TemplateField

SIDES = ("x", "y", "w", "h")
"""Columns of a field's box."""
SEPARATOR = "|"
"""Between the valid contents of a field in one cell."""
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
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise InvalidTemplate("cannot read the fields of '{path}': {why}", path=path, why=why) from None
    try:
        return FIELDS.validate_json(text) if text.lstrip().startswith("[") else FIELDS.validate_python(_rows(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"]
        where = f"field {int(place[0]) + 1}" if place and isinstance(place[0], int) else "the file"
        column = f", {'.'.join(map(str, place[1:]))}" if len(place) > 1 else ""
        raise InvalidTemplate(
            "the fields of '{path}' cannot be used: {where}: {why}",
            path=path, where=where + column, why=first["msg"].removeprefix("Value error, "),
        ) from None  # fmt: skip


def _rows(text: str) -> list[dict[str, object]]:
    """Return the rows of a CSV file as fields."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return [_field(row) for row in csv.DictReader(io.StringIO(text), delimiter=delimiter)]


def _field(row: Mapping[str | None, object]) -> dict[str, object]:
    """Return a row's cells as the values of a field; those behind the last column by the name `(more)`."""
    cells = {str(name or "(more)").strip(): value for name, value in row.items()}
    values = {name: cell.strip() for name, cell in cells.items() if isinstance(cell, str) and cell.strip()}
    box = [values.pop(side) for side in SIDES if side in values]
    field: dict[str, object] = {**values, "box": box}
    field |= {name: cell for name, cell in cells.items() if isinstance(cell, list)}
    if "among" in values:
        field["among"] = values["among"].split(SEPARATOR)
    return field
