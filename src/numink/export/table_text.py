"""The tables of a page as text: rows of cells with tabs between them, as spreadsheets paste them."""

from __future__ import annotations

from collections.abc import Iterator

from ..results import Page
from .page_blocks import block_lines, page_blocks


def table_lines(page: Page) -> Iterator[str]:
    """Yield the lines of a page: a table's rows with a tab between two cells, other lines with spaces between numbers.

    Tables stand where their first number does; the numbers of one cell have a space between them; empty rows and
    columns stay, and an empty line is between two tables.
    """
    numbers = [number for number in page.numbers if not number.struck_out]
    yield from block_lines(page_blocks(numbers, page.tables), lambda number: number.text)
