"""A semaphore of any unit, such as bytes of memory, that serves those who wait by rank."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from ...errors import DecoderBusy


class RankedSemaphore:
    """A number of units to borrow; of those who wait, the lowest rank is served first.

    Example:
        >>> memory = RankedSemaphore(300)
        >>> with memory.borrowed(200, seconds=1):
        ...     memory.free
        100
    """

    def __init__(self, units: int) -> None:
        self.free = units
        """Units that nobody has borrowed."""
        self._units = units
        self._waiting: list[tuple[int, int]] = []
        self._order = count()
        self._changed = threading.Condition()

    @contextmanager
    def borrowed(self, units: int, *, seconds: float, rank: int = 0) -> Iterator[None]:
        """Borrow units, at most all that there are. Raises DecoderBusy after some seconds of waiting."""
        units = min(units, self._units)
        self._borrow(units, seconds, rank)
        try:
            yield
        finally:
            with self._changed:
                self.free += units
                self._changed.notify_all()

    def _borrow(self, units: int, seconds: float, rank: int) -> None:
        with self._changed:
            ticket = (rank, next(self._order))
            heapq.heappush(self._waiting, ticket)
            deadline = time.monotonic() + seconds
            try:
                while self.free < units or self._waiting[0] != ticket:
                    if not self._changed.wait(max(deadline - time.monotonic(), 0)) and time.monotonic() >= deadline:
                        raise DecoderBusy("numink is busy with other pictures: try again in a few seconds")
                self.free -= units
            finally:
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
