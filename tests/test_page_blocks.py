"""Numbers of a page are arranged in lines and tables, and copied with tabs between cells."""

from __future__ import annotations

from dataclasses import dataclass

from numink.export.page_blocks import LineBlock, TableBlock, block_lines, page_blocks
from numink.results import Box, Cell, Table


@dataclass(frozen=True)
class Placed:
    text: str
    line: int
    cell: Cell | None = None


def table(rows: int, columns: int) -> Table:
    return Table(Box(0, 0, 100, 100), rows, columns)


def lines_of(numbers: list[Placed], *tables: Table) -> list[str]:
    return list(block_lines(page_blocks(numbers, tables), lambda number: number.text))


def test_numbers_of_a_line_are_one_block() -> None:
    first, second, third = Placed("1", 1), Placed("2", 1), Placed("3", 2)

    assert page_blocks([first, second, third], []) == [LineBlock((first, second)), LineBlock((third,))]


def test_a_table_stays_whole_with_its_empty_cells() -> None:
    last = Placed("9", 2, Cell(1, 2, 3))

    (block,) = page_blocks([last], [table(2, 3)])

    assert block == TableBlock(1, (((), (), ()), ((), (), (last,))))


def test_cells_have_tabs_between_them_and_tables_an_empty_line() -> None:
    numbers = [
        Placed("2026", 1), Placed("1", 2, Cell(1, 1, 1)), Placed("7", 2), Placed("2", 2, Cell(1, 1, 2)),
        Placed("3", 3, Cell(1, 2, 2)), Placed("4", 3, Cell(1, 2, 2)), Placed("5", 4, Cell(2, 1, 1)),
    ]  # fmt: skip

    assert lines_of(numbers, table(2, 2), table(1, 1)) == ["2026", "1\t2", "\t3 4", "7", "", "5"]


def test_a_line_whose_numbers_were_removed_is_left_out() -> None:
    assert lines_of([Placed("1", 1), Placed("", 2), Placed("3", 3)]) == ["1", "3"]
