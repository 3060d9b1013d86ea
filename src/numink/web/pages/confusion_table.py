"""What was taken for what, from numbers that people corrected: each read digit beside the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...store.reading import ReviewedNumber

DIGITS = "0123456789"
NOTHING = ""
"""Stands for a digit that was not there, or not seen."""
Pair = tuple[str, str]
"""What is right, and what was read."""


def aligned(read: str, right: str) -> list[Pair]:
    """Digits side by side with as few changes as can be, an exchange rather than one too many and one missed.

    >>> aligned("1274", "127")
    [('1', '1'), ('2', '2'), ('7', '7'), ('', '4')]
    """
    costs = [[max(row, column) if not row or not column else 0 for column in range(len(right) + 1)]
             for row in range(len(read) + 1)]  # fmt: skip
    for row in range(1, len(read) + 1):
        for column in range(1, len(right) + 1):
            other = read[row - 1] != right[column - 1]
            costs[row][column] = min(
                costs[row - 1][column - 1] + other, costs[row - 1][column] + 1, costs[row][column - 1] + 1
            )
    pairs, row, column = list[Pair](), len(read), len(right)
    while row or column:
        here = costs[row][column]
        if row and column and here == costs[row - 1][column - 1] + (read[row - 1] != right[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((right[column], read[row]))
        elif row and here == costs[row - 1][column] + 1:
            row -= 1
            pairs.append((NOTHING, read[row]))
        else:
            column -= 1
            pairs.append((right[column], NOTHING))
    return pairs[::-1]


@dataclass(frozen=True)
class Mistakes:
    """Numbers that people looked at, how many of them were wrong, and what was taken for what."""

    looked_at: int
    wrong: int
    pairs: Counter[Pair]

    @classmethod
    def of(cls, corrected: Sequence[ReviewedNumber]) -> Mistakes:
        """Of corrections, those that confirm included."""
        pairs = Counter(pair for one in corrected for pair in aligned(one.read_as, one.corrected_to))
        return cls(len(corrected), sum(one.read_as != one.corrected_to for one in corrected), pairs)

    @property
    def most_common(self) -> list[tuple[Pair, int]]:
        """The mistakes made most often, the first ten."""
        return [(pair, count) for pair, count in self.pairs.most_common() if pair[0] != pair[1]][:10]

    @property
    def rows(self) -> Iterator[tuple[str, list[tuple[int, bool, int]]]]:
        """For each right digit, and last for none: what was read, 0 to 9 and last nothing, as (count, whether that is
        right, shade 0..9)."""
        signs = [*DIGITS, NOTHING]
        worst = max((count for (right, read), count in self.pairs.items() if right != read), default=0) or 1
        for right in signs:
            counts = [(self.pairs[right, read], right == read) for read in signs]
            yield right, [(count, same, min(9, -(-9 * count // worst))) for count, same in counts]
