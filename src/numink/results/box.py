"""A rectangle of pixels."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels of the upright picture.

    >>> Box(10, 10, 20, 20).overlap(Box(20, 10, 20, 20))
    0.3333333333333333
    """

    x: int
    """Its left column."""
    y: int
    """Its top row."""
    w: int
    """Its width."""
    h: int
    """Its height."""

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """Return the smallest box that contains all of `boxes`.

        Args:
            boxes: At least one.

        >>> Box.around([Box(0, 0, 10, 10), Box(20, 5, 10, 10)])
        Box(x=0, y=0, w=30, h=15)
        """
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
        return cls(left, top, right - left, bottom - top)

    def moved(self, x: int, y: int) -> Box:
        """Return the box moved by `x` columns to the right and `y` rows down."""
        return Box(self.x + x, self.y + y, self.w, self.h)

    def grown(self, by: int) -> Box:
        """Return the box with `by` more pixels on each side, or fewer where that is negative."""
        return Box(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def overlap(self, other: Box) -> float:
        """Return the intersection over union of two boxes, 0..1.

        Args:
            other: A box in pixels of the same picture.
        """
        columns = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        rows = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        shared = max(columns, 0) * max(rows, 0)
        return shared / max(self.w * self.h + other.w * other.h - shared, 1)
