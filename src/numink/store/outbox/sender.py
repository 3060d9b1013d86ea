"""Sends what waits in an outbox, by a thread, and knows whether the store elsewhere is away.

While it is away nothing but this thread asks it for saving, so that nobody waits for its time-outs one after the other.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress

from ...errors import ReadingNotFound, StoreError, TooLargeToStore
from ..protocol import Store
from .queue import Outbox

LEFT_ALONE = 15.0
"""Seconds that a store is not asked for saving after it did not answer; more than the thread's pauses."""
PAUSES = (0.5, 10.0)
"""Seconds between tries of the thread: the first, and the most."""
LOOK = 5.0
"""Seconds between looks for what another process left, and those that closing gives to what waits."""
log = logging.getLogger(__name__)


class Sender:
    """From `outbox` to `store`, in order; begins at once."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self.why = ""
        self._store = store
        self._outbox = outbox
        self._alone_until = 0.0
        self._look, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._go, name="outbox", daemon=True)
        self._thread.start()

    @property
    def away(self) -> bool:
        """Whether the store did not answer a moment ago; `why` says what it said."""
        return time.monotonic() < self._alone_until

    def wake(self) -> None:
        """There is something to send."""
        self._look.set()

    def is_away(self, error: StoreError) -> None:
        """The store did not do what it was asked."""
        if not self.why:
            log.warning("new readings wait in %s: %s", self._outbox.path, error)
        self.why = str(error)
        self._alone_until = time.monotonic() + LEFT_ALONE

    def is_back(self) -> None:
        """It did."""
        if self.why:
            log.warning("the history can be reached again")
        self.why, self._alone_until = "", 0.0

    def end(self) -> None:
        """What waits is given a last chance, for LOOK."""
        self._ended.set()
        self._look.set()
        self._thread.join(LOOK)

    def _go(self) -> None:
        pause = PAUSES[0]
        while True:
            last = self._ended.is_set()
            self._look.clear()
            away = True
            try:
                away = not self._send_all()
            except StoreError as error:
                self.is_away(error)
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
                        with suppress(ReadingNotFound):
                            self._store.delete(reading.id)
                    else:
                        self._store.save(reading)
                except TooLargeToStore as error:
                    put_off.add(reading.id)
                    self._outbox.put_off(reading.id, str(error))
                    continue
                except StoreError as error:
                    self.is_away(error)
                    return False
                self._outbox.sent(reading.id, dropped=dropped)
                self.is_back()
        if self.why:  # nothing waits that would show it
            self._store.check()
            self.is_back()
        return True
