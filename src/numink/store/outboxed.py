"""A store elsewhere with an outbox before it: what it cannot take now waits in a file here, and is sent by a thread.

A reading is answered for once one of both has it. Where the store is away nothing more is asked of it for a while, so
that nobody waits for its time-outs one after the other; the thread goes on asking. Knows neither the service nor HTTP.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ..errors import NotStored, StoreAway, StoreError, TooLargeToStore
from . import Corrected, Correction, Doubt, Reading, Store, Wanted
from .batch import BatchStore
from .documents import Documents
from .outbox import Outbox

LEFT_ALONE = 5.0
"""Seconds that a store is not asked for saving after it did not answer."""
PAUSES = (0.5, 30.0)
"""Seconds between tries of the thread: the first, and the most."""
LOOK = 5.0
"""Seconds between looks for what another process left, and those that closing gives to what waits."""
log = logging.getLogger(__name__)


class OutboxedStore:
    """A `Store`: `store`, with what waits in `outbox`."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._alone_until = 0.0
        self._why = ""
        self._look, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._go, name="outbox", daemon=True)
        self._thread.start()

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        if time.monotonic() >= self._alone_until:
            try:
                self._store.save(reading)
            except TooLargeToStore:
                raise
            except StoreError as error:
                self._is_away(error)
            else:
                return
        self._outbox.put(reading)
        self._look.set()

    def get(self, reading_id: str) -> Reading:
        """See `Store.get`. What waits here is had though the store is away."""
        waiting = self._outbox.get(reading_id)
        return waiting or self._store.get(reading_id)

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
            self._look.set()
        else:
            self._store.delete(reading_id)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        self._send_first([reading_id])
        self._store.correct(reading_id, corrections)

    def take_back(self, reading_id: str, correction_id: str) -> None:
        """See `Store.take_back`."""
        self._store.take_back(reading_id, correction_id)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return self._store.corrections(since)

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`. What waits here has none."""
        sent = [one for one in readings if self._outbox.get(one) is None] if self._outbox.held().readings else readings
        return self._store.corrections_of(sent) if sent else []

    def find(self, owner: str, wanted: Wanted, limit: int = 50, offset: int = 0) -> list[Reading]:
        """See `Store.find`; of what is there already."""
        return self._store.find(owner, wanted, limit, offset)

    def count(self, owner: str, wanted: Wanted) -> int:
        """See `Store.count`."""
        return self._store.count(owner, wanted)

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        return self._store.doubts(owner, limit)

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        return self._store.count_doubts(owner)

    def discard(self, owner: str, wanted: Wanted | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if not isinstance(wanted, Wanted):
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

    def use(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.use`."""
        return self._store.use(owner, since)

    def corrected(self, owner: str, since: str) -> list[Corrected]:
        """See `Store.corrected`."""
        return self._store.corrected(owner, since)

    def check(self) -> str:
        """See `Store.check`. Nothing is raised where the store is away: reading goes on."""
        held = self._outbox.held()
        said = self._why
        if time.monotonic() >= self._alone_until:
            try:
                said = self._why = self._store.check()
            except StoreError as error:
                self._is_away(error)
                said = str(error)
        waits = f"{held.readings:,} readings wait to be sent" if held.readings else ""
        return "; ".join(filter(None, (said, waits, held.said)))

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        held = self._outbox.held()
        return {**self._store.describe(), "outbox": f"{held.readings:,} readings wait, {held.bytes:,} bytes"}

    def flush(self) -> None:
        """What waits is given a last chance, for LOOK; the rest stays in its file."""
        self._ended.set()
        self._look.set()
        self._thread.join(LOOK)

    def close(self) -> None:
        """See `Store.close`."""
        self.flush()
        self._store.close()
        self._outbox.close()

    def _is_away(self, error: StoreError) -> None:
        if not self._why:
            log.warning("new readings wait in %s: %s", self._outbox.path, error)
        self._why = str(error)
        self._alone_until = time.monotonic() + LEFT_ALONE

    def _must_answer(self) -> None:
        """Raises StoreAway where it did not a moment ago, for what can be done another time."""
        if time.monotonic() < self._alone_until:
            raise StoreAway(self._why)

    def _send_first(self, readings: Sequence[str]) -> None:
        """Sends some that wait now. Raises StoreError's kinds."""
        for one in readings:
            if waiting := self._outbox.get(one):
                self._store.save(waiting)
                self._outbox.sent(one)

    def _go(self) -> None:
        pause = PAUSES[0]
        while True:
            last = self._ended.is_set()
            self._look.clear()
            away = True
            try:
                away = not self._send_all()
            except StoreError as error:
                log.warning("%s", error)
            except Exception:
                log.exception("sending the outbox failed")
            if last:
                return
            pause = min(pause * 2, PAUSES[1]) if away else PAUSES[0]
            if away:
                self._ended.wait(pause)
            else:
                self._look.wait(LOOK)

    def _send_all(self) -> bool:
        """Sends what waits, in order; False where the store is away, or there is something that it does not take."""
        put_off = set[str]()
        with self._outbox.sending() as mine:
            while mine and (found := self._outbox.next()):
                reading, dropped = found
                if reading.id in put_off:
                    return False
                try:
                    if dropped:
                        with suppress(NotStored):
                            self._store.delete(reading.id)
                    else:
                        self._store.save(reading)
                except TooLargeToStore as error:
                    put_off.add(reading.id)
                    self._outbox.put_off(reading.id, str(error))
                    continue
                except StoreError as error:
                    self._is_away(error)
                    return False
                self._outbox.sent(reading.id, dropped=dropped)
                if self._why:
                    log.warning("the history can be reached again: what waits is sent")
                self._why, self._alone_until = "", 0.0
        return True
