"""Comparison of a page with the fields of a drawn sheet by their place, shared by the benchmarks of whole papers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from answers import Counts, plain, valid_numbers
from numink import Number, Page
from report import table
from sheet import DrawnPaper, Field

HEAD = ("n", "right", "right and accepted", "accepted and wrong", "empty", "answered")
REACH = 0.5
"""How far outside a field the centre of its number may lie, in heights of a digit."""


@dataclass(frozen=True)
class FieldGrade:
    """A field, and the numbers that were read at its place."""

    field: Field
    numbers: tuple[Number, ...]

    @property
    def right(self) -> bool:
        """Whether its text was read there; for an empty field, whether no number was."""
        return any(map(self._matches, self.numbers)) if self.field.text else not self.numbers

    @property
    def accepted(self) -> bool:
        """Whether its text was read there and accepted."""
        return any(number.accepted and self._matches(number) for number in self.numbers)

    @property
    def wrong(self) -> int:
        """How many other numbers at its place were accepted."""
        return sum(number.accepted and not self._matches(number) for number in self.numbers)

    def _matches(self, number: Number) -> bool:
        return plain(number.text) == plain(self.field.text)


@dataclass(frozen=True)
class PaperGrade:
    """The fields of a sheet in order, and how many numbers were accepted elsewhere."""

    fields: tuple[FieldGrade, ...]
    elsewhere: int


def grade(page: Page, paper: DrawnPaper) -> PaperGrade:
    """Give each number of the page to the field in which its centre lies, the nearest of several."""
    read: dict[int, list[Number]] = defaultdict(list)
    elsewhere = 0
    for number in valid_numbers(page):
        index = _field(paper, *paper.on_sheet(*_as_it_came(page, number)))
        if index is None:
            elsewhere += number.accepted
        else:
            read[index].append(number)
    grades = (FieldGrade(field, tuple(read[index])) for index, field in enumerate(paper.fields))
    return PaperGrade(tuple(grades), elsewhere)


def _as_it_came(page: Page, number: Number) -> tuple[float, float]:
    """Return the centre of a number in the picture as it came, before the page was turned upright."""
    x, y = number.box.x + number.box.w / 2, number.box.y + number.box.h / 2
    return {0: (x, y), 90: (y, page.width - x), 180: (page.width - x, page.height - y), 270: (page.height - y, x)}[
        page.turned
    ]


def _field(paper: DrawnPaper, x: float, y: float) -> int | None:
    """Return the index of the field at a pixel of the sheet."""
    distances = {}
    for index, field in enumerate(paper.fields):
        reach = field.area.grown(REACH * paper.digit_height)
        if reach.left <= x <= reach.right and reach.top <= y <= reach.bottom:
            across, down = field.area.middle
            distances[index] = (x - across) ** 2 + (y - down) ** 2
    return min(distances, key=distances.__getitem__) if distances else None


class FieldTally(Counts):
    """Counts by kind: numbers, right, right and accepted, accepted and wrong, empty fields, those answered."""

    def __init__(self) -> None:
        super().__init__(len(HEAD))

    def add(self, graded: PaperGrade, kind: str) -> None:
        """Count the fields of a sheet of a kind."""
        counts = self.counts[kind]
        counts[3] += graded.elsewhere
        for field in graded.fields:
            counts[3] += field.wrong
            columns = (True, field.right, field.accepted) if field.field.text else ()
            for column, value in enumerate(columns):
                counts[column] += value
            if not field.field.text:
                counts[4] += 1
                counts[5] += not field.right

    def table(self, title: str) -> str:
        """Return the counts as a table with shares."""
        rows = []
        for kind, (n, right, accepted, wrong, empty, answered) in self.counts.items():
            shares = (f"{right / n:.1%}", f"{accepted / n:.1%}") if n else ("", "")
            rows.append((kind, n, *shares, wrong, empty, answered))
        return table((title, *HEAD), rows)
