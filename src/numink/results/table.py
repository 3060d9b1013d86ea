"""Tables of a page, and their cells."""

from __future__ import annotations

from dataclasses import dataclass

from .box import Box


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, by numbers from 1."""

    table: int
    """Its table on the page."""
    row: int
    """Its row of the table, from the top."""
    column: int
    """Its column of the table, from the left."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page."""

    box: Box
    """The box around it."""
    rows: int
    """Number of its rows."""
    columns: int
    """Number of its columns."""
