"""Thread that sends the readings of a queue to the remote store, and remembers whether that can be reached.

While the store is unavailable only this thread sends to it, so that requests do not wait for timeouts in turn.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress

from ...errors import ReadingNotFound, StoreError, TooLargeToStore
from ..protocol import Store
from .queue import WriteQueue

UNAVAILABLE_SECONDS = 15.0
"""Seconds after a failure in which no request saves remotely; longer than the pauses of the thread."""
RETRY_PAUSES = (0.5, 10.0)
"""First and longest pause in seconds between attempts of the thread."""
QUEUE_POLL_SECONDS = 5.0
"""Seconds between looks for readings of other processes; also the last chance for waiting readings when closing."""
log = logging.getLogger(__name__)


class Sender:
    """Sender from `queue` to `store`, in order; starts at once."""

    def __init__(self, store: Store, queue: WriteQueue) -> None:
        self.error = ""
        """Last error of the remote store; empty where it can be reached."""
        self._store = store
        self._queue = queue
        self._unavailable_until = 0.0
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    @property
    def unavailable(self) -> bool:
        """True where the remote store failed a moment ago."""
        return time.monotonic() < self._unavailable_until

    def wake(self) -> None:
        """Start sending, since a reading was queued."""
        self._wake.set()

    def report_failure(self, error: StoreError) -> None:
        """Note that the remote store failed."""
        if not self.error:
            log.warning("new readings wait in %s: %s", self._queue.path, error)
        self.error = str(error)
        self._unavailable_until = time.monotonic() + UNAVAILABLE_SECONDS

    def report_success(self) -> None:
        """Note that the remote store answered."""
        if self.error:
            log.warning("the history can be reached again")
        self.error, self._unavailable_until = "", 0.0

    def close(self) -> None:
        """Make one more attempt, for at most QUEUE_POLL_SECONDS, and end the thread."""
        self._closing.set()
        self._wake.set()
        self._thread.join(QUEUE_POLL_SECONDS)

    def _run(self) -> None:
        pause = RETRY_PAUSES[0]
        while True:
            last_attempt = self._closing.is_set()
            self._wake.clear()
            failed = True
            try:
                failed = not self._send_all()
            except StoreError as error:
                self.report_failure(error)
            except Exception:
                log.exception("sending the outbox failed")
            if last_attempt:
                return
            pause = min(pause * 2, RETRY_PAUSES[1]) if failed else RETRY_PAUSES[0]
            if failed:
                self._closing.wait(pause)
            else:
                self._wake.wait(QUEUE_POLL_SECONDS)

    def _send_all(self) -> bool:
        """Send waiting readings in order; return False where the store failed, or refused one of them."""
        refused_ids = set[str]()
        with self._queue.sending() as has_lock:
            while has_lock and (queued := self._queue.next()):
                reading = queued.reading
                if reading.id in refused_ids:
                    return False
                try:
                    if queued.deleted:
                        with suppress(ReadingNotFound):
                            self._store.delete(reading.id)
                    else:
                        self._store.save(reading)
                except TooLargeToStore as error:
                    refused_ids.add(reading.id)
                    self._queue.postpone(reading.id, str(error))
                    continue
                except StoreError as error:
                    self.report_failure(error)
                    return False
                self._queue.remove(reading.id, deleted=queued.deleted)
                self.report_success()
        if self.error:  # no reading waits whose sending would show whether the store works
            self._store.check()
            self.report_success()
        return True
