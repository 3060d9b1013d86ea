"""What templates show of a reading: words for confidences, bars for runners-up, numbers in their lines.

Plain values made from `results`; knows no routes and no HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from ..results import Box, Digit, Number, Page
from ..store import Reading

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
    """A digit with its bar chart."""

    text: str
    confidence: float
    accepted: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class NumberView:
    """A number, its place in the reading, and what a person said that it is (None: nothing yet)."""

    page: int
    index: int
    line: int
    text: str
    confidence: float
    accepted: bool
    box: Box
    digits: tuple[DigitView, ...]
    corrected: str | None
    fits: bool | None
    """Whether it is as was said to be known."""

    @property
    def to_look_at(self) -> bool:
        """Whether a digit is not sure, and nobody has looked at it."""
        return self.corrected is None and not all(digit.accepted for digit in self.digits)

    @property
    def final(self) -> str:
        """What counts: the correction where there is one."""
        return self.text if self.corrected is None else self.corrected


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

    @property
    def unfit(self) -> list[str]:
        """Numbers that are not as was said to be known."""
        return [number.text for number in self.numbers if number.fits is False]

    @property
    def lines(self) -> list[list[NumberView]]:
        """Numbers of one line together."""
        return [list(line) for _, line in groupby(self.numbers, lambda number: number.line)]

    @property
    def doubts(self) -> int:
        """Digits to look at, in numbers that nobody has corrected."""
        return sum(not digit.accepted for number in self.numbers if number.corrected is None for digit in number.digits)

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
    has_picture: bool
    pages: tuple[PageView, ...]

    @property
    def final(self) -> str:
        """What counts, lines and pages apart by a point."""
        lines = [" ".join(number.final for number in line) for page in self.pages for line in page.lines]
        return " · ".join(line for line in lines if line.strip())

    @property
    def doubts(self) -> int:
        """Digits to look at."""
        return sum(page.doubts for page in self.pages)

    @property
    def corrected(self) -> bool:
        """Whether anything was."""
        return any(number.corrected is not None for page in self.pages for number in page.numbers)


def view(reading: Reading, corrections: Mapping[tuple[int, int], str]) -> ReadingView:
    """A reading with its corrections, by (page, number)."""
    pages = tuple(
        PageView(
            page.width, page.height, _numbers(page, place, corrections), page.milliseconds, page.turned,
            page.classifier,
        )
        for place, page in enumerate(reading.pages)
    )  # fmt: skip
    return ReadingView(
        reading.id, reading.created, reading.name, reading.text,
        reading.pages[0].model if reading.pages else "", bool(reading.preview or reading.thumbnail), pages,
    )  # fmt: skip


def percent(confidence: float) -> str:
    """For people: never 100 %, which nobody can promise.

    >>> percent(0.99999), percent(0.873)
    ('over 99.9 %', '87 %')
    """
    if confidence > 0.999:
        return "over 99.9 %"
    if confidence < 0.001:
        return "under 0.1 %"
    digits = 1 if confidence >= 0.99 or confidence < 0.01 else 0
    return f"{confidence * 100:.{digits}f} %"


def moment(iso: str) -> str:
    """A time of the store's, for people.

    >>> moment("2026-11-23T20:15:00.123+00:00")
    '23 Nov 2026, 20:15 UTC'
    """
    return datetime.fromisoformat(iso).strftime("%d %b %Y, %H:%M UTC").removeprefix("0")


FILTERS: dict[str, Callable[..., Any]] = {"percent": percent, "moment": moment}


def _numbers(page: Page, place: int, corrections: Mapping[tuple[int, int], str]) -> tuple[NumberView, ...]:
    return tuple(
        _number(number, place, index, corrections.get((place, index))) for index, number in enumerate(page.numbers)
    )


def _number(number: Number, page: int, index: int, corrected: str | None) -> NumberView:
    return NumberView(
        page, index, number.line, number.text, number.confidence, number.accepted, number.box,
        tuple(_digit(digit) for digit in number.digits), corrected, number.fits,
    )  # fmt: skip


def _digit(digit: Digit) -> DigitView:
    rows = [(digit.text, digit.confidence), *((other.text, other.confidence) for other in digit.alternatives)]
    bars = tuple(Bar(text, share, max(share * 100, 0.6)) for text, share in rows[:BARS])
    return DigitView(digit.text, digit.confidence, digit.accepted, bars)
