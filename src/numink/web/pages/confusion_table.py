"""Confusion matrices: the one of reviewed numbers, and the cells that every confusion matrix on a page is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...results import DIGIT_COUNT
from ...store.reading import ReviewedNumber

NO_DIGIT = ""
"""Placeholder for a character that was not there, or was missed."""
DIGITS = tuple(map(str, range(DIGIT_COUNT)))
SHADES = 9
"""Number of colours for errors, from the rarest to the most frequent."""
FREQUENT_ERRORS = 10
"""Number of errors in the list of the most frequent ones."""
DigitPair = tuple[str, str]
"""The correct digit or sign and the one that was read."""


@dataclass(frozen=True)
class Cell:
    """A cell of a confusion matrix; `shade` 0..9 selects its colour."""

    count: int
    correct: bool
    shade: int


def shade(count: int, largest_error: int) -> int:
    """Return the colour of a cell: 0 for none, SHADES for the most frequent error."""
    return min(SHADES, -(-SHADES * count // (largest_error or 1)))


def align_digits(read: str, correct: str) -> list[DigitPair]:
    """Pair the digits of two numbers with the fewest changes, preferring a substitution to a deletion and an insertion.

    difflib is no help here: it keeps the longest common block, which makes four changes of 771 -> 122 instead of three.

    >>> align_digits("1274", "127")
    [('1', '1'), ('2', '2'), ('7', '7'), ('', '4')]
    """
    costs = _edit_distances(read, correct)
    pairs, row, column = list[DigitPair](), len(read), len(correct)
    while row or column:
        cost = costs[row][column]
        if row and column and cost == costs[row - 1][column - 1] + (read[row - 1] != correct[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((correct[column], read[row]))
        elif row and cost == costs[row - 1][column] + 1:
            row -= 1
            pairs.append((NO_DIGIT, read[row]))
        else:
            column -= 1
            pairs.append((correct[column], NO_DIGIT))
    return pairs[::-1]


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _edit_distances(read: str, correct: str) -> list[list[int]]:
    """Levenshtein distances of all pairs of prefixes."""
    costs = [[row + column for column in range(len(correct) + 1)] for row in range(len(read) + 1)]
    for row in range(1, len(read) + 1):
        for column in range(1, len(correct) + 1):
            substitution = costs[row - 1][column - 1] + (read[row - 1] != correct[column - 1])
            costs[row][column] = min(substitution, costs[row - 1][column] + 1, costs[row][column - 1] + 1)
    return costs


@dataclass(frozen=True)
class ConfusionMatrix:
    """Counts of digits and signs in reviewed numbers, by the correct character and the one that was read."""

    reviewed: int
    """Number of reviewed numbers."""
    wrong: int
    """Number of reviewed numbers that were corrected."""
    counts: Counter[DigitPair]

    @classmethod
    def from_reviews(cls, reviews: Sequence[ReviewedNumber]) -> ConfusionMatrix:
        """Count the digits and signs of corrected and confirmed numbers."""
        counts = Counter(
            pair
            for review in reviews
            for pair in align_digits(_without_spaces(review.read_as), _without_spaces(review.corrected_to))
        )
        return cls(len(reviews), sum(review.read_as != review.corrected_to for review in reviews), counts)

    @property
    def frequent_errors(self) -> list[tuple[DigitPair, int]]:
        """The most frequent errors with their counts."""
        errors = [(pair, count) for pair, count in self.counts.most_common() if pair[0] != pair[1]]
        return errors[:FREQUENT_ERRORS]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the rows and columns: all digits, the signs and letters that occur, and NO_DIGIT."""
        characters = {character for pair in self.counts for character in pair}
        return (*DIGITS, *sorted(characters - {*DIGITS, NO_DIGIT}), NO_DIGIT)

    @property
    def rows(self) -> Iterator[tuple[str, list[Cell]]]:
        """A row for each correct character, with a cell for each one that was read, both in the order of `labels`."""
        largest = max((count for (correct, read), count in self.counts.items() if correct != read), default=0)
        for correct in self.labels:
            counts = [(self.counts[correct, read], correct == read) for read in self.labels]
            yield correct, [Cell(count, same, shade(count, largest)) for count, same in counts]
