"""Lines that stand below each other in columns: the cells of tables without rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..results import Box, Cell, Table
from ..structure.columns import AlignedRows, find_aligned_rows
from .line_place import LinePlace
from .line_segmentation import is_tall, segment_line
from .types import Component, RecognizedLine, TextLine

LEAST_NUMBER_CELLS = 0.4
"""In a table without rules at least this share of the cells are numbers: words stand below each other, too."""


def align(
    lines: Sequence[TextLine], table_count: int, *, may_align: bool = True
) -> tuple[list[list[TextLine]], list[Table]]:
    """Return the rows of a page or a region, each with its lines, and the tables among them.

    Args:
        lines: The lines from top to bottom.
        table_count: The number of tables before these.
        may_align: Whether to look for tables at all.
    """
    rows = _rows(lines)
    if not rows or not may_align:
        return rows, []
    height = float(np.median([line.digit_height for line in lines]))
    boxes = [[part.box for line in row for part in line.components if is_tall(part, line.digit_height)] for row in rows]
    tables: list[Table] = []
    for aligned in find_aligned_rows(boxes, height):
        table = table_count + len(tables) + 1
        around = [line.box for row in rows[aligned.first : aligned.stop] for line in row]
        tables.append(Table(Box.around(around), aligned.stop - aligned.first, len(aligned.gaps) + 1))
        for number, index in enumerate(range(aligned.first, aligned.stop), 1):
            rows[index] = _cells(rows[index], aligned, table, number)
    return rows, tables


def are_tables(lines: Sequence[RecognizedLine], first: int) -> bool:
    """Return whether the tables without rules, which are numbered from `first` on, hold numbers for the most part."""
    cells: dict[int, list[bool]] = defaultdict(list)
    for line in lines:
        cell = line.line.place.cell
        if cell is not None and cell.table >= first:
            cells[cell.table].append(_reads_as_number(line))
    return all(np.mean(are_numbers) >= LEAST_NUMBER_CELLS for are_numbers in cells.values())


def _reads_as_number(line: RecognizedLine) -> bool:
    """Return whether most characters of a line, and of what could not be read on it, are digits."""
    digits, unread = len(line.best.digits), len(line.best.unread)
    return 2 * digits > len(line.best.read) + unread


def _rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Return lines that stand beside each other as rows, from top to bottom."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.y + line.box.h / 2):
        if rows and _is_beside(line.box, rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_beside(box: Box, row: Sequence[TextLine]) -> bool:
    """Return whether a line's box shares most rows with a row of lines, and no columns."""
    for line in row:
        shared = min(box.y + box.h, line.box.y + line.box.h) - max(box.y, line.box.y)
        columns = min(box.x + box.w, line.box.x + line.box.w) - max(box.x, line.box.x)
        if shared < 0.5 * min(box.h, line.box.h) or columns > 0:
            return False
    return True


def _cells(row: Sequence[TextLine], rows: AlignedRows, table: int, number: int) -> list[TextLine]:
    """Return a row's lines, one for each column."""
    by_column: dict[int, list[Component]] = defaultdict(list)
    for line in row:
        for component in line.components:
            by_column[rows.column(component.middle)].append(component)
    height = float(np.median([line.digit_height for line in row]))
    return [
        replace(segment_line(components, height), place=LinePlace(cell=Cell(table, number, column)))
        for column, components in sorted(by_column.items())
    ]
