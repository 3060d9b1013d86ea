"""A store elsewhere with an outbox before it: what it cannot take now waits in a file here, and is sent later.

A reading is answered for once one of both has it. Knows neither the service nor HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...errors import StoreError, StoreUnavailable, TooLargeToStore
from ..batches import BatchStore
from ..correction import Correction
from ..documents import Documents
from ..protocol import Store
from ..reading import Doubt, Reading, ReadingQuery, ReviewedNumber
from .queue import Outbox
from .sender import Sender


class OutboxedStore:
    """A `Store`: `store`, with what waits in `outbox`."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._sender = Sender(store, outbox)

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        if not self._sender.away:
            try:
                self._store.save(reading)
            except TooLargeToStore:
                raise
            except StoreError as error:
                self._sender.is_away(error)
            else:
                return
        self._outbox.put(reading)
        self._sender.wake()

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`. What waits here is had though the store is away."""
        waiting = self._outbox.get(reading_id)
        if waiting is None:
            return self._store.get(reading_id, pictures=pictures)
        return waiting if pictures else replace(waiting, previews=())

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        waiting = self._outbox.get(reading_id)
        return waiting.preview(page) if waiting else self._store.picture(reading_id, page)

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`. A part of the history alone is not given: nobody would see that it is one."""
        waiting = self._outbox.recent(owner, before, limit)
        found = self._store.recent(owner, before, limit)
        there = {one.id for one in found}
        both = [*found, *(one for one in waiting if one.id not in there)]
        return sorted(both, key=lambda one: one.id, reverse=True)[: max(limit, 0)]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        if self._outbox.drop(reading_id):
            self._sender.wake()
        else:
            self._store.delete(reading_id)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        self._send_first([reading_id])
        self._store.correct(reading_id, corrections)

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.take_back`."""
        self._store.withdraw_correction(reading_id, correction_id)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return self._store.corrections(since)

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`. What waits here has none."""
        sent = [one for one in readings if self._outbox.get(one) is None] if self._outbox.held().readings else readings
        return self._store.corrections_of(sent) if sent else []

    def find(
        self, owner: str, wanted: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`; of what is there already."""
        return self._store.find(owner, wanted, limit, offset, pictures=pictures)

    def count(self, owner: str, wanted: ReadingQuery) -> int:
        """See `Store.count`."""
        return self._store.count(owner, wanted)

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        return self._store.doubts(owner, limit)

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        return self._store.count_doubts(owner)

    def discard(self, owner: str, wanted: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if not isinstance(wanted, ReadingQuery):
            self._send_first(wanted)
        return self._store.discard(owner, wanted, moment)

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        return self._store.restore(owner, moment)

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        self._must_answer()
        return self._store.purge(before)

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        self._must_answer()
        return self._store.expire(before)

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""
        return self._outbox.forget(owner) + self._store.forget(owner)

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`; what waits here is counted, too."""
        return self._store.picture_bytes(owner) + self._outbox.held(owner).bytes

    @property
    def documents(self) -> Documents:
        """See `Store.documents`."""
        return self._store.documents

    @property
    def batches(self) -> BatchStore:
        """See `Store.batches`."""
        return self._store.batches

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.use`."""
        return self._store.usage(owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.corrected`."""
        return self._store.reviewed_numbers(owner, since)

    def unsent(self) -> int:
        """See `Store.unsent`."""
        return self._outbox.held().readings

    def check(self) -> str:
        """See `Store.check`. Nothing is raised where the store is away: reading goes on."""
        held = self._outbox.held()
        said = self._sender.why
        if not self._sender.away:
            try:
                said = self._store.check()
                self._sender.is_back()
            except StoreError as error:
                self._sender.is_away(error)
                said = str(error)
        waits = f"{held.readings:,} readings wait to be sent" if held.readings else ""
        return "; ".join(filter(None, (said, waits, held.said)))

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        held = self._outbox.held()
        return {**self._store.describe(), "outbox": f"{held.readings:,} readings wait, {held.bytes:,} bytes"}

    def flush(self) -> None:
        """What waits is given a last chance; the rest stays in its file."""
        self._sender.end()

    def close(self) -> None:
        """See `Store.close`."""
        self.flush()
        self._store.close()
        self._outbox.close()

    def _must_answer(self) -> None:
        """Raises StoreUnavailable where it did not a moment ago, for what can be done another time."""
        if self._sender.away:
            raise StoreUnavailable(self._sender.why)

    def _send_first(self, readings: Sequence[str]) -> None:
        """Sends some that wait now. Raises StoreError's kinds."""
        for one in readings:
            if waiting := self._outbox.get(one):
                self._store.save(waiting)
                self._outbox.sent(one)
