"""Areas make tables with rows and columns, fields of boxes, and columns without rules."""

from __future__ import annotations

import numpy as np
import pytest

from numink.results import Box
from numink.structure.areas import Areas, find_grids, label_areas
from numink.structure.columns import find_aligned_rows
from numink.structure.layout import PageLayout, find_layout


def areas_of(*boxes: tuple[int, int, int, int]) -> Areas:
    enclosed = np.zeros((400, 900), np.uint8)
    for x, y, w, h in boxes:
        enclosed[y : y + h, x : x + w] = 1
    return label_areas(enclosed)


def row_of(count: int, width: int, y: int = 20, gap: int = 3, height: int = 40) -> list[tuple[int, int, int, int]]:
    return [(20 + index * (width + gap), y, width, height) for index in range(count)]


def layout_of(areas: Areas, characters: int = 1) -> PageLayout:
    boxes = {area: [Box(box.x + 5, box.y + 5, 10, 20)] * characters for area, box in areas.boxes.items()}
    return find_layout(areas, boxes)


def test_areas_that_touch_are_a_grid_with_rows_and_columns() -> None:
    areas = areas_of(*row_of(3, 100), *row_of(3, 100, y=63))
    (grid,) = find_grids(areas)
    by_place = {(grid.rows[area], grid.columns[area]): (box.x, box.y) for area, box in areas.boxes.items()}

    assert (grid.row_count, grid.column_count) == (2, 3)
    assert by_place[1, 1] == (20, 20)
    assert by_place[2, 3] == (226, 63)


def test_a_head_over_two_columns_leaves_the_columns_below_it_as_they_are() -> None:
    (grid,) = find_grids(areas_of((20, 20, 100, 40), (123, 20, 203, 40), *row_of(3, 100, y=63), *row_of(3, 100, y=106)))

    assert sorted(grid.columns.values()) == [1, 1, 1, 2, 2, 2, 3, 3]
    assert grid.row_count == 3


def test_areas_far_apart_are_grids_of_their_own() -> None:
    assert len(find_grids(areas_of(*row_of(2, 100), *row_of(2, 100, y=200)))) == 2


def test_narrow_boxes_in_a_row_with_a_character_each_are_one_field() -> None:
    (region,) = layout_of(areas_of(*row_of(6, 40))).regions

    assert region.is_field
    assert region.table == 0


def test_boxes_apart_are_one_field_if_they_are_of_one_size() -> None:
    assert len(layout_of(areas_of(*row_of(4, 40, gap=20))).regions) == 1
    assert len(layout_of(areas_of((20, 20, 40, 40), (80, 20, 90, 40), (200, 20, 40, 40))).regions) == 3


def test_a_row_of_cells_with_several_characters_is_a_table() -> None:
    layout = layout_of(areas_of(*row_of(4, 60)), characters=3)

    assert [(table.rows, table.columns) for table in layout.tables] == [(1, 4)]
    assert [region.column for region in layout.regions] == [1, 2, 3, 4]


def test_a_square_grid_of_single_digits_is_a_table() -> None:
    boxes = [box for row in range(9) for box in row_of(9, 30, y=10 + 33 * row, height=30)]

    assert [(table.rows, table.columns) for table in layout_of(areas_of(*boxes)).tables] == [(9, 9)]


def digits_at(*left: int, y: int) -> list[Box]:
    return [Box(x, y, 20, 30) for x in left]


def test_gaps_below_each_other_in_three_rows_make_columns() -> None:
    rows = [digits_at(0, 24, 80, 104, y=50 * index) for index in range(3)]
    (table,) = find_aligned_rows(rows, 30)

    assert (table.first, table.stop) == (0, 3)
    assert (table.column(10), table.column(100)) == (1, 2)
    assert find_aligned_rows(rows[:2], 30) == []


@pytest.mark.parametrize("distance", [30, 40])
def test_digits_with_even_gaps_are_no_columns(distance: int) -> None:
    rows = [digits_at(*range(0, 6 * distance, distance), y=50 * index) for index in range(4)]

    assert find_aligned_rows(rows, 30) == []
