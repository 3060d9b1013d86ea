"""Corrections applied to the pages of a reading: the numbers that count, in the right order.

This module defines when a doubtful number (one that was not accepted) is settled: as soon as a correction gives its
whole text or that of the whole page, or corrections give each of its characters that were not accepted. A number that
was not accepted though each of its characters was needs one of its whole text. The queues of
doubtful numbers in the stores (`store/sqlite/review_queue.py`, `store/couchdb/documents_of_readings.py`) repeat this
definition in the languages of their databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby

from .recognition.number_grammar import ParsedNumber, parse_number
from .results import Box, Number, Page, in_place_of
from .store.correction import Correction
from .store.reading import Reading


@dataclass(frozen=True, slots=True)
class CorrectedNumber:
    """A number of a page after corrections."""

    index: int
    """Index by which corrections refer to it: read numbers in reading order, then missed ones as they were added."""
    line: int
    """Line on the page, from 1."""
    text: str
    """Text that counts; empty where there is no number."""
    box: Box
    """Box in the picture, in pixels."""
    read: Number | None
    """Number as it was read; None for one that was missed."""
    digit_texts: tuple[str | None, ...] = ()
    """Corrected text of each character that was read, None for one without a correction; empty without any."""
    is_whole: bool = False
    """True where a correction gave the whole number."""

    @property
    def is_reviewed(self) -> bool:
        """True where there is a correction of the number or of one of its digits."""
        return self.read is None or self.is_whole or bool(self.digit_texts)

    @property
    def by_digit(self) -> bool:
        """True where its digits and signs are still those that were read, one for one."""
        return self.read is not None and (bool(self.digit_texts) or not self.is_whole)

    @property
    def open_digits(self) -> list[int]:
        """Indices of the digits and signs that were not accepted and have no correction."""
        if self.read is None or self.is_whole:
            return []
        corrected = self.digit_texts or (None,) * len(self.read.digits)
        return [
            index
            for index, (digit, text) in enumerate(zip(self.read.digits, corrected, strict=True))
            if text is None and not digit.accepted
        ]

    @property
    def needs_whole(self) -> bool:
        """True where the number was not accepted though each of its characters was, and nobody has reviewed it."""
        if self.read is None or self.is_whole or self.read.accepted:
            return False
        return all(digit.accepted for digit in self.read.digits)

    @property
    def needs_review(self) -> bool:
        """True where the number is doubtful and not settled."""
        return self.needs_whole or bool(self.open_digits)

    @property
    def parsed(self) -> ParsedNumber:
        """Kind and value: those that were read, or those of the corrected text."""
        if self.read is not None and self.text == self.read.text:
            return ParsedNumber(self.read.kind, self.read.value, self.read.ambiguous)
        return parse_number(self.text)


def apply_corrections(page: Page, corrections: Iterable[Correction]) -> tuple[CorrectedNumber, ...]:
    """Apply corrections to the numbers of a page.

    Args:
        page: Page as it was read.
        corrections: Corrections of this page, oldest first. Those of the page's whole text change no number.

    Returns:
        The numbers that count, in reading order.

    Example:
        >>> from numink import Box, Digit, Number, Page
        >>> box = Box(0, 0, 20, 30)
        >>> number = Number("1", 1, 0.6, False, box, (Digit("1", 0.6, False, box),))
        >>> page = Page(100, 100, (number,), "numink-1.0.0", 5.0)
        >>> correction = Correction("c1", "r1", "2026-11-29T12:00:00+00:00", page=0, number=0, text="7")
        >>> [number.text for number in apply_corrections(page, [correction])]
        ['7']
    """
    return reduce(apply_correction, corrections, _uncorrected(page))


def apply_correction(numbers: tuple[CorrectedNumber, ...], correction: Correction) -> tuple[CorrectedNumber, ...]:
    """Return the numbers after one more correction; one of a number that does not exist changes nothing."""
    if correction.box is not None:
        return _with_missed_number(numbers, correction.text, correction.box)
    if correction.order:
        return _reordered(numbers, correction.order)
    return tuple(_corrected(number, correction) if number.index == correction.number else number for number in numbers)


def corrected_text(numbers: Sequence[CorrectedNumber]) -> str:
    """Return the text that counts, as `Page.text`: spaces between numbers, newlines between lines."""
    lines = groupby(numbers, lambda number: number.line)
    texts = (" ".join(number.text for number in line if number.text) for _, line in lines)
    return "\n".join(text for text in texts if text)


def corrected_pages(reading: Reading, corrections: Iterable[Correction]) -> list[tuple[CorrectedNumber, ...]]:
    """Return the numbers that count of each page of a reading."""
    corrected_pages: dict[int, list[Correction]] = {}
    for correction in corrections:
        corrected_pages.setdefault(correction.page, []).append(correction)
    return [apply_corrections(page, corrected_pages.get(index, ())) for index, page in enumerate(reading.pages)]


def _uncorrected(page: Page) -> tuple[CorrectedNumber, ...]:
    return tuple(
        CorrectedNumber(index, number.line, number.text, number.box, number)
        for index, number in enumerate(page.numbers)
    )


def _corrected(number: CorrectedNumber, correction: Correction) -> CorrectedNumber:
    digits = number.read.digits if number.read else ()
    text, index = correction.text, correction.digit
    if index is None:
        entered = tuple("".join(text.split()))
        digit_texts = entered if len(entered) == len(digits) else ()
        return replace(number, text=text, is_whole=True, digit_texts=digit_texts)
    if number.read is None or not number.by_digit or index >= len(digits):
        return number
    corrected = list(number.digit_texts or (None,) * len(digits))
    corrected[index] = text
    characters = [read.text if other is None else other for read, other in zip(digits, corrected, strict=True)]
    number_text = " ".join(in_place_of(number.read.text, characters).split())
    return replace(number, text=number_text, digit_texts=tuple(corrected))


def _with_missed_number(numbers: tuple[CorrectedNumber, ...], text: str, box: Box) -> tuple[CorrectedNumber, ...]:
    """Insert a missed number beside its nearest neighbour at its height, else as a line of its own."""
    missed = CorrectedNumber(len(numbers), 1, text, box, None)
    x, y = _centre(box)
    neighbours = [
        (abs(_centre(number.box)[0] - x), index)
        for index, number in enumerate(numbers)
        if number.box.y <= y < number.box.y + number.box.h
    ]
    if neighbours:
        nearest = min(neighbours)[1]
        position = nearest + (_centre(numbers[nearest].box)[0] < x)
        return (*numbers[:position], replace(missed, line=numbers[nearest].line), *numbers[position:])
    below = next((index for index, number in enumerate(numbers) if number.box.y > y), len(numbers))
    line = numbers[below - 1].line + 1 if below else 1
    moved_down = tuple(replace(number, line=number.line + 1) for number in numbers[below:])
    return (*numbers[:below], replace(missed, line=line), *moved_down)


def _reordered(numbers: tuple[CorrectedNumber, ...], order: Sequence[int]) -> tuple[CorrectedNumber, ...]:
    """Sort by the indices in `order`, numbers that it does not name last; each line keeps its count of numbers."""
    ranks = {index: rank for rank, index in enumerate(order)}
    in_order = sorted(numbers, key=lambda number: ranks.get(number.index, len(order)))
    return tuple(replace(number, line=before.line) for number, before in zip(in_order, numbers, strict=True))


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.w / 2, box.y + box.h / 2
