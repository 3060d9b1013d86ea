"""An owner's earlier readings: searched, reviewed, put aside and brought back, taken along.

What is deleted here is put aside for a while, so that it can be brought back, and removed for good when that is over.
Knows no HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from ..errors import StoreBusy, StoreFull
from ..store.correction import Correction
from ..store.ids import ago, now
from ..store.protocol import Store
from ..store.reading import Doubt, Reading, ReadingQuery, ReviewedNumber

Result = TypeVar("Result")
log = logging.getLogger(__name__)
UNDO = timedelta(minutes=10)
"""How long what was deleted can be brought back."""
TIDY_EVERY = timedelta(minutes=5)
"""How often is looked for readings that are to be removed."""
AT_ONCE, WITH_PICTURES = 100, 10
"""Readings that are fetched together where all are wanted; with the pictures of all their pages."""
ReadingCorrections = Sequence[Correction]
"""What a reading should have said, in the order of time."""


class Run(Protocol):
    """Does a task, and gives what it gave."""

    def __call__(self, task: Callable[[], Result]) -> Result:
        """See the class."""


@dataclass(frozen=True)
class HistoryPage:
    """Some of the readings that were found, with their corrections; how many there are in all, and to look at."""

    readings: Sequence[tuple[Reading, ReadingCorrections]]
    count: int
    doubts: int


class RetentionSweeper:
    """Removes for good what was deleted longer than UNDO ago and, unless `days` is 0, what was read more days ago."""

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._days = days
        self._next = datetime.min.replace(tzinfo=UTC)

    def look(self) -> None:
        """Looks for such, at most once in TIDY_EVERY."""
        moment = datetime.now(UTC)
        if moment < self._next:
            return
        self._next = moment + TIDY_EVERY
        try:
            self._store.purge(ago(UNDO))
            if self._days:
                self._store.expire(ago(timedelta(days=self._days)))
        except (StoreBusy, StoreFull) as error:  # nobody who has a picture read waits for that
            log.warning("what was deleted is removed later: %s", error)


class History:
    """Each call goes through `run`, which does it on one of the desk's threads."""

    def __init__(self, owner: str, store: Store, run: Run) -> None:
        self._owner = owner
        self._store = store
        self._run = run

    def page(self, wanted: ReadingQuery, limit: int, offset: int) -> HistoryPage:
        """What a page of the history shows."""
        return self._run(
            lambda: HistoryPage(
                self._with_fixes(self._store.find(self._owner, wanted, limit, offset)),
                self._store.count(self._owner, wanted), self._store.count_doubts(self._owner),
            )
        )  # fmt: skip

    def each(self, wanted: ReadingQuery, *, pictures: bool = False) -> Iterator[tuple[Reading, ReadingCorrections]]:
        """All that are found, with their corrections and, where asked for, their pictures; fetched as they are used."""

        def part(many: int, after: int) -> Sequence[Reading]:
            return self._store.find(self._owner, wanted, many, after, pictures=pictures)

        return self.in_pages(part, pictures=pictures)

    def in_pages(
        self, part_of: Callable[[int, int], Sequence[Reading]], *, pictures: bool
    ) -> Iterator[tuple[Reading, ReadingCorrections]]:
        """The owner's readings of which `part_of` gives so many after so many others, until there are no more."""
        after, many = 0, WITH_PICTURES if pictures else AT_ONCE
        while part := self._run(lambda at=after: self._with_fixes(part_of(many, at))):  # type: ignore[misc]
            yield from part
            after += len(part)

    def next_doubt(self, skipped: int) -> tuple[Doubt | None, int]:
        """The least sure number that nobody has looked at, after `skipped` others; and how many there are."""

        def look() -> tuple[Doubt | None, int]:
            left = self._store.count_doubts(self._owner)
            found = self._store.doubts(self._owner, min(skipped, max(left - 1, 0)) + 1)
            return (found[-1] if found else None), left

        return self._run(look)

    def usage(self, day: str) -> tuple[Mapping[str, Mapping[str, int]], Sequence[ReviewedNumber]]:
        """What was counted by day, and what was corrected, from a day (2026-11-25) on."""
        return self._run(lambda: (self._store.usage(self._owner, day), self._store.reviewed_numbers(self._owner, day)))

    def discard(self, wanted: ReadingQuery | Sequence[str]) -> tuple[str, int]:
        """Deletes readings, so that for UNDO they can be brought back. The moment to name then, and how many."""

        def aside() -> tuple[str, int]:
            moment = now()
            return moment, self._store.discard(self._owner, wanted, moment)

        return self._run(aside)

    def restore(self, moment: str) -> int:
        """Brings back what was deleted at that moment; how many."""
        return self._run(lambda: self._store.restore(self._owner, moment))

    def corrections(self, reading_id: str) -> ReadingCorrections:
        """The corrections of a reading, in the order of time."""
        return self._run(lambda: self._store.corrections_of([reading_id]))

    def _with_fixes(self, readings: Sequence[Reading]) -> list[tuple[Reading, ReadingCorrections]]:
        fixes: dict[str, list[Correction]] = {}
        for correction in self._store.corrections_of([one.id for one in readings]):
            fixes.setdefault(correction.reading_id, []).append(correction)
        return [(one, fixes.get(one.id, [])) for one in readings]
