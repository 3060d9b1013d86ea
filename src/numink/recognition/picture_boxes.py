"""Boxes of numbers that were read on a sheet, as boxes on the picture that shows the sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..imaging.sheet import Sheet
from ..results import Number


def numbers_on_picture(numbers: Iterable[Number], sheet: Sheet, turned: int) -> tuple[Number, ...]:
    """Return numbers with their boxes, and those of their digits, in pixels of the picture.

    Args:
        numbers: Numbers with boxes in pixels of the sheet.
        sheet: The sheet that they were read on.
        turned: Degrees clockwise by which sheet and picture are turned to be upright.
    """
    if sheet.matrix is None:
        return tuple(numbers)
    return tuple(
        replace(
            number,
            box=sheet.to_picture(number.box, turned),
            digits=tuple(replace(digit, box=sheet.to_picture(digit.box, turned)) for digit in number.digits),
        )
        for number in numbers
    )
