"""The reading of a picture, or of regions of it, before its options are applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..errors import InvalidRegion, marked
from ..results import Box, Number, Table
from .number_grouping import GroupedPage

MOST_DIGITS = 6
"""A number of a region has at most so many digits."""
MOST_REGIONS = 200
MOST_REGION_AREA = 2
"""The regions of a picture together are at most so many times as large as it: fields seldom overlap."""


@dataclass(frozen=True)
class PageReading:
    """The numbers and tables of a picture, and the degrees by which it was turned to be upright."""

    grouped: GroupedPage
    tables: tuple[Table, ...] = ()
    turned: int = 0
    printed_left_out: int = 0
    """Printed numbers that were not read, because only handwriting was asked for."""
    holds_print: bool = False
    holds_texture: bool = False
    """Whether a texture was removed."""

    def mapped(self, place: Callable[[Box], Box]) -> PageReading:
        """Return the reading with all boxes at the places that `place` gives them."""
        numbers = tuple(
            replace(
                number,
                box=place(number.box),
                digits=tuple(replace(digit, box=place(digit.box)) for digit in number.digits),
            )
            for number in self.grouped.numbers
        )
        grouped = replace(self.grouped, numbers=numbers, left_over=tuple(map(place, self.grouped.left_over)))
        tables = tuple(replace(table, box=place(table.box)) for table in self.tables)
        return replace(self, grouped=grouped, tables=tables)

    @classmethod
    def join(cls, readings: Sequence[PageReading]) -> PageReading:
        """Return the readings of several regions as one, with lines and tables numbered on."""
        if len(readings) == 1:
            return readings[0]
        numbers: list[Number] = []
        tables: list[Table] = []
        for reading in readings:
            line_count = max((number.line for number in numbers), default=0)
            for number in reading.grouped.numbers:
                cell = number.cell and replace(number.cell, table=number.cell.table + len(tables))
                numbers.append(replace(number, line=number.line + line_count, cell=cell))
            tables += reading.tables
        left_over = tuple(box for reading in readings for box in reading.grouped.left_over)
        evidence = tuple(item for reading in readings for item in reading.grouped.evidence)
        left_out = sum(reading.printed_left_out for reading in readings)
        holds_handwriting = any(reading.grouped.holds_handwriting for reading in readings)
        holds_print = any(reading.holds_print for reading in readings)
        holds_texture = any(reading.holds_texture for reading in readings)
        grouped = GroupedPage(tuple(numbers), left_over, evidence, holds_handwriting)
        return cls(grouped, tuple(tables), 0, left_out, holds_print, holds_texture)


def parse_region(text: str) -> Box:
    """Return the region that "X,Y,W,H" names. Raises InvalidRegion.

    >>> parse_region("10, 20, 300, 80")
    Box(x=10, y=20, w=300, h=80)
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != len(Box._fields) or not all(part.isdecimal() and len(part) <= MOST_DIGITS for part in parts):
        raise InvalidRegion("a region is X,Y,W,H in pixels, such as 10,20,300,80, not '{text}'", text=text[:40])
    return Box(*(int(part) for part in parts))


def parse_regions(text: str) -> tuple[Box, ...]:
    """Return the regions of a text that separates them by semicolons or lines. Raises InvalidRegion."""
    parts = [part for part in text.replace("\n", ";").split(";") if part.strip()]
    if len(parts) > MOST_REGIONS:
        raise InvalidRegion("there are more than {most} regions: send several requests", most=MOST_REGIONS)
    return tuple(parse_region(part) for part in parts)


def regions_within(regions: Sequence[Box] | None, width: int, height: int) -> list[Box]:
    """Return the parts of a picture that are to be read: `regions` as far as they lie in it; without them all of it.

    Raises InvalidRegion where a region has no pixel in the picture, or they overlap too much.
    """
    if not regions:
        return [Box(0, 0, width, height)]
    inside = []
    for region in regions:
        left, top = max(region.x, 0), max(region.y, 0)
        right, bottom = min(region.x + region.w, width), min(region.y + region.h, height)
        if right <= left or bottom <= top:
            raise InvalidRegion(marked("a region lies outside the picture: give X,Y,W,H in pixels of the picture"))
        inside.append(Box(left, top, right - left, bottom - top))
    if sum(region.w * region.h for region in inside) > MOST_REGION_AREA * width * height:
        raise InvalidRegion(
            "the regions are together more than {most} times as large as the picture: send each part of it once",
            most=MOST_REGION_AREA,
        )
    return inside
