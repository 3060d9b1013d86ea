"""Circuit breaker: after several failures in a row a service is not called for a while.

Source: M. Nygard, Release It!, 2007. The package pybreaker holds its lock during the call, which would serialise the
threads; this one does not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURE_THRESHOLD = 3
"""Failures in a row that open the circuit."""
RESET_TIMEOUT = 30.0
"""Seconds for which the circuit stays open."""


class CircuitBreaker:
    """Circuit breaker shared by threads.

    While the circuit is closed, calls are allowed; while it is open, none is. After the timeout one call is allowed as
    a trial: its success closes the circuit.

    Example:
        >>> breaker = CircuitBreaker(failure_threshold=1)
        >>> breaker.record_failure()
        True
        >>> breaker.allows_call()
        False
    """

    def __init__(
        self,
        failure_threshold: int = FAILURE_THRESHOLD,
        reset_timeout: float = RESET_TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failure_threshold, self._reset_timeout, self._clock = failure_threshold, reset_timeout, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._trial_time = 0.0

    @property
    def is_open(self) -> bool:
        """True while the service is not called."""
        return self._failures >= self._failure_threshold

    def allows_call(self) -> bool:
        """Return whether to call; the caller then records the success or the failure."""
        with self._lock:
            if not self.is_open:
                return True
            if self._clock() < self._trial_time:
                return False
            self._trial_time = self._clock() + self._reset_timeout  # other threads wait for the result of this trial
            return True

    def record_success(self) -> bool:
        """Record that a call succeeded; return whether the circuit was open before."""
        with self._lock:
            was_open, self._failures = self.is_open, 0
            return was_open

    def record_failure(self, *, pause: float = 0.0, at_once: bool = False) -> bool:
        """Record that a call failed.

        Args:
            pause: Least number of seconds for which the circuit stays open.
            at_once: Open the circuit regardless of the number of failures.

        Returns:
            True where this opens the circuit.
        """
        with self._lock:
            was_open = self.is_open
            self._failures = max(self._failures + 1, self._failure_threshold if at_once else 0)
            if self.is_open:
                self._trial_time = self._clock() + max(self._reset_timeout, pause)
            return self.is_open and not was_open
