"""The place of a text line on its page: its row, its cell, and where its characters stood before they were moved."""

from __future__ import annotations

from dataclasses import dataclass

from ..results import Box, Cell


@dataclass(frozen=True)
class LinePlace:
    """The place of a line that stands in a cell or a field; the default is that of any other line."""

    row: int = 0
    """Lines with the same row, if not 0, count as one line of the page."""
    cell: Cell | None = None
    """The cell of a table in which it stands."""
    is_printed: bool = False
    """Whether it is printed, not written by hand."""
    shifts: tuple[tuple[int, int], ...] = ()
    """Where characters of a field were moved together: from which column on how many columns lead back."""

    def original(self, box: Box) -> Box:
        """Return the place on the page of a box of the line."""
        shift = 0
        for start, back in self.shifts:
            if start <= box.x + box.w / 2:
                shift = back
        return box.moved(shift, 0)


ANYWHERE = LinePlace()
