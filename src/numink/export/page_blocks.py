"""The numbers of a page in blocks as they are shown: lines of numbers, and tables of cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..results import Cell, Table


class Placed(Protocol):
    """A number with its place on the page, as read or as corrected."""

    @property
    def line(self) -> int:
        """Line on the page, from 1."""

    @property
    def cell(self) -> Cell | None:
        """Cell of a table; None outside tables."""


AnyNumber = TypeVar("AnyNumber", bound=Placed)


@dataclass(frozen=True)
class LineBlock(Generic[AnyNumber]):
    """Numbers of one line, outside tables."""

    numbers: tuple[AnyNumber, ...]


@dataclass(frozen=True)
class TableBlock(Generic[AnyNumber]):
    """A table: rows of cells, each with the numbers in it; empty rows and columns stay."""

    table: int
    """Number of the table on the page, from 1."""
    rows: tuple[tuple[tuple[AnyNumber, ...], ...], ...]


Block = LineBlock[AnyNumber] | TableBlock[AnyNumber]


def page_blocks(numbers: Sequence[AnyNumber], tables: Sequence[Table]) -> list[Block[AnyNumber]]:
    """Arrange numbers in blocks; a table stands where the first of its numbers does."""
    cells: dict[tuple[int, int, int], list[AnyNumber]] = defaultdict(list)
    order: list[int | list[AnyNumber]] = []
    line: list[AnyNumber] = []
    for number in numbers:
        if cell := number.cell:
            cells[cell.table, cell.row, cell.column].append(number)
            if cell.table not in order:
                order.append(cell.table)
        elif line and line[0].line == number.line:
            line.append(number)
        else:
            order.append(line := [number])
    return [
        LineBlock(tuple(part)) if isinstance(part, list) else TableBlock(part, _rows(cells, part, tables[part - 1]))
        for part in order
    ]


def block_lines(blocks: Sequence[Block[AnyNumber]], text: Callable[[AnyNumber], str]) -> Iterator[str]:
    """Yield the lines of blocks as text: a tab between two cells, a space between two numbers.

    `text` returns the text of a number; an empty one is left out. An empty line is between two tables.
    """
    between_tables = False
    for block in blocks:
        if isinstance(block, LineBlock):
            if line := _joined(block.numbers, text):
                yield line
            continue
        if between_tables:
            yield ""
        between_tables = True
        for row in block.rows:
            yield "\t".join(_joined(cell, text) for cell in row)


def _joined(numbers: Sequence[AnyNumber], text: Callable[[AnyNumber], str]) -> str:
    return " ".join(filter(None, map(text, numbers)))


def _rows(
    cells: dict[tuple[int, int, int], list[AnyNumber]], number: int, table: Table
) -> tuple[tuple[tuple[AnyNumber, ...], ...], ...]:
    return tuple(
        tuple(tuple(cells.get((number, row, column), ())) for column in range(1, table.columns + 1))
        for row in range(1, table.rows + 1)
    )
