"""Protocol of a store of batches, and of the queue from which workers take their items.

>>> import tempfile
>>> from numink.store.batches import AnnouncedFile, BatchLimits, File
>>> from numink.store.ids import new_id
>>> from numink.store.sqlite.store import SqliteStore
>>> with tempfile.TemporaryDirectory() as folder:
...     store = SqliteStore(f"{folder}/numink.db")
...     batch_id, limits = new_id("anna"), BatchLimits(files=100, bytes=10_000_000)
...     store.batches.create(batch_id, "slips", {"single": True})
...     (item_id,) = store.batches.announce(batch_id, [AnnouncedFile("a.png")], limits)
...     _ = store.batches.receive(batch_id, item_id, [File("a.png", b"...")], limits)
...     task = store.batches.claim("worker-1", now=0, lease_ends=30_000, max_attempts=3)
...     print(task.name, task.content, task.options)
...     store.batches.fail(task.item_id, "it is no picture", keep_bytes=False)
...     print([(item.name, str(item.state), item.error) for item in store.batches.items(batch_id)])
...     store.close()
a.png b'...' {'single': True}
[('a.png', 'failed', 'it is no picture')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from .batches import AnnouncedFile, Batch, BatchLimits, File, Item, Task
from .reading import Reading


class BatchQueue(Protocol):
    """Queue from which workers claim items. Moments are milliseconds of one clock that all workers share."""

    def claim(self, worker_id: str, now: int, lease_ends: int, max_attempts: int) -> Task | None:
        """Claim the next item, fairly among batches.

        Items whose lease has ended are claimed again. Items that were claimed `max_attempts` times fail.

        Args:
            worker_id: Name of the worker, unique among all processes.
            now: The present moment.
            lease_ends: Moment until which the item belongs to the worker.
            max_attempts: Most times that an item is claimed.

        Returns:
            The claimed item, or None where none waits.
        """

    def renew(self, worker_id: str, lease_ends: int) -> None:
        """Extend the lease of all items that a worker has claimed.

        Args:
            worker_id: Name of the worker.
            lease_ends: New moment until which they belong to it.
        """

    def finish(self, item_id: str) -> None:
        """Mark an item as read, its reading being stored, and delete its bytes.

        Args:
            item_id: Id of the item; nothing is done where its batch was deleted.
        """

    def fail(self, item_id: str, error: str, *, keep_bytes: bool) -> None:
        """Mark an item as failed.

        Args:
            item_id: Id of the item; nothing is done where its batch was deleted.
            error: Sentence that says why.
            keep_bytes: True where another attempt may succeed, so that `BatchStore.retry` is offered.
        """

    def release(self, item_id: str) -> None:
        """Return a claimed item to the queue, without counting the attempt.

        Args:
            item_id: Id of the item; nothing is done where its batch was deleted.
        """


class BatchStore(BatchQueue, Protocol):
    """A store of batches. Methods are safe for threads and processes, and may raise `StoreError` and its subclasses.

    Ids begin with the owner, as those of readings do. The caller checks that an id belongs to the right owner.
    """

    def create(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """Create an empty batch; do nothing where the id exists.

        Args:
            batch_id: New id, from `ids.new_id`.
            name: Name for people.
            options: JSON values that each `Task` of the batch gets.
        """

    def announce(self, batch_id: str, files: Sequence[AnnouncedFile], limits: BatchLimits) -> list[str]:
        """Add items for files that will be sent; those with an error have failed already.

        Args:
            batch_id: Id of the batch.
            files: The files in order.
            limits: Limits of the batch.

        Returns:
            Ids of the new items, in the order of `files`.

        Raises:
            BatchFull: The batch would be over its limits; no item was added.
        """

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], limits: BatchLimits) -> list[str]:
        """Store the file that was sent for an awaited item, or the files of a ZIP archive.

        All files are stored, or none. Does nothing where the item is not awaited any more, for example because the
        same request was sent twice.

        Args:
            batch_id: Id of the batch.
            item_id: Id of the awaited item, which the new items replace.
            files: The files in order; an exception that the iterable raises is passed on.
            limits: Limits of the batch.

        Returns:
            Ids of the items that stand in its place now; empty where the item was not awaited.

        Raises:
            BatchFull: The batch would be over its limits; no file was stored.
        """

    def get(self, batch_id: str) -> Batch | None:
        """Return a batch.

        Args:
            batch_id: Id of the batch.

        Returns:
            The batch, or None where there is none.
        """

    def recent(self, owner: str, limit: int, before_id: str | None = None) -> list[Batch]:
        """Return batches of an owner, newest first.

        Args:
            owner: The owner.
            limit: Most batches to return.
            before_id: Only batches older than the one with this id.
        """

    def items(self, batch_id: str, since_revision: int = 0) -> list[Item]:
        """Return items of a batch in order.

        Args:
            batch_id: Id of the batch.
            since_revision: Only items that have changed after this `Batch.revision`.
        """

    def readings(self, batch_id: str, offset: int, limit: int, *, pictures: bool) -> list[Reading]:
        """Return the readings of a batch in order, without thumbnails.

        Args:
            batch_id: Id of the batch.
            offset: Readings to skip.
            limit: Most readings to return.
            pictures: True for readings with their previews.
        """

    def cancel(self, batch_id: str) -> int:
        """Cancel all items that are not being read yet, and delete their bytes and those of failed items.

        Args:
            batch_id: Id of the batch.

        Returns:
            Number of cancelled items.
        """

    def retry(self, batch_id: str) -> int:
        """Return failed items whose bytes are stored to the queue.

        Args:
            batch_id: Id of the batch.

        Returns:
            Number of such items.
        """

    def delete(self, batch_id: str) -> None:
        """Delete a batch, its items and their bytes; readings stay.

        Args:
            batch_id: Id of the batch.
        """

    def waiting_bytes(self, owner: str) -> int:
        """Return the bytes of an owner's files that are stored to be read or retried, and of those being received.

        Args:
            owner: The owner.
        """

    def expire(self, failed_before: str, created_before: str) -> None:
        """Delete old data of all owners. Either moment may be empty, and has no effect then.

        Args:
            failed_before: Bytes of failed items are deleted in batches created before this moment.
            created_before: Batches created before this moment are deleted.
        """

    def forget(self, owner: str) -> None:
        """Delete all batches of an owner.

        Args:
            owner: The owner.
        """
