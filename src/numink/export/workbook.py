"""Workbooks of spreadsheets (XLSX): sheets with a frozen header, cells of their types, and widths that fit.

Rows are written to a temporary file as they come, so that a pile of any size takes little memory.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from types import TracebackType
from typing import IO, Any, Self

import xlsxwriter

from .csv_rows import harmless
from .names import free_name

CellValue = str | int | float | Decimal | date | time | None
NUMBER_KINDS = frozenset({"integer", "decimal", "percent", "money"})
"""Kinds of fields and numbers whose values are calculated with."""
MOST_DIGITS = 15
"""Digits of a number that spreadsheets keep; further ones they replace by zeros."""
FIRST_DATE = date(1900, 3, 1)
"""The first date that all spreadsheets count alike."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, by the format; further ones go to a second sheet."""
LONGEST_SHEET_NAME = 31
RESERVED_NAMES = ("history",)
"""Names that Excel refuses."""
NARROWEST, WIDEST = 6, 60
"""Widths of columns, in characters."""
DOUBT_COLOUR = "#FFDFB0"
"""Fill of cells that need a look by a person."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def typed_value(kind: str, value: str) -> CellValue:
    """Return the value of a cell: a number, a date or a time where spreadsheets keep all of it, else a harmless text.

    Args:
        kind: The kind of the field or number: texts stay what they are in codes, and wherever zeros lead.
        value: Its value, such as 12.50 or 1998-02-06.

    >>> typed_value("decimal", "12.50"), typed_value("digits", "00123"), typed_value("integer", "1234567890123456789")
    (Decimal('12.50'), '00123', '1234567890123456789')
    >>> typed_value("date", "1998-02-06"), typed_value("date", "1898-02-06"), typed_value("time", "20:30")
    (datetime.date(1998, 2, 6), '1898-02-06', datetime.time(20, 30))
    """
    if kind in NUMBER_KINDS and _NUMBER.fullmatch(value) and sum(map(str.isdigit, value)) <= MOST_DIGITS:
        return Decimal(value)
    try:
        if kind == "date" and _DATE.fullmatch(value) and (day := date.fromisoformat(value)) >= FIRST_DATE:
            return day
        if kind == "time" and _TIME.fullmatch(value):
            return time.fromisoformat(value)
    except ValueError:  # no such day or hour
        pass
    return harmless(value)


class Workbook:
    """A workbook that is written to a file when it is closed, also after an error: with the rows until then."""

    def __init__(self, file: IO[bytes], most_rows: int = MOST_ROWS) -> None:
        """Begin a workbook.

        Args:
            file: A file to write to; it stays open.
            most_rows: The most rows of a sheet, its header included; at least 2.
        """
        self.most_rows = most_rows
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._names = set(RESERVED_NAMES)
        self._sheets: list[Sheet] = []
        self._formats: dict[tuple[str, bool], Any] = {}
        self._header = self._book.add_format({"bold": True, "bottom": 1})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sheet in self._sheets:
            sheet.finish()
        self._book.close()

    def sheet(self, name: str, columns: Iterable[str]) -> Sheet:
        """Add a sheet with a header; its name is made distinct and valid."""
        sheet = Sheet(self, name, [harmless(column) for column in columns])
        self._sheets.append(sheet)
        return sheet

    def begin(self, name: str, columns: Sequence[str]) -> Any:
        """Return a new sheet of the file, with a header."""
        name = free_name(name, self._names, LONGEST_SHEET_NAME)
        self._names.add(name.casefold())
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column, self._header)
        return sheet

    def cell_format(self, value: CellValue, doubtful: bool) -> Any:
        """Return the format of a cell: it shows decimals as they were written."""
        number = ""
        if isinstance(value, Decimal):
            decimals = str(value).partition(".")[2]
            number = f"0.{'0' * len(decimals)}" if decimals else "0"
        elif isinstance(value, date):
            number = "yyyy-mm-dd"
        elif isinstance(value, time):
            number = "hh:mm:ss" if value.second else "hh:mm"
        if (number, doubtful) not in self._formats:
            properties = {"num_format": number} if number else {}
            fill = {"bg_color": DOUBT_COLOUR} if doubtful else {}
            self._formats[number, doubtful] = self._book.add_format({**properties, **fill})
        return self._formats[number, doubtful]


class Sheet:
    """A table in a workbook, of one sheet, or of several where it has more rows than one can hold."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[str]) -> None:
        self._book, self._name, self._columns = book, name, columns
        self._widths = [len(column) for column in columns]
        self._sheet = book.begin(name, columns)
        self._rows = 1

    def add(self, row: Sequence[CellValue], doubtful: Container[int] = ()) -> None:
        """Add a row.

        Args:
            row: Its cells; an empty text or None is an empty cell. Texts are written as they are.
            doubtful: Positions of cells that are marked by a fill, from 0.
        """
        if self._rows == self._book.most_rows:
            self.finish()
            self._sheet, self._rows = self._book.begin(self._name, self._columns), 1
        for index, value in enumerate(row):
            style = self._book.cell_format(value, index in doubtful)
            if value is None or value == "":
                self._sheet.write_blank(self._rows, index, None, style)
            elif isinstance(value, str):
                self._sheet.write_string(self._rows, index, value, style)
            elif isinstance(value, date | time):
                self._sheet.write_datetime(self._rows, index, value, style)
            else:
                self._sheet.write_number(self._rows, index, value, style)
            self._widths[index] = max(self._widths[index], len(str(value or "")))
        self._rows += 1

    def finish(self) -> None:
        """Set the widths of the columns, and let people filter the rows."""
        for index, width in enumerate(self._widths):
            self._sheet.set_column(index, index, min(max(width + 2, NARROWEST), WIDEST))
        self._sheet.autofilter(0, 0, self._rows - 1, len(self._columns) - 1)
