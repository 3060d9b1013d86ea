"""Reads what waits in batches, in the background, on the desk's threads: a few at once, so that nobody waits for long.

A thread looks for work, claims it for LEASE and goes on saying that it is at it. Where a process ends in the middle,
whoever looks next after that time takes over what it had. Knows no HTTP.
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
from ..store.batches import BatchStore, Task
from ..store.ids import ago

LEASE = 5.0
"""Seconds after which an item is taken over from a process that says nothing."""
BEAT = 1.0
"""Seconds between looks for work that another process received."""
TIDY_EVERY = 300.0
"""Seconds."""
MOST_TRIES = 3
"""How often an item may be begun."""
log = logging.getLogger(__name__)


class BatchWorker:
    """`read` reads a task and keeps its reading; `pool` has the threads that do so, `slots` of them at once."""

    def __init__(self, store: BatchStore, read: Callable[[Task], None], pool: Executor, settings: Settings) -> None:
        self.store = store
        self._settings = settings
        self._read = read
        self._pool = pool
        self._slots = min(settings.batch_threads, settings.threads)
        self._keeps_failed = settings.keep_pictures and settings.retry_hours > 0
        self._name = uuid4().hex
        self._held = set[str]()
        self._lock = threading.Lock()
        self._look = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="feeder", daemon=True)

    def start(self) -> None:
        """Begins, with what is left from before."""
        self._thread.start()

    def wake(self) -> None:
        """There is work."""
        self._look.set()

    def close(self) -> None:
        """Claims nothing more; what is being read is read to its end."""
        self._ended.set()
        self._look.set()
        self._thread.join()

    def _go(self) -> None:
        renewed = tidied = 0.0
        while not self._ended.is_set():
            self._look.clear()
            try:
                if time.monotonic() - tidied > TIDY_EVERY:
                    tidied = time.monotonic()
                    self._tidy()
                if self._held and time.monotonic() - renewed > BEAT:
                    renewed = time.monotonic()
                    self.store.renew(self._name, _moment(LEASE))
                if len(self._held) < self._slots and (task := self._claimed()):
                    with self._lock:
                        self._held.add(task.item_id)
                    self._pool.submit(self._do, task)
                    continue
            except NuminkError as error:  # the history is busy or full: others are told, and this waits
                log.warning("batches wait: %s", error)
            except Exception:
                log.exception("looking for files of batches failed")
            self._look.wait(BEAT)

    def _tidy(self) -> None:
        """Removes what failed too long ago to be tried again, and batches whose readings are removed too."""
        hours, days = self._settings.retry_hours, self._settings.keep_days
        self.store.expire(ago(timedelta(hours=hours)), ago(timedelta(days=days)) if days else "")

    def _claimed(self) -> Task | None:
        return self.store.claim(self._name, _moment(), _moment(LEASE), MOST_TRIES)

    def _do(self, task: Task) -> None:
        try:
            self._read_to_its_end(task)
        except StoreError as error:  # its holder lets the moment pass, and somebody takes it over
            log.warning("a file of a batch could not be put down: %s", error)
        finally:
            with self._lock:
                self._held.discard(task.item_id)
            self.wake()

    def _read_to_its_end(self, task: Task) -> None:
        try:
            self._read(task)
        except StoreError as error:
            log.warning("a file of a batch waits: %s", error)
            self.store.release(task.item_id)
            self._ended.wait(BEAT)
        except InputError as error:
            self.store.fail(task.item_id, str(error), keep=self._keeps_failed and error.kind != "not-a-picture")
        except NuminkError as error:
            self.store.fail(task.item_id, str(error), keep=self._keeps_failed)
        except Exception:
            log.exception("reading a file of a batch failed")
            self.store.fail(task.item_id, INTERNAL_ERROR, keep=self._keeps_failed)
        else:
            self.store.finish(task.item_id)


def _moment(later: float = 0.0) -> int:
    """Milliseconds of the clock, so many seconds from now."""
    return int((time.time() + later) * 1000)
