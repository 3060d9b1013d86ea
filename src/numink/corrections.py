"""What counts on a page, once people have said what is not right: its numbers as they were corrected, in their order.

Knows what was read and the corrections, in the order of time; nothing of where they are kept or shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby

from .results import Box, Number, Page
from .store.correction import Correction
from .store.reading import Reading


@dataclass(frozen=True, slots=True)
class CorrectedNumber:
    """A number as it counts. `place` is what corrections call it by, `text` is empty where there is no number."""

    index: int
    line: int
    text: str
    box: Box
    read: Number | None
    """What numink had read; None for a number that was missed."""
    digit_texts: tuple[str | None, ...] = ()
    """For each digit that was read, what it is; None: nobody said so. Empty: nobody said so of any."""
    is_whole: bool = False
    """Whether somebody said what the whole number is."""

    @property
    def is_reviewed(self) -> bool:
        """Whether anybody said anything of it."""
        return self.read is None or self.is_whole or bool(self.digit_texts)

    @property
    def by_digit(self) -> bool:
        """Whether its digits are still those that were read, one for one."""
        return self.read is not None and (bool(self.digit_texts) or not self.is_whole)

    @property
    def open_digits(self) -> list[int]:
        """The places of the digits that are not sure, and of which nobody said what they are."""
        if self.read is None or self.is_whole:
            return []
        said = self.digit_texts or (None,) * len(self.read.digits)
        return [
            at
            for at, (digit, now) in enumerate(zip(self.read.digits, said, strict=True))
            if now is None and not digit.accepted
        ]


def apply_corrections(page: Page, corrections: Iterable[Correction]) -> tuple[CorrectedNumber, ...]:
    """The numbers of a page as they count, in the right order; `corrections` are those of this page.

    What was said of a whole page as one text says nothing of its single numbers.
    """
    return reduce(apply_correction, corrections, as_read(page))


def as_read(page: Page) -> tuple[CorrectedNumber, ...]:
    """Before anybody said anything."""
    return tuple(
        CorrectedNumber(place, number.line, number.text, number.box, number)
        for place, number in enumerate(page.numbers)
    )


def apply_correction(numbers: tuple[CorrectedNumber, ...], correction: Correction) -> tuple[CorrectedNumber, ...]:
    """The numbers after one more correction; one of something that is not there changes nothing."""
    if correction.box is not None:
        return _put(numbers, correction.text, correction.box)
    if correction.order:
        return _ordered(numbers, correction.order)
    return tuple(_told(number, correction) if number.index == correction.number else number for number in numbers)


def corrected_text(numbers: Sequence[CorrectedNumber]) -> str:
    """As `Page.text`, with what counts: numbers apart by a blank, lines by a newline."""
    lines = (" ".join(number.text for number in line if number.text) for line in lines_of(numbers))
    return "\n".join(line for line in lines if line)


def lines_of(numbers: Sequence[CorrectedNumber]) -> list[list[CorrectedNumber]]:
    """The numbers of one line together."""
    return [list(line) for _, line in groupby(numbers, lambda number: number.line)]


def by_page(reading: Reading, corrections: Iterable[Correction]) -> list[tuple[CorrectedNumber, ...]]:
    """The numbers of each page of a reading, as they count."""
    said: dict[int, list[Correction]] = {}
    for one in corrections:
        said.setdefault(one.page, []).append(one)
    return [apply_corrections(page, said.get(at, ())) for at, page in enumerate(reading.pages)]


def _told(number: CorrectedNumber, correction: Correction) -> CorrectedNumber:
    digits = number.read.digits if number.read else ()
    text, at = correction.text, correction.digit
    if at is None:
        return replace(number, text=text, is_whole=True, digit_texts=tuple(text) if len(text) == len(digits) else ())
    if not number.by_digit or at >= len(digits):
        return number
    said = list(number.digit_texts or (None,) * len(digits))
    said[at] = text
    now = "".join(digit.text if one is None else one for digit, one in zip(digits, said, strict=True))
    return replace(number, text=now, digit_texts=tuple(said))


def _put(numbers: tuple[CorrectedNumber, ...], text: str, box: Box) -> tuple[CorrectedNumber, ...]:
    """With one that was missed: beside its nearest neighbour at this height, or on a line of its own."""
    missed = CorrectedNumber(len(numbers), 1, text, box, None)
    across, along = _middle(box)
    beside = [
        (abs(_middle(number.box)[0] - across), at)
        for at, number in enumerate(numbers)
        if number.box.y <= along < number.box.y + number.box.h
    ]
    if beside:
        at = min(beside)[1]
        after = at + (_middle(numbers[at].box)[0] < across)
        return (*numbers[:after], replace(missed, line=numbers[at].line), *numbers[after:])
    below = next((at for at, number in enumerate(numbers) if number.box.y > along), len(numbers))
    line = numbers[below - 1].line + 1 if below else 1
    rest = tuple(replace(number, line=number.line + 1) for number in numbers[below:])
    return (*numbers[:below], replace(missed, line=line), *rest)


def _ordered(numbers: tuple[CorrectedNumber, ...], order: Sequence[int]) -> tuple[CorrectedNumber, ...]:
    """In that order, those that it does not name at the end; the lines keep their lengths."""
    ranks = {place: rank for rank, place in enumerate(order)}
    sorted_ = sorted(numbers, key=lambda number: ranks.get(number.index, len(order)))
    return tuple(replace(number, line=was.line) for number, was in zip(sorted_, numbers, strict=True))


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.w / 2, box.y + box.h / 2
