"""Protocols of a store of readings, and of a whole store.

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

from collections.abc import Sequence
from typing import Protocol

from .batch_protocol import BatchStore
from .documents import Documents
from .reading import Reading, ReadingQuery
from .small_protocols import CorrectionStore, Maintenance, ReviewQueue, UsageCounts


class ReadingStore(Protocol):
    """Readings. Methods are thread-safe and may raise `StoreError` and its subclasses."""

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


class Store(ReadingStore, CorrectionStore, ReviewQueue, UsageCounts, Maintenance, Protocol):
    """All that numink stores, in one file or database; `documents` and `batches` have protocols of their own."""

    @property
    def documents(self) -> Documents:
        """Documents stored beside readings."""

    @property
    def batches(self) -> BatchStore:
        """Batches, which are read in the background."""
