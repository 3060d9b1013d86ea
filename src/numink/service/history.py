"""The history of an owner's readings: search, review, deletion with undo, and retrieval for downloads.

A deleted reading can be restored for UNDO_PERIOD; after that the RetentionSweeper removes it for good.
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
from ..store.reading import UNDO_PERIOD, Doubt, Reading, ReadingQuery, ReviewedNumber
from ..store.small_protocols import Maintenance

Result = TypeVar("Result")
log = logging.getLogger(__name__)
SWEEP_INTERVAL = timedelta(minutes=5)
"""Least time between two sweeps."""
FETCH_SIZE, FETCH_SIZE_WITH_PICTURES = 100, 10
"""Readings fetched from the store in one call when all are wanted, without and with their pictures."""
ReadingCorrections = Sequence[Correction]
"""The corrections of one reading, oldest first."""


class TaskRunner(Protocol):
    """Runs a task and returns its result."""

    def __call__(self, task: Callable[[], Result]) -> Result:
        """Run the task."""


@dataclass(frozen=True)
class HistoryPage:
    """Some of the readings that match a query, with the number of all matches and of all numbers to review."""

    readings: Sequence[tuple[Reading, ReadingCorrections]]
    count: int
    doubts: int


class RetentionSweeper:
    """Removes readings deleted longer than UNDO_PERIOD ago and, unless `days` is 0, readings older than `days`."""

    def __init__(self, store: Maintenance, days: int) -> None:
        self._store = store
        self._days = days
        self._next_sweep = datetime.min.replace(tzinfo=UTC)

    def sweep(self) -> None:
        """Remove expired readings, unless the last sweep was less than SWEEP_INTERVAL ago."""
        moment = datetime.now(UTC)
        if moment < self._next_sweep:
            return
        self._next_sweep = moment + SWEEP_INTERVAL
        try:
            self._store.purge(ago(UNDO_PERIOD))
            if self._days:
                self._store.expire(ago(timedelta(days=self._days)))
        except (StoreBusy, StoreFull) as error:  # sweeping must not make a reading fail
            log.warning("removal of deleted readings was postponed: %s", error)


class History:
    """The readings of one owner; `run` runs each call to the store on a thread of the reading service."""

    def __init__(self, owner: str, store: Store, run: TaskRunner) -> None:
        self.owner = owner
        self.run = run
        self._store = store

    def page(self, query: ReadingQuery, limit: int, offset: int) -> HistoryPage:
        """Return `limit` readings that match a query, from `offset` on."""
        return self.run(
            lambda: HistoryPage(
                self._with_corrections(self._store.find(self.owner, query, limit, offset)),
                self._store.count(self.owner, query), self._store.count_doubts(self.owner),
            )
        )  # fmt: skip

    def readings(self, query: ReadingQuery, *, pictures: bool = False) -> Iterator[tuple[Reading, ReadingCorrections]]:
        """Iterate over all readings that match a query, with their corrections; they are fetched in portions."""

        def fetch(limit: int, offset: int) -> Sequence[Reading]:
            return self._store.find(self.owner, query, limit, offset, pictures=pictures)

        return self.fetch_all(fetch, pictures=pictures)

    def fetch_all(
        self, fetch: Callable[[int, int], Sequence[Reading]], *, pictures: bool
    ) -> Iterator[tuple[Reading, ReadingCorrections]]:
        """Iterate over all readings that `fetch(limit, offset)` returns, with their corrections."""
        offset, limit = 0, FETCH_SIZE_WITH_PICTURES if pictures else FETCH_SIZE
        while portion := self.run(
            lambda start=offset: self._with_corrections(fetch(limit, start))  # type: ignore[misc]
        ):
            yield from portion
            offset += len(portion)

    def next_to_review(self, skipped: int) -> tuple[Doubt | None, int]:
        """Return the least certain unreviewed number after `skipped` others, and the number of all of them."""

        def look_up() -> tuple[Doubt | None, int]:
            count = self._store.count_doubts(self.owner)
            doubts = self._store.doubts(self.owner, min(skipped, max(count - 1, 0)) + 1)
            return (doubts[-1] if doubts else None), count

        return self.run(look_up)

    def usage(self, day: str) -> tuple[Mapping[str, Mapping[str, int]], Sequence[ReviewedNumber]]:
        """Return the counts of each day and the reviewed numbers, from a day (2026-11-25) on."""
        return self.run(lambda: (self._store.usage(self.owner, day), self._store.reviewed_numbers(self.owner, day)))

    def discard(self, selection: ReadingQuery | Sequence[str]) -> tuple[str, int]:
        """Delete readings, which can be restored for UNDO_PERIOD; return the moment of deletion and their number."""

        def delete() -> tuple[str, int]:
            moment = now()
            return moment, self._store.discard(self.owner, selection, moment)

        return self.run(delete)

    def restore(self, moment: str) -> int:
        """Restore the readings that were deleted at a moment, and return their number."""
        return self.run(lambda: self._store.restore(self.owner, moment))

    def corrections(self, reading_id: str) -> ReadingCorrections:
        """Return the corrections of a reading, oldest first."""
        return self.run(lambda: self._store.corrections_of([reading_id]))

    def _with_corrections(self, readings: Sequence[Reading]) -> list[tuple[Reading, ReadingCorrections]]:
        corrections: dict[str, list[Correction]] = {}
        for correction in self._store.corrections_of([reading.id for reading in readings]):
            corrections.setdefault(correction.reading_id, []).append(correction)
        return [(reading, corrections.get(reading.id, [])) for reading in readings]
