"""Columns of tables without rules: gaps that lie below each other in three rows and more."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..results import Box


@dataclass(frozen=True)
class ColumnParameters:
    """Parameters of columns, in the usual height of digits; all set by eye."""

    least_rows: int = 3
    """So many rows make a table, and as many have characters on both sides of a gap between columns."""
    least_share: float = 0.6
    """The least share of a table's rows that has."""
    least_gap: float = 0.4
    """A gap between columns is at least this wide in all rows."""
    gap_ratio: float = 1.6
    """It is wider in the mean than this many times the usual gap within the columns, and by `gap_excess`."""
    gap_excess: float = 0.2
    gap_alone: float = 1.2
    """Where the columns have too few gaps to compare with, it is wider than this in the mean."""
    least_inner_gaps: int = 3
    greatest_row_distance: float = 4.0
    """The middles of two rows of a table are at most this far apart."""


PARAMETERS = ColumnParameters()


@dataclass(frozen=True)
class AlignedRows:
    """Rows of a table without rules."""

    first: int
    """Index of its first row."""
    stop: int
    """Index behind its last row."""
    gaps: tuple[tuple[int, int], ...]
    """The columns of pixels at which the gaps between its columns begin and end, from left to right."""

    def column(self, x: float) -> int:
        """Return the number of the column, from 1, in which a pixel's column lies."""
        return 1 + sum(x > (left + right) / 2 for left, right in self.gaps)


def find_aligned_rows(rows: Sequence[Sequence[Box]], height: float) -> list[AlignedRows]:
    """Return the tables that rows of characters make by the gaps that lie below each other.

    Args:
        rows: The boxes of the characters of each row, from top to bottom; marks left out.
        height: The usual height of digits.
    """
    tables: list[AlignedRows] = []
    first = 0
    while first + PARAMETERS.least_rows <= len(rows):
        stop = first + PARAMETERS.least_rows
        gaps = _common_gaps(rows[first:stop], height)
        while gaps and stop < len(rows) and (longer := _common_gaps(rows[first : stop + 1], height)):
            if len(longer) < len(gaps):
                break
            stop, gaps = stop + 1, longer
        if gaps:
            tables.append(AlignedRows(first, stop, tuple(gaps)))
        first = stop if gaps else first + 1
    return tables


def _common_gaps(rows: Sequence[Sequence[Box]], height: float) -> list[tuple[int, int]]:
    """Return the gaps that all rows share, from left to right."""
    if not all(rows) or not _are_close(rows, height):
        return []
    boxes = [box for row in rows for box in row]
    left, right = min(box.x for box in boxes), max(box.x + box.w for box in boxes)
    covered = np.zeros(right - left + 1, bool)
    for box in boxes:
        covered[box.x - left : box.x + box.w - left] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[True], covered, [True]]).astype(np.int8))) + left
    free = [
        (int(begin), int(end))
        for begin, end in zip(edges[::2], edges[1::2], strict=False)
        if end - begin >= PARAMETERS.least_gap * height and end < right
    ]
    sides = [(sorted(box.x + box.w for box in row), sorted(box.x for box in row)) for row in rows]
    gaps_in = {gap: _widths(sides, gap) for gap in free}
    inner = [
        gap
        for row in rows
        for before, after in pairwise(sorted(row))
        if (gap := after.x - before.x - before.w) > 0 and not _holds_gap(before.x + before.w, after.x, free)
    ]
    least = PARAMETERS.gap_alone * height
    if len(inner) >= PARAMETERS.least_inner_gaps:
        least = min(least, PARAMETERS.gap_ratio * float(np.median(inner)) + PARAMETERS.gap_excess * height)
    least_rows = max(PARAMETERS.least_rows, PARAMETERS.least_share * len(rows))
    return [gap for gap, widths in gaps_in.items() if len(widths) >= least_rows and np.mean(widths) >= least]


def _widths(sides: Sequence[tuple[list[int], list[int]]], gap: tuple[int, int]) -> list[int]:
    """Return how wide a gap is in each of the rows with characters on both sides of it.

    `sides` are the columns at which the characters of each row end, and those at which they begin, in order.
    """
    widths = []
    for ends, starts in sides:
        before, behind = bisect_right(ends, gap[0]), bisect_left(starts, gap[1])
        if before and behind < len(starts):
            widths.append(starts[behind] - ends[before - 1])
    return widths


def _holds_gap(left: int, right: int, gaps: Sequence[tuple[int, int]]) -> bool:
    """Return whether one of the gaps, in order and apart, lies between two columns."""
    first = bisect_left(gaps, (left, left))
    return first < len(gaps) and gaps[first][1] <= right


def _are_close(rows: Sequence[Sequence[Box]], height: float) -> bool:
    middles = [float(np.median([box.y + box.h / 2 for box in row])) for row in rows]
    return all(0 < after - before <= PARAMETERS.greatest_row_distance * height for before, after in pairwise(middles))
