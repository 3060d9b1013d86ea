"""Remote store with a local queue: readings that it cannot take now wait in a file here, and are sent later.

A reading counts as saved once either of both has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...errors import StoreError, StoreUnavailable, TooLargeToStore
from ..batch_protocol import BatchStore
from ..correction import Correction
from ..documents import Documents
from ..ids import new_id
from ..protocol import Store
from ..reading import Doubt, Reading, ReadingQuery, ReviewedNumber
from .queue import WriteQueue
from .sender import Sender


class WriteBehindStore:
    """Implementation of `Store` by a remote store and a queue of readings for it.

    Args:
        store: The remote store.
        queue: The local queue.
    """

    def __init__(self, store: Store, queue: WriteQueue) -> None:
        self._store = store
        self._queue = queue
        self._sender = Sender(store, queue)

    def new_id(self, owner: str) -> str:
        """See `Store.new_id`. While the remote store is unavailable, only waiting readings are looked at."""
        local = new_id(owner, self._queue.last_id(owner))
        if not self._sender.unavailable:
            try:
                return self._store.new_id(owner)  # ids of a process never decrease
            except StoreError as error:
                self._sender.report_failure(error)
        return local

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        if not self._sender.unavailable:
            try:
                self._store.save(reading)
            except TooLargeToStore:
                raise
            except StoreError as error:
                self._sender.report_failure(error)
            else:
                return
        self._queue.put(reading)
        self._sender.wake()

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`. Waiting readings are returned even while the remote store is unavailable."""
        waiting = self._queue.get(reading_id)
        if waiting is None:
            return self._store.get(reading_id, pictures=pictures)
        return waiting if pictures else replace(waiting, previews=())

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        waiting = self._queue.get(reading_id)
        return waiting.preview(page) if waiting else self._store.picture(reading_id, page)

    def recent(self, owner: str, before_id: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`. Fails while the remote store is unavailable: a part would look like the whole history."""
        waiting = self._queue.recent(owner, before_id, limit)
        stored = self._store.recent(owner, before_id, limit)
        stored_ids = {reading.id for reading in stored}
        readings = [*stored, *(reading for reading in waiting if reading.id not in stored_ids)]
        return sorted(readings, key=lambda reading: reading.id, reverse=True)[: max(limit, 0)]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        if self._queue.mark_deleted(reading_id):
            self._sender.wake()
        else:
            self._store.delete(reading_id)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        self._send_now([reading_id])
        self._store.correct(reading_id, corrections)

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.withdraw_correction`."""
        self._store.withdraw_correction(reading_id, correction_id)

    def corrections(self, since_id: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return self._store.corrections(since_id)

    def corrections_of(self, reading_ids: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`. Waiting readings have none."""
        stored_ids = reading_ids
        if self._queue.status().readings:
            stored_ids = [reading_id for reading_id in reading_ids if self._queue.get(reading_id) is None]
        return self._store.corrections_of(stored_ids) if stored_ids else []

    def find(
        self, owner: str, query: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`. Waiting readings are left out."""
        return self._store.find(owner, query, limit, offset, pictures=pictures)

    def count(self, owner: str, query: ReadingQuery) -> int:
        """See `Store.count`."""
        return self._store.count(owner, query)

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        return self._store.doubts(owner, limit)

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        return self._store.count_doubts(owner)

    def discard(self, owner: str, selection: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if not isinstance(selection, ReadingQuery):
            self._send_now(selection)
        return self._store.discard(owner, selection, moment)

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        return self._store.restore(owner, moment)

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        self._require_available()
        return self._store.purge(before)

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        self._require_available()
        return self._store.expire(before)

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""
        return self._queue.forget(owner) + self._store.forget(owner)

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`. Waiting readings are counted as a whole."""
        return self._store.picture_bytes(owner) + self._queue.status(owner).bytes

    @property
    def documents(self) -> Documents:
        """See `Store.documents`."""
        return self._store.documents

    @property
    def batches(self) -> BatchStore:
        """See `Store.batches`."""
        return self._store.batches

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.usage`."""
        return self._store.usage(owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.reviewed_numbers`."""
        return self._store.reviewed_numbers(owner, since)

    def pending_writes(self) -> int:
        """See `Store.pending_writes`."""
        return self._queue.status().readings

    def check(self) -> str:
        """See `Store.check`. Returns a warning where the remote store is unavailable, since readings can be saved."""
        status = self._queue.status()
        warning = self._sender.error
        if not self._sender.unavailable:
            try:
                warning = self._store.check()
                self._sender.report_success()
            except StoreError as error:
                self._sender.report_failure(error)
                warning = str(error)
        waiting = f"{status.readings:,} readings wait to be sent" if status.readings else ""
        return "; ".join(filter(None, (warning, waiting, status.refusal)))

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        status = self._queue.status()
        return {**self._store.describe(), "outbox": f"{status.readings:,} readings wait, {status.bytes:,} bytes"}

    def close(self) -> None:
        """See `Store.close`. Makes one more attempt to send waiting readings; others stay in the file."""
        self._sender.close()
        self._store.close()
        self._queue.close()

    def _require_available(self) -> None:
        """Raise StoreAway where the remote store failed a moment ago, for work that can be done another time."""
        if self._sender.unavailable:
            raise StoreUnavailable(self._sender.error)

    def _send_now(self, reading_ids: Sequence[str]) -> None:
        """Send those of the readings that wait. Raises StoreError."""
        for reading_id in reading_ids:
            if waiting := self._queue.get(reading_id):
                self._store.save(waiting)
                self._queue.remove(reading_id)
