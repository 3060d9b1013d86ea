"""Protocol of a store of readings and corrections.

It asks for documents by id, ranges of ids, and a list of corrections by time, so that a document database can meet it.

>>> import tempfile
>>> from numink.store.ids import new_id, now
>>> from numink.store.reading import Reading
>>> from numink.store.sqlite.store import SqliteStore
>>> with tempfile.TemporaryDirectory() as folder:
...     store = SqliteStore(f"{folder}/numink.db")
...     reading = Reading(new_id("anna"), now(), pages=(), name="slip.png")
...     store.save(reading)
...     assert store.get(reading.id) == reading
...     print([stored.name for stored in store.recent("anna")])
...     store.close()
['slip.png']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .batch_protocol import BatchStore
from .correction import Correction
from .documents import Documents
from .reading import Doubt, Reading, ReadingQuery, ReviewedNumber


class Store(Protocol):
    """A store of readings and corrections. Methods are thread-safe and may raise `StoreError` and its subclasses."""

    def new_id(self, owner: str) -> str:
        """Return an id for a new reading or batch that sorts after all of the owner's, even if the clock went back.

        Other processes that store for the same owner at this moment are not waited for.

        Args:
            owner: The owner.
        """

    def save(self, reading: Reading) -> None:
        """Store a reading durably before returning; do nothing where its id is stored already.

        Args:
            reading: The reading, with an id from `new_id`.
        """

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """Return a reading.

        Args:
            reading_id: Id of the reading.
            pictures: False for a reading without its previews.

        Raises:
            NotStored: There is no such reading.
        """

    def picture(self, reading_id: str, page: int) -> bytes:
        """Return the preview of one page; empty where none is stored.

        Args:
            reading_id: Id of the reading.
            page: Page, counted from 0.

        Raises:
            NotStored: There is no such reading.
        """

    def recent(self, owner: str, before_id: str | None = None, limit: int = 50) -> list[Reading]:
        """Return readings of an owner, newest first, without previews.

        Args:
            owner: The owner.
            before_id: Only readings older than the one with this id.
            limit: Most readings to return.
        """

    def delete(self, reading_id: str) -> None:
        """Delete a reading and its corrections.

        Args:
            reading_id: Id of the reading.

        Raises:
            NotStored: There is no such reading.
        """

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """Store corrections of a reading, all or none; those stored already are left out.

        Args:
            reading_id: Id of the reading.
            corrections: Corrections of this reading.

        Raises:
            NotStored: There is no such reading.
        """

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Delete one correction of a reading.

        Args:
            reading_id: Id of the reading.
            correction_id: Id of the correction.

        Raises:
            NotStored: There is no such correction of this reading.
        """

    def corrections(self, since_id: str = "") -> list[Correction]:
        """Return the corrections of all owners, oldest first.

        Args:
            since_id: Only corrections made after the one with this id.
        """

    def corrections_of(self, reading_ids: Sequence[str]) -> list[Correction]:
        """Return the corrections of some readings, oldest first.

        Args:
            reading_ids: Ids of the readings; unknown ones are ignored.
        """

    def find(
        self, owner: str, query: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """Return the readings of an owner that match a query, in its order.

        Args:
            owner: The owner.
            query: The conditions.
            limit: Most readings to return.
            offset: Matching readings to skip.
            pictures: True for readings with their previews.
        """

    def count(self, owner: str, query: ReadingQuery) -> int:
        """Return the number of readings that `find` would return without a limit."""

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """Return the numbers of an owner that need a review, the least confident first.

        Args:
            owner: The owner.
            limit: Most numbers to return.
        """

    def count_doubts(self, owner: str) -> int:
        """Return the number of an owner's numbers that need a review."""

    def discard(self, owner: str, selection: ReadingQuery | Sequence[str], moment: str) -> int:
        """Hide readings from every method but `restore`, `purge`, `expire`, `forget` and `picture_bytes`.

        Args:
            owner: The owner; readings of others are ignored.
            selection: A query, or ids of readings.
            moment: Present moment, by which `restore` finds them again.

        Returns:
            Number of readings that were hidden.
        """

    def restore(self, owner: str, moment: str) -> int:
        """Show readings again that were discarded.

        Args:
            owner: The owner.
            moment: The moment that `discard` was given.

        Returns:
            Number of restored readings.
        """

    def purge(self, before: str) -> int:
        """Delete discarded readings of all owners for good.

        Args:
            before: Only those discarded before this moment.

        Returns:
            Number of deleted readings.
        """

    def expire(self, before: str) -> int:
        """Delete readings of all owners for good.

        Args:
            before: Only those created before this moment.

        Returns:
            Number of deleted readings.
        """

    def forget(self, owner: str) -> int:
        """Delete all readings of an owner for good, discarded ones too.

        Args:
            owner: The owner.

        Returns:
            Number of deleted readings.
        """

    def picture_bytes(self, owner: str) -> int:
        """Return the bytes of all stored pictures of an owner, those of discarded readings too.

        Args:
            owner: The owner.
        """

    @property
    def documents(self) -> Documents:
        """Documents stored beside readings."""

    @property
    def batches(self) -> BatchStore:
        """Batches, which are read in the background."""

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """Return the counts of `usage.usage_counts`, summed over an owner's readings by day.

        Counts stay when readings are deleted.

        Args:
            owner: The owner.
            since: First day, such as 2026-11-25.

        Returns:
            Counts by name, by day in order; days without readings are missing.
        """

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """Return the last correction of each of an owner's numbers, oldest first.

        Args:
            owner: The owner.
            since: Only corrections made at this moment or later.
        """

    def pending_writes(self) -> int:
        """Return the number of readings in the local queue of a remote store; 0 for a local one."""

    def check(self) -> str:
        """Check that the store works.

        Returns:
            Empty where all is well, else a warning about a fault in spite of which readings can be saved.

        Raises:
            StoreError: The store cannot be used.
        """

    def describe(self) -> Mapping[str, str]:
        """Return facts about the store for its administrator, by name."""

    def close(self) -> None:
        """Close files and connections."""
