"""A fixed number of threads behind a bounded queue, which do all reading and storing.

So memory does not grow with the number of clients, and requests that exceed the queue are refused at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import ParamSpec, TypeVar

from ..errors import NuminkError
from .metrics import Metrics

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class QueueFull(NuminkError):
    """The queue is full, and the request was not started."""

    kind = "queue-full"


class RequestTimeout(NuminkError):
    """The request took longer than the time limit."""

    kind = "took-too-long"


class TaskQueue:
    """Threads and their queue.

    Args:
        threads: Number of threads.
        waiting: Most tasks of `run` that wait for a thread.
        timeout: Seconds that `run` waits for a task.
        metrics: Counts the tasks of `run` that wait or run.
    """

    def __init__(self, threads: int, waiting: int, timeout: float, metrics: Metrics) -> None:
        self._timeout = timeout
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
        self._slots = threading.BoundedSemaphore(threads + waiting)

    def run(self, task: Callable[[], Result]) -> Result:
        """Run a task on a thread and wait for its result. Raises QueueFull or RequestTimeout."""
        if not self._slots.acquire(blocking=False):
            raise QueueFull("numink is busy with other pictures: try again in a few seconds")
        self._metrics.add_waiting(+1)
        future = self._pool.submit(task)
        future.add_done_callback(self._release_slot)
        try:
            return future.result(timeout=self._timeout)
        except FutureTimeout:
            future.cancel()
            raise RequestTimeout(
                "reading took longer than {most} seconds: try a smaller picture", most=self._timeout
            ) from None

    def submit(
        self, task: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run a task on a thread without waiting for it, and without counting it."""
        return self._pool.submit(task, *args, **kwargs)

    def close(self) -> None:
        """Finish all tasks and end the threads."""
        self._pool.shutdown(wait=True)

    def _release_slot(self, _done: Future[Result]) -> None:
        self._metrics.add_waiting(-1)
        self._slots.release()
