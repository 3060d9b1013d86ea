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


class CorrectedPage:
    """The numbers of a page while corrections are applied to it, one after the other.

    A correction of a number or a digit takes the same time whatever stands on the page; another takes time for each.
    """

    def __init__(self, page: Page) -> None:
        """Start with the numbers as they were read."""
        self._numbers = [
            CorrectedNumber(index, number.line, number.text, number.box, number)
            for index, number in enumerate(page.numbers)
        ]
        self._order = list(range(len(self._numbers)))
        self._lines = [number.line for number in self._numbers]  # by place, as lines keep their counts of numbers

    def __len__(self) -> int:
        """The count of numbers, missed ones included."""
        return len(self._numbers)

    @property
    def numbers(self) -> tuple[CorrectedNumber, ...]:
        """The numbers that count, in reading order."""
        in_order = zip(self._order, self._lines, strict=True)
        return tuple(replace(self._numbers[index], line=line) for index, line in in_order)

    def number(self, index: int | None) -> CorrectedNumber | None:
        """Return the number that corrections call `index`, its line aside; None where there is none."""
        return self._numbers[index] if index is not None and index < len(self._numbers) else None

    def apply(self, correction: Correction) -> None:
        """Apply one more correction; one of a number that does not exist changes nothing."""
        number = self.number(correction.number)
        if correction.box is not None:
            self._add_missed(correction.text, correction.box)
        elif correction.order:
            ranks = {index: rank for rank, index in enumerate(correction.order)}
            self._order.sort(key=lambda index: ranks.get(index, len(ranks)))
        elif number is not None:
            self._numbers[number.index] = _corrected(number, correction)

    def _add_missed(self, text: str, box: Box) -> None:
        """Insert a missed number beside its nearest neighbour at its height, else as a line of its own."""
        x, y = _centre(box)
        boxes = [self._numbers[index].box for index in self._order]
        neighbours = [
            (abs(_centre(other)[0] - x), place) for place, other in enumerate(boxes) if other.y <= y < other.y + other.h
        ]
        if neighbours:
            nearest = min(neighbours)[1]
            place, line = nearest + (_centre(boxes[nearest])[0] < x), self._lines[nearest]
        else:
            place = next((place for place, other in enumerate(boxes) if other.y > y), len(boxes))
            line = self._lines[place - 1] + 1 if place else 1
            self._lines[place:] = [below + 1 for below in self._lines[place:]]
        self._order.insert(place, len(self._numbers))
        self._lines.insert(place, line)
        self._numbers.append(CorrectedNumber(len(self._numbers), line, text, box, None))


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
    corrected = CorrectedPage(page)
    for correction in corrections:
        corrected.apply(correction)
    return corrected.numbers


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


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.w / 2, box.y + box.h / 2
