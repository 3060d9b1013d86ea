"""CSV rows of a page, one for each number, safe to open in spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..results import Page

COLUMNS = (
    "file", "page", "line", "number", "confidence", "accepted", "x", "y", "w", "h", "kind", "value", "table", "row",
    "column",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters at the beginning of a field that make spreadsheets treat it as a formula."""
FORMULA_IN_CELL = re.compile(r"(?<=[;\t\r\n])(?=[\s\"']*[=+\-@＝＋－＠])")
"""Places inside a field where a spreadsheet begins a new cell and a formula in it: it may take ; or a tab for the
separator, as German ones do, and does then not see the quotes around a field."""
PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def rows(page: Page) -> Iterator[tuple[Any, ...]]:
    """Yield a row of COLUMNS for each number of `page`, in reading order.

    `number` is a text, so that spreadsheets show -186 or +49 30 as it is written; `value` is what they calculate with.
    """
    for number in page.numbers:
        yield (
            harmless(page.file), page.page, number.line, harmless(number.text), f"{number.confidence:.6f}",
            "yes" if number.accepted else "no", *number.box, number.kind, value_cell(number.value),
            *((number.cell.table, number.cell.row, number.cell.column) if number.cell else ("", "", "")),
        )  # fmt: skip


def harmless(text: str) -> str:
    """Return the text, with an apostrophe wherever a formula could begin (OWASP: CSV injection).

    >>> harmless("-186"), harmless("24.15"), harmless("=1+2"), harmless("a;=1+2")
    ("'-186", '24.15', "'=1+2", "a;'=1+2")
    """
    text = FORMULA_IN_CELL.sub("'", text)
    return f"'{text}" if text.startswith(FORMULA) else text


def value_cell(value: str | None, decimal_sign: str = ".") -> str:
    """Return the cell of a value: a number as it is, anything else harmless, nothing where there is no value.

    >>> value_cell("-186.5"), value_cell("+4930"), value_cell(None), value_cell("-186.5", ",")
    ('-186.5', "'+4930", '', '-186,5')
    """
    value = value or ""
    return value.replace(".", decimal_sign) if PLAIN_NUMBER.fullmatch(value) else harmless(value)


def csv_line(row: Iterable[Any], separator: str = ",") -> str:
    """Return a line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line, delimiter=separator).writerow(row)
    return line.getvalue()
