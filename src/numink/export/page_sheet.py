"""A sheet of numbers: the rows of `csv_rows` in a workbook, with numbers and dates to calculate with."""

from __future__ import annotations

from ..results import Page
from .csv_rows import COLUMNS, rows
from .workbook import Workbook, typed_value


class PageSheet:
    """A sheet with a row for each number of pages."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.sheet("Numbers", COLUMNS)

    def add(self, page: Page) -> None:
        """Add the numbers of a page; those that are not accepted are marked."""
        for row, number in zip(rows(page), page.numbers, strict=True):
            values = dict(zip(COLUMNS, row, strict=True))
            values["confidence"] = round(number.confidence, 6)
            values["value"] = typed_value(number.kind, number.value or "")
            self._sheet.add(list(values.values()), () if number.accepted else (COLUMNS.index("number"),))
