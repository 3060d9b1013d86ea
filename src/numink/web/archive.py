"""The owner's earlier readings: searched, reviewed, put aside and brought back, taken along.

What is deleted here is put aside for a while, so that it can be brought back, and removed for good when that is over.
Knows no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from ..store import Corrected, Correction, Doubt, Reading, Store, Wanted, now

Result = TypeVar("Result")
UNDO = timedelta(minutes=10)
"""How long what was deleted can be brought back."""
TIDY_EVERY = timedelta(minutes=5)
"""How often is looked for readings that are to be removed."""
AT_ONCE = 100
"""Readings that are fetched together where all are wanted."""
Fixed = Mapping[tuple[int, int], str]
"""What numbers should have been, by (page, number)."""


class Run(Protocol):
    """Does a task, and gives what it gave."""

    def __call__(self, task: Callable[[], Result]) -> Result:
        """See the class."""


@dataclass(frozen=True)
class Part:
    """Some of the readings that were found, with their corrections; how many there are in all, and to look at."""

    readings: Sequence[tuple[Reading, Fixed]]
    count: int
    doubts: int


class Archive:
    """Each call goes through `run`, which does it on one of the desk's threads."""

    def __init__(self, owner: str, store: Store, run: Run) -> None:
        self._owner = owner
        self._store = store
        self._run = run
        self._next_tidying = datetime.min.replace(tzinfo=UTC)

    def part(self, wanted: Wanted, limit: int, offset: int) -> Part:
        """What a page of the history shows."""
        return self._run(
            lambda: Part(
                self._with_fixes(self._store.find(self._owner, wanted, limit, offset)),
                self._store.count(self._owner, wanted), self._store.count_doubts(self._owner),
            )
        )  # fmt: skip

    def each(self, wanted: Wanted, *, pictures: bool = False) -> Iterator[tuple[Reading, Fixed]]:
        """All that are found, with their corrections and, where asked for, their pictures; fetched as they are used."""
        offset = 0
        while part := self._run(lambda at=offset: self._fetched(wanted, at, pictures)):  # type: ignore[misc]
            yield from part
            offset += len(part)

    def doubt(self, skipped: int) -> tuple[Doubt | None, int]:
        """The least sure number that nobody has looked at, after `skipped` others; and how many there are."""

        def look() -> tuple[Doubt | None, int]:
            left = self._store.count_doubts(self._owner)
            found = self._store.doubts(self._owner, min(skipped, max(left - 1, 0)) + 1)
            return (found[-1] if found else None), left

        return self._run(look)

    def use(self, day: str) -> tuple[Mapping[str, Mapping[str, int]], Sequence[Corrected]]:
        """What was counted by day, and what was corrected, from a day (2026-11-25) on."""
        return self._run(lambda: (self._store.use(self._owner, day), self._store.corrected(self._owner, day)))

    def discard(self, wanted: Wanted | Sequence[str]) -> tuple[str, int]:
        """Deletes readings, so that for UNDO they can be brought back. The moment to name then, and how many."""

        def aside() -> tuple[str, int]:
            moment = now()
            return moment, self._store.discard(self._owner, wanted, moment)

        return self._run(aside)

    def tidy(self, days: int) -> None:
        """Removes for good what was deleted longer than UNDO ago and, unless `days` is 0, what was read more days ago.

        Looks for such at most once in TIDY_EVERY.
        """
        moment = datetime.now(UTC)
        if moment < self._next_tidying:
            return
        self._next_tidying = moment + TIDY_EVERY
        self._store.purge((moment - UNDO).isoformat(timespec="milliseconds"))
        if days:
            self._store.expire((moment - timedelta(days=days)).isoformat(timespec="milliseconds"))

    def restore(self, moment: str) -> int:
        """Brings back what was deleted at that moment; how many."""
        return self._run(lambda: self._store.restore(self._owner, moment))

    def fixes(self, reading_id: str) -> Fixed:
        """The last correction of each number of a reading."""
        return last_fixes(self._run(lambda: self._store.corrections_of([reading_id]))).get(reading_id, {})

    def _fetched(self, wanted: Wanted, offset: int, pictures: bool) -> list[tuple[Reading, Fixed]]:
        found = self._store.find(self._owner, wanted, AT_ONCE, offset)
        return self._with_fixes([self._store.get(one.id) for one in found] if pictures else found)

    def _with_fixes(self, readings: Sequence[Reading]) -> list[tuple[Reading, Fixed]]:
        fixes = last_fixes(self._store.corrections_of([one.id for one in readings]))
        return [(one, fixes.get(one.id, {})) for one in readings]


def last_fixes(corrections: Iterable[Correction]) -> dict[str, dict[tuple[int, int], str]]:
    """For each reading the last correction of each number, of `corrections` in the order of time."""
    fixes: dict[str, dict[tuple[int, int], str]] = {}
    for one in corrections:
        if one.number is not None and one.digit is None:
            fixes.setdefault(one.reading, {})[one.page, one.number] = one.text
    return fixes
