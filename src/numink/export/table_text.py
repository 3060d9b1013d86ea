"""The tables of a page as text: rows of cells with tabs between them, as spreadsheets paste them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..results import Number, Page


def table_lines(page: Page) -> Iterator[str]:
    """Yield the lines of a page: a table's rows with a tab between two cells, other lines with spaces between numbers.

    Tables stand where their first number does; the numbers of one cell have a space between them; empty rows and
    columns stay, and an empty line is between two tables.
    """
    numbers = [number for number in page.numbers if not number.struck_out]
    done: set[int] = set()
    lines: dict[int, list[str]] = defaultdict(list)
    for number in numbers:
        if number.cell is None:
            lines[number.line].append(number.text)
    last_line = 0
    for number in numbers:
        if number.cell is None:
            if number.line != last_line:
                yield " ".join(lines[number.line])
            last_line = number.line
        elif number.cell.table not in done:
            if done:
                yield ""
            done.add(number.cell.table)
            yield from _rows(page, numbers, number.cell.table)


def _rows(page: Page, numbers: list[Number], table: int) -> Iterator[str]:
    cells: dict[tuple[int, int], list[str]] = defaultdict(list)
    for number in numbers:
        if number.cell is not None and number.cell.table == table:
            cells[number.cell.row, number.cell.column].append(number.text)
    for row in range(1, page.tables[table - 1].rows + 1):
        columns = range(1, page.tables[table - 1].columns + 1)
        yield "\t".join(" ".join(cells.get((row, column), [])) for column in columns)
