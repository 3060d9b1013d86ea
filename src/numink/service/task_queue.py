"""A fixed number of threads behind a bounded queue, which do all reading and storing.

So memory does not grow with the number of clients, and requests that exceed the queue are refused at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from ..errors import NuminkError
from ..imaging.decode import Picture
from ..imaging.decoder.page import NotQuick
from ..imaging.decoder.semaphore import RankedSemaphore
from ..imaging.documents import Pages
from .metrics import Metrics

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class QueueFull(NuminkError):
    """The queue is full, and the request was not started."""

    kind = "queue-full"


class RequestTimeout(NuminkError):
    """The request took longer than the time limit."""

    kind = "took-too-long"


class Run(Protocol):
    """A function that runs a task on some thread and returns its result."""

    def __call__(self, task: Callable[[], Result]) -> Result:
        """Run a task."""


def run_here(task: Callable[[], Result]) -> Result:
    """Run a task on this thread."""
    return task()


class TaskQueue:
    """Threads and their queue.

    Args:
        threads: Number of threads.
        waiting: Most tasks of `run` that wait for a thread.
        timeout: Seconds that `wait` waits for a task.
        memory: Bytes that pictures may take at once which are decoded before a thread reads them.
        metrics: Counts the tasks that wait or run.
    """

    def __init__(self, threads: int, waiting: int, timeout: float, memory: int, metrics: Metrics) -> None:
        self._timeout = timeout
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
        self._memory = RankedSemaphore(memory)
        self._slots = threading.BoundedSemaphore(threads + waiting)

    def run(self, task: Callable[[], Result]) -> Result:
        """Queue a task and wait for its result. Raises QueueFull or RequestTimeout."""
        with self.queue_slot():
            return self.wait(task)

    @contextmanager
    def queue_slot(self) -> Iterator[None]:
        """Take a slot of the queue. Raises QueueFull."""
        if not self._slots.acquire(blocking=False):
            raise QueueFull("numink is busy with other pictures: try again in a few seconds")
        self._metrics.add_waiting(+1)
        try:
            yield
        finally:
            self._metrics.add_waiting(-1)
            self._slots.release()

    def wait(self, task: Callable[[], Result]) -> Result:
        """Run a task on one of the threads, with a slot of the queue. Raises RequestTimeout."""
        future = self._pool.submit(task)
        try:
            return future.result(timeout=self._timeout)
        except FutureTimeout:
            future.cancel()
            raise RequestTimeout(
                "reading took longer than {most} seconds: try a smaller picture", most=self._timeout
            ) from None

    def next_page(self, pages: Iterator[Picture], task: Callable[[Picture], Result], run: Run) -> Result | None:
        """Do a task with the next page; return its result, None where there is no page.

        A page that is decoded quickly is decoded on the thread that reads it. Any other is decoded before, so that it
        holds up no such thread, and large ones share the memory until they are read.

        Args:
            pages: The pages of a document.
            task: A function of the page.
            run: `wait`, or `run_here` on one of these threads, which may not wait for one that waits for a thread.

        Raises:
            InputError: The page cannot be decoded or read.
            RequestTimeout: It takes too long.
            DecoderBusy: Too many others take long.
        """

        def decode_and_do(quickly: bool) -> Result | None:
            if isinstance(pages, Pages):
                pages.prepare(quickly=quickly)
            picture = next(pages, None)
            return None if picture is None else task(picture)

        if run is run_here:
            return decode_and_do(quickly=False)
        try:
            return run(partial(decode_and_do, quickly=True))
        except NotQuick as reason:
            with self._memory.borrowed(reason.needed, seconds=self._timeout, rank=reason.needed):
                if isinstance(pages, Pages):
                    pages.prepare(needed=reason.needed)
                return run(partial(decode_and_do, quickly=False))

    def submit(
        self, task: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run a task on a thread without waiting for it, and without counting it."""
        return self._pool.submit(task, *args, **kwargs)

    def close(self) -> None:
        """Finish all tasks and end the threads."""
        self._pool.shutdown(wait=True)
