"""The layout of a page: regions, which are cells of tables, fields of boxes, or the rest of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..results import Box, Table
from .areas import Areas, Grid, find_grids


@dataclass(frozen=True)
class LayoutParameters:
    """Parameters of the layout; all set by eye."""

    least_boxes: int = 3
    """A row of fewer boxes is a field only where they are narrow."""
    greatest_aspect: float = 1.6
    """A narrow box is at most this many times as wide as tall."""
    greatest_width_ratio: float = 1.7
    """Boxes of one field: the widest has at most this many times the median width, the narrowest one part of it."""
    least_single: float = 0.7
    """Share of the filled boxes of a field that hold one character."""
    least_stacked_boxes: int = 8
    """Rows of at least this many boxes may be fields one below the other rather than a table."""
    stacked_aspect: float = 2.5
    """Such rows have at least this many times as many boxes as there are rows."""
    greatest_box_gap: float = 1.0
    """Greatest gap between separate boxes of one field, in widths of a box."""
    same_size: float = 0.25
    """Separate boxes of one field differ by less than this part in width and height."""
    same_row: float = 0.3
    """Separate boxes of one field begin at rows that differ by less than this part of their height."""


PARAMETERS = LayoutParameters()


@dataclass(frozen=True)
class Region:
    """A part of the page whose lines are segmented apart from all others."""

    areas: tuple[int, ...]
    """Its areas from left to right: several are the boxes of one field, with a character in each."""
    table: int = 0
    """Number of its table on the page, from 1; 0 outside tables."""
    row: int = 0
    column: int = 0

    @property
    def is_field(self) -> bool:
        """Whether it is a field of several boxes, with a character in each."""
        return len(self.areas) > 1


@dataclass(frozen=True)
class PageLayout:
    """The regions of a page; all of the page that is in none of them is one more."""

    areas: Areas
    regions: tuple[Region, ...] = ()
    tables: tuple[Table, ...] = ()


def find_layout(areas: Areas, characters: Mapping[int, Sequence[Box]]) -> PageLayout:
    """Return the layout of a page.

    Args:
        areas: The areas that its rules enclose.
        characters: Of the areas that are not empty, the boxes of the characters, marks left out.
    """
    regions: list[Region] = []
    tables: list[Table] = []
    lone: list[int] = []
    for grid in find_grids(areas):
        if len(grid.rows) == 1:
            lone += grid.rows
        elif _is_field(grid, areas, characters):
            regions += [Region(tuple(grid.row(row))) for row in range(1, grid.row_count + 1)]
        else:
            tables.append(_table(grid, areas))
            regions += [Region((area,), len(tables), grid.rows[area], grid.columns[area]) for area in sorted(grid.rows)]
    regions += [Region(boxes) for boxes in _separate_boxes(lone, areas, characters)]
    return PageLayout(areas, tuple(regions), tuple(tables))


def _table(grid: Grid, areas: Areas) -> Table:
    return Table(Box.around([areas.boxes[area] for area in grid.rows]), grid.row_count, grid.column_count)


def _is_field(grid: Grid, areas: Areas, characters: Mapping[int, Sequence[Box]]) -> bool:
    """Return whether each row of a grid is a field of boxes, one for each character."""
    rows, columns = grid.row_count, grid.column_count
    if rows > 1 and not (columns >= PARAMETERS.least_stacked_boxes and columns >= PARAMETERS.stacked_aspect * rows):
        return False
    boxes = [areas.boxes[area] for area in grid.rows]
    width, height = float(np.median([box.w for box in boxes])), float(np.median([box.h for box in boxes]))
    even = [
        width / PARAMETERS.greatest_width_ratio <= box.w <= PARAMETERS.greatest_width_ratio * width for box in boxes
    ]
    narrow = width <= PARAMETERS.greatest_aspect * height
    if np.mean(even) < PARAMETERS.least_single or not (narrow or len(boxes) >= PARAMETERS.least_boxes):
        return False
    return _hold_single_characters(list(grid.rows), characters)


def _hold_single_characters(boxes: Sequence[int], characters: Mapping[int, Sequence[Box]]) -> bool:
    counts = [len(characters[area]) for area in boxes if characters.get(area)]
    return not counts or float(np.mean([count == 1 for count in counts])) >= PARAMETERS.least_single


def _separate_boxes(
    lone: Sequence[int], areas: Areas, characters: Mapping[int, Sequence[Box]]
) -> list[tuple[int, ...]]:
    """Return lone areas, those together that are boxes of one field."""
    rows: dict[int, list[int]] = defaultdict(list)
    for area in sorted(lone, key=lambda area: areas.boxes[area].x):
        last = next((first for first, row in rows.items() if _continues(areas.boxes[row[-1]], areas.boxes[area])), area)
        rows[last].append(area)
    fields: list[tuple[int, ...]] = []
    for row in rows.values():
        gaps = [areas.boxes[after].x - areas.boxes[before].x for before, after in pairwise(row)]
        is_even = not gaps or max(gaps) <= PARAMETERS.greatest_width_ratio * float(np.median(gaps))
        if len(row) > 1 and is_even and _hold_single_characters(row, characters):
            fields.append(tuple(row))
        else:
            fields += [(area,) for area in row]
    return fields


def _continues(before: Box, box: Box) -> bool:
    """Return whether two boxes are neighbours of one field."""
    same_size = all(
        abs(one_side - other_side) <= PARAMETERS.same_size * max(one_side, other_side)
        for one_side, other_side in ((before.w, box.w), (before.h, box.h))
    )
    gap = box.x - before.x - before.w
    return (
        same_size
        and abs(before.y - box.y) <= PARAMETERS.same_row * box.h
        and 0 <= gap <= PARAMETERS.greatest_box_gap * box.w
    )
