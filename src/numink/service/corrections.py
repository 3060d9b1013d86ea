"""What people say that is not right with a reading: as forms send it, and checked against what was read.

Knows no routes and no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..corrections import CorrectedNumber, apply_correction, apply_corrections
from ..errors import NuminkError
from ..results import Box, Page
from ..store.correction import Correction
from ..store.ids import new_id, now
from ..store.reading import Reading


class NoSuchNumber(NuminkError):
    """The reading has no such number to correct."""

    kind = "no-such-number"


class InvalidCorrection(NuminkError):
    """A correction of something that is not on the page."""

    kind = "wrong-correction"


@dataclass(frozen=True)
class CorrectionRequest:
    """What should stand at a place, as `store.Correction` has it; all count from 0."""

    page: int
    number: int | None = None
    text: str = ""
    digit: int | None = None
    box: Box | None = None
    order: tuple[int, ...] = ()


def corrections_of(
    reading: Reading, before: Sequence[Correction], fixes: Iterable[CorrectionRequest]
) -> list[Correction]:
    """The documents of `fixes`, after those that were made `before`. Raises NoSuchNumber or WrongFix."""
    created = now()
    made: list[Correction] = []
    pages: dict[int, tuple[CorrectedNumber, ...]] = {}
    for fix in fixes:
        if fix.page >= len(reading.pages):
            raise NoSuchNumber("the reading has no page {page}: pages count from 0", page=fix.page)
        page = reading.pages[fix.page]
        numbers = pages.get(fix.page) or apply_corrections(page, (one for one in before if one.page == fix.page))
        _check(page, numbers, fix)
        one = Correction(
            new_id(reading.owner), reading.id, created, fix.page, fix.number, fix.text, fix.digit, fix.box, fix.order
        )
        pages[fix.page] = apply_correction(numbers, one)
        if fix.digit is not None:
            one = _with_whole(one, pages[fix.page])
        made.append(one)
    return made


def _check(page: Page, numbers: Sequence[CorrectedNumber], fix: CorrectionRequest) -> None:
    if fix.box is not None:
        x, y, w, h = fix.box
        if not (w and h and fix.text) or x + w > page.width or y + h > page.height:
            raise InvalidCorrection(
                "what was missed has digits, and a place within {width} x {height} pixels",
                width=page.width,
                height=page.height,
            )
    elif fix.order:
        if sorted(fix.order) != list(range(len(numbers))):
            raise InvalidCorrection(
                "an order names each of the page's {count} numbers once, from 0", count=len(numbers)
            )
    else:
        number = next((one for one in numbers if one.index == fix.number), None)
        if number is None:
            raise NoSuchNumber(
                "the reading has no number {number} on page {page}: both count from 0", number=fix.number, page=fix.page
            )
        if fix.digit is not None and not (number.by_digit and number.read and fix.digit < len(number.read.digits)):
            raise NoSuchNumber(
                "number {number} has no digit {digit}, from 0, that can be corrected alone: "
                "say what the whole number is",
                number=fix.number,
                digit=fix.digit,
            )


def _with_whole(one: Correction, numbers: Iterable[CorrectedNumber]) -> Correction:
    whole = next(number.text for number in numbers if number.index == one.number)
    return replace(one, whole=whole)
