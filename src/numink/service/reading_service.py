"""The reading service: the parts that all owners share, and the scope of each owner."""

from __future__ import annotations

from ..reader import Reader
from ..store.batches import Task
from ..store.protocol import Store
from .batch_worker import BatchWorker
from .metrics import Metrics
from .owner_service import OwnerService
from .parameters import ServiceParameters
from .picture_reader import PictureReader
from .quota import Quota
from .task_queue import TaskQueue


class ReadingService:
    """Reads, stores, finds and corrects; `for_owner` returns the operations of one owner.

    Args:
        reader: Reads the pictures.
        store: Stores readings, corrections and batches.
        metrics: Counts of this process.
        parameters: Limits and durations.
        quota: Limits of each owner.
    """

    def __init__(
        self, reader: Reader, store: Store, metrics: Metrics, parameters: ServiceParameters, quota: Quota
    ) -> None:  # fmt: skip
        self.reader = reader
        self.metrics = metrics
        self._store = store
        self._threads = parameters.threads
        memory = parameters.pictures.max_memory
        self._queue = TaskQueue(parameters.threads, parameters.queue, parameters.timeout, memory, metrics)
        self._pictures = PictureReader(reader, store, quota, metrics, parameters, self._queue)
        self._batch_worker = BatchWorker(store.batches, self._read_batch_file, self._queue.submit, parameters)

    def for_owner(self, owner: str) -> OwnerService:
        """Return the operations of an owner."""
        return OwnerService(owner, self._pictures, self._queue, self._batch_worker.wake)

    def warm_up(self, picture: bytes) -> None:
        """Read a picture once on every thread, so that the first request is not slower, then start the batch worker."""
        for done in [self._queue.submit(self.reader.read, picture) for _ in range(self._threads)]:
            done.result()
        self._batch_worker.start()

    def check(self) -> str:
        """Return a warning where the store works with restrictions, else an empty text. Raises StoreError."""
        return self._queue.run(self._store.check)

    def unsent(self) -> int:
        """Return the number of readings in the write queue, even while the request queue is full."""
        return self._store.pending_writes()

    def close(self) -> None:
        """Finish the running tasks, stop all threads and close the store."""
        self._batch_worker.close()
        self._queue.close()
        self._store.close()

    def _read_batch_file(self, owner: str, task: Task) -> None:
        self.for_owner(owner).read_batch_file(task)
