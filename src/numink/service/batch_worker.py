"""Background reading of the files of batches, a few at a time, on the threads of the reading service.

The worker claims a file for LEASE_SECONDS and renews the lease while it reads. If a process dies, another one claims
its files when their leases run out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from uuid import uuid4

from ..errors import INTERNAL_ERROR, InputError, NuminkError, StoreError
from ..settings import Settings
from ..store.batch_protocol import BatchStore
from ..store.batches import Task
from ..store.ids import ago

LEASE_SECONDS = 5.0
"""Time after which a file may be claimed from a process that has stopped renewing its lease."""
BATCH_POLL_SECONDS = 1.0
"""Seconds between two looks for files that another process received; also how often leases are renewed."""
BATCH_CLEANUP_SECONDS = 300.0
"""Seconds between two removals of expired files and batches."""
MAX_READING_ATTEMPTS = 3
"""Number of times that reading a file may be started."""
log = logging.getLogger(__name__)


class BatchWorker:
    """Claims waiting files and has them read: `read` reads a task and saves its reading, on the threads of `pool`."""

    def __init__(self, store: BatchStore, read: Callable[[Task], None], pool: Executor, settings: Settings) -> None:
        self.store = store
        self._settings = settings
        self._read = read
        self._pool = pool
        self._max_tasks = min(settings.batch_threads, settings.threads)
        self._keeps_failed = settings.keep_pictures and settings.retry_hours > 0
        self._worker_id = uuid4().hex
        self._claimed_items = set[str]()
        self._lock = threading.Lock()
        self._wake_event = threading.Event()
        self._stop_event = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batch-worker", daemon=True)

    def start(self) -> None:
        """Start claiming files, including those left over from an earlier run."""
        self._thread.start()

    def wake(self) -> None:
        """Look for work now instead of at the next poll."""
        self._wake_event.set()

    def close(self) -> None:
        """Stop claiming files; those being read are finished by the pool."""
        self._stop_event.set()
        self._wake_event.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        last_renewal = last_cleanup = 0.0
        while not self._stop_event.is_set():
            self._wake_event.clear()
            try:
                if time.monotonic() - last_cleanup > BATCH_CLEANUP_SECONDS:
                    last_cleanup = time.monotonic()
                    self._remove_expired()
                if self._claimed_items and time.monotonic() - last_renewal > BATCH_POLL_SECONDS:
                    last_renewal = time.monotonic()
                    self.store.renew(self._worker_id, _clock_ms(LEASE_SECONDS))
                if len(self._claimed_items) < self._max_tasks and (task := self._claim()):
                    with self._lock:
                        self._claimed_items.add(task.item_id)
                    self._pool.submit(self._process, task)
                    continue
            except NuminkError as error:  # the store is busy or full: clients are told elsewhere, the worker retries
                log.warning("reading of batches is paused: %s", error)
            except Exception:
                log.exception("looking for files of batches failed")
            self._wake_event.wait(BATCH_POLL_SECONDS)

    def _remove_expired(self) -> None:
        """Remove failed files that are too old to be retried, and batches whose readings have expired."""
        hours, days = self._settings.retry_hours, self._settings.keep_days
        self.store.expire(ago(timedelta(hours=hours)), ago(timedelta(days=days)) if days else "")

    def _claim(self) -> Task | None:
        return self.store.claim(self._worker_id, _clock_ms(), _clock_ms(LEASE_SECONDS), MAX_READING_ATTEMPTS)

    def _process(self, task: Task) -> None:
        try:
            self._read_and_record(task)
        except StoreError as error:  # the lease runs out, and the file is claimed again
            log.warning("the result of a file of a batch could not be stored: %s", error)
        finally:
            with self._lock:
                self._claimed_items.discard(task.item_id)
            self.wake()

    def _read_and_record(self, task: Task) -> None:
        try:
            self._read(task)
        except StoreError as error:
            log.warning("a file of a batch was put back into the queue: %s", error)
            self.store.release(task.item_id)
            self._stop_event.wait(BATCH_POLL_SECONDS)
        except InputError as error:
            self.store.fail(task.item_id, str(error), keep_bytes=self._keeps_failed and error.kind != "not-a-picture")
        except NuminkError as error:
            self.store.fail(task.item_id, str(error), keep_bytes=self._keeps_failed)
        except Exception:
            log.exception("reading a file of a batch failed")
            self.store.fail(task.item_id, INTERNAL_ERROR, keep_bytes=self._keeps_failed)
        else:
            self.store.finish(task.item_id)


def _clock_ms(offset: float = 0.0) -> int:
    """Milliseconds since the epoch, `offset` seconds from now."""
    return int((time.time() + offset) * 1000)
