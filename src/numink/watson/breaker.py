"""A circuit breaker (Nygard, Release It!, 2007): who has failed several times in a row is left alone for a while.

pybreaker holds its lock while the call runs, so that threads would ask one after another; this one does not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3
"""So many in a row, and it opens."""
PAUSE = 30.0
"""Seconds for which it stays open."""


class CircuitBreaker:
    """Shared by threads. Closed: calls are made. Open: none is. When the pause is over, one call tries."""

    def __init__(
        self, failures: int = FAILURES, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._pause, self._clock = failures, pause, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_from = 0.0

    @property
    def open(self) -> bool:
        """Whether the service is left alone at this moment."""
        return self._failed >= self._most

    def may_try(self) -> bool:
        """Whether to call; who is told so says then how it went, with `worked` or `failed`."""
        with self._lock:
            if not self.open:
                return True
            if self._clock() < self._closed_from:
                return False
            self._closed_from = self._clock() + self._pause  # the others wait for what this one finds out
            return True

    def worked(self) -> bool:
        """The call did. Whether it was open before."""
        with self._lock:
            was_open, self._failed = self.open, 0
            return was_open

    def failed(self, *, pause: float = 0.0, at_once: bool = False) -> bool:
        """The call did not. Whether it opens: `at_once`, or after several; for `pause` seconds at least."""
        with self._lock:
            was_open = self.open
            self._failed = max(self._failed + 1, self._most if at_once else 0)
            if self.open:
                self._closed_from = self._clock() + max(self._pause, pause)
            return self.open and not was_open
