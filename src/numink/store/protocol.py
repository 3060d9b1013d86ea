"""The protocol of a store of readings and corrections. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .batches import BatchStore
from .correction import Correction
from .documents import Documents
from .reading import Doubt, Reading, ReadingQuery, ReviewedNumber


class Store(Protocol):
    """Keeps readings and corrections. Every method may raise StoreError's kinds, and may be called by any thread.

    Nothing here needs more than documents with ids, ranges of ids, and a list of corrections by time.
    """

    def save(self, reading: Reading) -> None:
        """Keeps a reading; once this returns it is not lost. Saving the same id again changes nothing."""

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """With previews or without. Raises ReadingNotFound."""

    def picture(self, reading_id: str, page: int) -> bytes:
        """A reading's `Reading.preview`, and no other page's. Raises ReadingNotFound."""

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """The owner's readings, newest first, at most `limit`, those older than id `before`; without previews."""

    def delete(self, reading_id: str) -> None:
        """Removes a reading and its corrections. Raises ReadingNotFound."""

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """Keeps what the reading should have said, all or none. Raises ReadingNotFound."""

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Removes one of a reading's corrections. Raises ReadingNotFound."""

    def corrections(self, since: str = "") -> list[Correction]:
        """Everybody's corrections made after the moment that the id `since` was made, oldest first."""

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """The corrections of some readings, by id, oldest first."""

    def find(
        self, owner: str, wanted: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """The owner's readings that are wanted, newest first unless it says otherwise; with previews or without."""

    def count(self, owner: str, wanted: ReadingQuery) -> int:
        """How many `find` would bring without a limit."""

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """The owner's doubtful numbers, the least sure first."""

    def count_doubts(self, owner: str) -> int:
        """How many there are."""

    def discard(self, owner: str, wanted: ReadingQuery | Sequence[str], moment: str) -> int:
        """Puts readings, those `wanted` or by id, aside at `moment`: they are not there any more but for `restore`.

        How many; ids that are not the owner's are none.
        """

    def restore(self, owner: str, moment: str) -> int:
        """Brings back what was discarded at that moment; how many."""

    def purge(self, before: str) -> int:
        """Removes for good what was discarded, by anybody, before a moment; how many."""

    def expire(self, before: str) -> int:
        """Removes for good what was read, by anybody, before a moment; how many."""

    def forget(self, owner: str) -> int:
        """Removes all of an owner's readings for good, those that were discarded too; how many."""

    def picture_bytes(self, owner: str) -> int:
        """Bytes of the pictures that are kept of an owner's readings, those that were discarded too."""

    @property
    def documents(self) -> Documents:
        """What is kept beside readings."""

    @property
    def batches(self) -> BatchStore:
        """What is read in the background."""

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """What `use.counted` counted of the owner's readings, summed by day (2026-11-25) from the day `since` on.

        Counts are kept apart from readings, and stay when these are deleted.
        """

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """The last correction of each of the owner's numbers, those made at the moment `since` or later."""

    def unsent(self) -> int:
        """How many readings wait here to be sent to a store elsewhere."""

    def check(self) -> str:
        """Empty where all is well; else a sentence about what keeps nobody from reading. Raises StoreError's kinds."""

    def describe(self) -> Mapping[str, str]:
        """What it says of itself, by name, for who runs it. Raises StoreError's kinds."""

    def close(self) -> None:
        """Gives back what is open."""
