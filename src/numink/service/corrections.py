"""Correction requests: their form, and their check against the reading that they correct."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..corrections import CorrectedPage
from ..errors import NuminkError
from ..results import Box, Page
from ..store.correction import Correction
from ..store.ids import new_id, now
from ..store.reading import Reading

MAX_CORRECTION_LENGTH = 64
MOST_MISSED_NUMBERS = 1000
"""The place of a missed number is looked for among all numbers of its page: it has at most so many."""
CORRECTION_PATTERN = "[!-~€£×°]+( [!-~€£×°]+)*"
"""Regular expression of a text that a person may enter: characters of the line model, and single spaces between."""


class NoSuchNumber(NuminkError):
    """The reading has no such number or digit."""

    kind = "no-such-number"


class InvalidCorrection(NuminkError):
    """The correction does not match the page."""

    kind = "wrong-correction"


class NotTheLastCorrection(NuminkError):
    """Only the last correction of a reading can be withdrawn."""

    kind = "not-the-last"


@dataclass(frozen=True)
class CorrectionRequest:
    """The right text of a number or digit, a missed number, or the right order; indices count from 0.

    The fields are those of `store.Correction`.
    """

    page: int
    number: int | None = None
    text: str = ""
    digit: int | None = None
    box: Box | None = None
    order: tuple[int, ...] = ()


def make_corrections(
    reading: Reading, earlier: Sequence[Correction], requests: Iterable[CorrectionRequest]
) -> list[Correction]:
    """Check requests against a reading with its `earlier` corrections, and return the documents to store.

    Raises NoSuchNumber or InvalidCorrection.
    """
    created = now()
    last_id = max([reading.id, *(correction.id for correction in earlier)])
    corrections: list[Correction] = []
    corrected_pages = [CorrectedPage(page) for page in reading.pages]
    for correction in earlier:
        if correction.page < len(corrected_pages):
            corrected_pages[correction.page].apply(correction)
    for request in requests:
        if request.page >= len(reading.pages):
            raise NoSuchNumber("the reading has no page {page}: pages count from 0", page=request.page)
        corrected = corrected_pages[request.page]
        _check(reading.pages[request.page], corrected, request)
        correction = Correction(
            new_id(reading.owner, last_id), reading.id, created, request.page, request.number, request.text,
            request.digit, request.box, request.order,
        )  # fmt: skip
        corrected.apply(correction)
        number = corrected.number(request.number)
        if request.digit is not None and number is not None:
            correction = replace(correction, whole=number.text)
        corrections.append(correction)
    return corrections


def check_text(text: str) -> None:
    """Raise InvalidCorrection for a text that no number can have."""
    if len(text) > MAX_CORRECTION_LENGTH or (text and not re.fullmatch(CORRECTION_PATTERN, text)):
        raise InvalidCorrection(
            "a correction has at most {most} digits, signs and letters: spell it without accents and line breaks",
            most=MAX_CORRECTION_LENGTH,
        )


def _check(page: Page, corrected: CorrectedPage, request: CorrectionRequest) -> None:
    check_text(request.text)
    if request.box is not None:
        if len(corrected) >= len(page.numbers) + MOST_MISSED_NUMBERS:
            raise InvalidCorrection("a page takes at most {most} missed numbers", most=MOST_MISSED_NUMBERS)
        x, y, w, h = request.box
        if not (w and h and request.text) or x + w > page.width or y + h > page.height:
            raise InvalidCorrection(
                "a missed number needs its text, and a box within {width} x {height} pixels",
                width=page.width,
                height=page.height,
            )
    elif request.order:
        if sorted(request.order) != list(range(len(corrected))):
            raise InvalidCorrection(
                "an order lists each of the page's {count} numbers exactly once, counted from 0", count=len(corrected)
            )
    else:
        number = corrected.number(request.number)
        if number is None:
            raise NoSuchNumber(
                "page {page} of the reading has no number {number}: both count from 0",
                number=request.number,
                page=request.page,
            )
        if request.digit is not None and not (
            number.by_digit and number.read and request.digit < len(number.read.digits)
        ):
            raise NoSuchNumber(
                "number {number} has no digit {digit}, counted from 0, that can be corrected by itself: "
                "send the whole number instead",
                number=request.number,
                digit=request.digit,
            )
