"""Comparison of a page with the text drawn on it, and counts by kind, shared by the benchmarks of texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from numink import Number, Page
from report import table

DASHES = str.maketrans("‐‑‒–—−×", "------x")
HEAD = ("n", "right", "accepted", "accepted and wrong")


def plain(text: str) -> str:
    """Return a text without blanks, and with one kind of dash."""
    return re.sub(r"\s", "", text).translate(DASHES)


def valid_numbers(page: Page) -> list[Number]:
    """Return the numbers of a page without those that it marks as struck out."""
    return [number for number in page.numbers if not getattr(number, "struck_out", False)]


def answer(page: Page) -> str:
    """Return the numbers of a page, separated by spaces."""
    return " ".join(number.text for number in valid_numbers(page))


def is_right(page: Page, expected: str) -> bool:
    """Return whether the page holds the expected text; blanks count only where it has several numbers."""
    numbers = expected.split()
    if len(numbers) > 1:
        return [plain(number) for number in answer(page).split()] == [plain(number) for number in numbers]
    return plain(answer(page)) == plain(expected)


def is_accepted(page: Page) -> bool:
    """Return whether the page holds numbers and all of them are accepted: nobody would look at it again."""
    numbers = valid_numbers(page)
    return bool(numbers) and all(number.accepted for number in numbers)


def edit_distance(first: str, second: str) -> int:
    """Return the least number of insertions, deletions and replacements that turn one text into the other."""
    row = list(range(len(second) + 1))
    for count, character in enumerate(first, 1):
        diagonal, row[0] = row[0], count
        for column, candidate in enumerate(second, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (character != candidate)),
            )
    return row[-1]


class Counts:
    """Counts by kind, the kinds in the order in which they were met."""

    def __init__(self, columns: int) -> None:
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0] * columns)

    def add_total(self, name: str, kinds: Iterable[str]) -> None:
        """Add a row with the sum of those of `kinds` that were counted."""
        rows = [self.counts[kind] for kind in kinds if kind in self.counts]
        if rows:
            self.counts[name] = [sum(column) for column in zip(*rows, strict=True)]


class Tally(Counts):
    """Counts of pages by kind: in all, right, accepted, accepted and wrong."""

    def __init__(self) -> None:
        super().__init__(4)

    def add(self, page: Page, expected: str, kind: str) -> None:
        """Count a page of a kind."""
        right, accepted = is_right(page, expected), is_accepted(page)
        for column, value in enumerate((True, right, accepted, accepted and not right)):
            self.counts[kind][column] += value

    def table(self, title: str) -> str:
        """Return the counts as a table with shares."""
        rows = [
            (kind, n, f"{right / n:.1%}", f"{accepted / n:.1%}", f"{wrong / n:.1%} ({wrong})")
            for kind, (n, right, accepted, wrong) in self.counts.items()
        ]
        return table((title, *HEAD), rows)
