"""Tables of the copies of a form: a row a copy, a column a field; as CSV files that open right in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..recognition.number_conventions import language_defaults
from ..recognition.number_readings import DecimalSign
from ..recognition.numerals import DECIMAL_SIGNS
from ..results.form import FieldReading, FormReading
from ..structure.template import Template
from .csv_rows import csv_line, harmless, value_cell
from .names import free_name

FIRST_COLUMNS = ("file", "page")
LAST_COLUMNS = ("to check", "set aside")
"""Names of the fields that need a look by a person, and why the copy was not read."""
DECIMAL_KINDS = ("integer", "decimal")
"""Kinds of fields whose values have the decimal sign of the file."""
LONGEST_FILE_NAME = 100
FormKey = tuple[str, int]
"""A form's name and version."""


@dataclass(frozen=True)
class CsvFormat:
    """How a CSV file is written."""

    separator: str = ","
    byte_order_mark: bool = False
    """Whether the file says that it is UTF-8: Excel shows ü as Ã¼ where it does not."""
    decimal: DecimalSign = "point"

    @classmethod
    def for_decimal(cls, decimal: DecimalSign) -> CsvFormat:
        """Return the format that spreadsheets open by a double click where that is the decimal sign."""
        return cls(";", True, decimal) if decimal == "comma" else cls()

    @classmethod
    def for_language(cls, language: str) -> CsvFormat:
        """Return the format that spreadsheets open by a double click in a language, such as de-AT.

        >>> CsvFormat.for_language("de")
        CsvFormat(separator=';', byte_order_mark=True, decimal='comma')
        >>> CsvFormat.for_language("en") == CsvFormat.for_language("") == CsvFormat()
        True
        """
        return cls.for_decimal(language_defaults(language).decimal or "point")


def columns(template: Template) -> tuple[str, ...]:
    """Return the columns of a form's table, all of different names."""
    own = (*FIRST_COLUMNS, *LAST_COLUMNS)
    fields = (f"{field.name} (field)" if field.name in own else field.name for field in template.fields)
    return (*FIRST_COLUMNS, *fields, *LAST_COLUMNS)


def fields_in_order(template: Template, reading: FormReading) -> list[FieldReading | None]:
    """Return the readings of all fields, in the template's order; None for those that were not read."""
    fields = {field.name: field for field in reading.fields}
    return [fields.get(field.name) for field in template.fields]


def names_to_check(reading: FormReading) -> str:
    """Return the names of the fields that need a look by a person."""
    return ", ".join(field.name for field in reading.fields if not field.accepted)


def file_names(templates: Sequence[Template]) -> dict[FormKey, str]:
    """Return the name of a CSV file for each of several forms, such as visit.csv."""
    taken: set[str] = set()
    names = {}
    for template in templates:
        name = free_name(template.name, taken, LONGEST_FILE_NAME)
        taken.add(name.casefold())
        names[template.name, template.version] = f"{name}.csv"
    return names


class FormCsv:
    """The CSV file of a form, line by line, safe to open in spreadsheets."""

    def __init__(self, template: Template, layout: CsvFormat) -> None:
        self._template, self._layout = template, layout

    @property
    def header(self) -> str:
        """The first line, with the byte order mark where the file has one."""
        mark = "\ufeff" if self._layout.byte_order_mark else ""
        return mark + csv_line(map(harmless, columns(self._template)), self._layout.separator)

    def line(self, reading: FormReading) -> str:
        """Return the line of a copy."""
        cells = ("" if field is None else self._cell(field) for field in fields_in_order(self._template, reading))
        last = (names_to_check(reading), reading.reason or "")
        row = (harmless(reading.file), reading.page, *cells, *map(harmless, last))
        return csv_line(row, self._layout.separator)

    def _cell(self, field: FieldReading) -> str:
        """Return the cell of a field: its value, or what is written there where the value is in doubt."""
        if field.value is None:
            return harmless(field.text)
        return value_cell(field.value, DECIMAL_SIGNS[self._layout.decimal] if field.kind in DECIMAL_KINDS else ".")
