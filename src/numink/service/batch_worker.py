"""Background reading of the files of batches, a few at a time, on the threads of the reading service.

The worker claims a file for LEASE_SECONDS and renews the lease while it reads. If a process dies, another one claims
its files when their leases run out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from ..errors import INTERNAL_ERROR, InputError, NuminkError, StoreError
from ..store.batch_protocol import BatchStore
from ..store.batches import Task
from ..store.ids import ago, owner_of
from .parameters import ServiceParameters

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
    """Claims waiting files and has them read, with the name of the owner, by threads of others.

    Args:
        store: Batches of all owners.
        read: Reads a file for an owner and saves its reading.
        submit: Runs a call on another thread.
        parameters: Threads, and how long failed files and readings are kept.
    """

    def __init__(
        self, store: BatchStore, read: Callable[[str, Task], None],
        submit: Callable[[Callable[[Task], None], Task], object], parameters: ServiceParameters,
    ) -> None:  # fmt: skip
        self._store = store
        self._parameters = parameters
        self._read = read
        self._submit = submit
        self._max_tasks = min(parameters.batch_threads, parameters.threads)
        self._keeps_failed = parameters.keep_pictures and parameters.retry_hours > 0
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
                    self._store.renew(self._worker_id, _clock_ms(LEASE_SECONDS))
                if len(self._claimed_items) < self._max_tasks and (task := self._claim()):
                    with self._lock:
                        self._claimed_items.add(task.item_id)
                    self._submit(self._process, task)
                    continue
            except NuminkError as error:  # the store is busy or full: clients are told elsewhere, the worker retries
                log.warning("reading of batches is paused: %s", error)
            except Exception:
                log.exception("looking for files of batches failed")
            self._wake_event.wait(BATCH_POLL_SECONDS)

    def _remove_expired(self) -> None:
        """Remove failed files that are too old to be retried, and batches whose readings have expired."""
        hours, days = self._parameters.retry_hours, self._parameters.keep_days
        self._store.expire(ago(timedelta(hours=hours)), ago(timedelta(days=days)) if days else "")

    def _claim(self) -> Task | None:
        return self._store.claim(self._worker_id, _clock_ms(), _clock_ms(LEASE_SECONDS), MAX_READING_ATTEMPTS)

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
            self._read(owner_of(task.batch_id), task)
        except StoreError as error:
            log.warning("a file of a batch was put back into the queue: %s", error)
            self._store.release(task.item_id)
            self._stop_event.wait(BATCH_POLL_SECONDS)
        except InputError as error:
            self._store.fail(task.item_id, str(error), keep_bytes=self._keeps_failed and error.kind != "not-a-picture")
        except NuminkError as error:
            self._store.fail(task.item_id, str(error), keep_bytes=self._keeps_failed)
        except Exception:
            log.exception("reading a file of a batch failed")
            self._store.fail(task.item_id, INTERNAL_ERROR, keep_bytes=self._keeps_failed)
        else:
            self._store.finish(task.item_id)


def _clock_ms(offset: float = 0.0) -> int:
    """Milliseconds since the epoch, `offset` seconds from now."""
    return int((time.time() + offset) * 1000)
