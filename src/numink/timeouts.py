"""Timeouts and retries for calls of a remote service."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Timeouts:
    """Timeouts in seconds.

    Example:
        >>> Timeouts(connect=1.0).total
        5.0
    """

    connect: float = 3.0
    """Seconds to connect."""
    answer: float = 10.0
    """Seconds for one answer."""
    total: float = 5.0
    """Seconds within which a failed call is retried."""


class RetryLater(Exception):
    """A failed attempt that may succeed when it is repeated.

    Args:
        error: Error to raise when no time is left.
        seconds: Pause that the service asks for; 0 where it does not.
    """

    def __init__(self, error: Exception, seconds: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.seconds = seconds


def with_retries(attempt: Callable[[], Result], deadline: float, attempts: int = sys.maxsize) -> Result:
    """Call `attempt` until it succeeds, with pauses that are growing and random, but no less than the service asks for.

    Args:
        attempt: Sends a request; raises RetryLater to be repeated.
        deadline: Moment of `time.monotonic` until which an attempt may begin.
        attempts: Limit of attempts.

    Returns:
        The first result.

    Raises:
        Exception: The error of the last RetryLater, or any other of `attempt`.
    """
    import tenacity  # noqa: PLC0415 - takes 40 ms to import, which `numink read` does not need

    backoff = tenacity.wait_random_exponential(multiplier=0.1, max=2)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(RetryLater),
        stop=lambda state: state.attempt_number >= attempts or time.monotonic() + state.upcoming_sleep >= deadline,
        wait=lambda state: max(backoff(state), getattr(state.outcome and state.outcome.exception(), "seconds", 0.0)),
        reraise=True,
    )
    try:
        return retrying(attempt)
    except RetryLater as later:
        raise later.error from None
