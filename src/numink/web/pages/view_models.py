"""What templates show of a reading: words for confidences, bars for runners-up, numbers in their lines.

Plain values made from `results`; knows no routes and no HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ...corrections import CorrectedNumber, corrected_pages
from ...results import Box, Digit
from ...store.correction import Correction
from ...store.reading import Reading

BARS = 4
"""Bars a digit: the best guess and its nearest runners-up."""


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart; `width` 0..100."""

    text: str
    confidence: float
    width: float


@dataclass(frozen=True)
class DigitView:
    """A digit with its bar chart, and what a person said that it is (None: nothing; empty: not a digit)."""

    text: str
    confidence: float
    accepted: bool
    box: Box
    bars: tuple[Bar, ...]
    said: str | None
    to_look_at: bool

    @property
    def final(self) -> str:
        """What counts."""
        return self.text if self.said is None else self.said


@dataclass(frozen=True)
class NumberView:
    """A number, its place in the reading, and what counts of it."""

    page: int
    index: int
    line: int
    text: str
    """What was read; empty where it was missed."""
    final: str
    """What counts: the correction where there is one."""
    confidence: float | None
    accepted: bool
    box: Box
    digits: tuple[DigitView, ...]
    corrected: bool
    by_digit: bool
    """Whether the digits are still those that were read, and each can be corrected."""
    fits: bool | None
    """Whether it is as was said to be known."""

    @property
    def to_look_at(self) -> bool:
        """Whether a digit is not sure, and nobody has looked at it."""
        return any(digit.to_look_at for digit in self.digits)


@dataclass(frozen=True)
class PageView:
    """A page, its numbers in lines."""

    width: int
    height: int
    numbers: tuple[NumberView, ...]
    milliseconds: float
    turned: int
    classifier: str
    """Who told the digits: 'local', 'watson' or 'fallback'."""
    index: int
    """Its place in the reading, from 0."""
    has_picture: bool

    @property
    def unfit(self) -> list[str]:
        """Numbers that are not as was said to be known."""
        return [number.text for number in self.numbers if number.fits is False and not number.corrected]

    def number(self, index: int) -> NumberView:
        """The one that corrections call `index`, wherever it stands."""
        return next(number for number in self.numbers if number.index == index)

    @property
    def lines(self) -> list[list[NumberView]]:
        """Numbers of one line together."""
        return [list(line) for _, line in groupby(self.numbers, lambda number: number.line)]

    @property
    def doubts(self) -> int:
        """Digits to look at, in numbers that nobody has corrected."""
        return sum(digit.to_look_at for number in self.numbers for digit in number.digits)

    @property
    def text(self) -> str:
        """What counts, as it is copied."""
        lines = (" ".join(number.final for number in line if number.final) for line in self.lines)
        return "\n".join(line for line in lines if line)

    @property
    def label_size(self) -> float:
        """Height of the digits beside the boxes, in pixels of the picture: to be read, and not over the next line."""
        side = max(self.width, self.height)
        heights = sorted(number.box.h for number in self.numbers) or [side]
        return min(max(heights[len(heights) // 2] * 0.4, side / 70), side / 28)


@dataclass(frozen=True)
class ReadingView:
    """A reading as its page shows it."""

    id: str
    created: str
    name: str
    text: str
    model: str
    has_thumbnail: bool
    pages: tuple[PageView, ...]
    last: str | None
    """The id of the last correction, which can be taken back."""

    @property
    def final(self) -> str:
        """What counts, lines and pages apart by a point."""
        return " · ".join(line for page in self.pages for line in page.text.splitlines())

    @property
    def doubts(self) -> int:
        """Digits to look at."""
        return sum(page.doubts for page in self.pages)

    @property
    def corrected(self) -> bool:
        """Whether anything was."""
        return self.last is not None


def view(reading: Reading, corrections: Sequence[Correction]) -> ReadingView:
    """A reading with its corrections, in the order of time."""
    mended = corrected_pages(reading, corrections)
    pages = tuple(
        PageView(
            page.width, page.height, tuple(_number(number, place) for number in mended[place]),
            page.milliseconds, page.turned, page.classifier, place, bool(reading.preview(place)),
        )
        for place, page in enumerate(reading.pages)
    )  # fmt: skip
    return ReadingView(
        reading.id, reading.created, reading.name, reading.text,
        reading.pages[0].model if reading.pages else "", bool(reading.thumbnail), pages,
        corrections[-1].id if corrections else None,
    )  # fmt: skip


def _number(number: CorrectedNumber, page: int) -> NumberView:
    read = number.read
    digits = read.digits if read else ()
    said = number.digit_texts or (None,) * len(digits)
    return NumberView(
        page, number.index, number.line, read.text if read else "", number.text, read.confidence if read else None,
        bool(read and read.accepted), number.box,
        tuple(_digit(digit, said[at], at in number.open_digits) for at, digit in enumerate(digits)),
        number.is_reviewed, number.by_digit, read.satisfied if read else None,
    )  # fmt: skip


def _digit(digit: Digit, said: str | None, to_look_at: bool) -> DigitView:
    rows = [(digit.text, digit.confidence), *((other.text, other.confidence) for other in digit.alternatives)]
    bars = tuple(Bar(text, share, max(share * 100, 0.6)) for text, share in rows[:BARS])
    return DigitView(digit.text, digit.confidence, digit.accepted, digit.box, bars, said, to_look_at)
