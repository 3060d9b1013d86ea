"""Repetition of a request with growing pauses until a timeout, and the errors that are answers of the server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tenacity

from ...errors import StoreError, StoreUnavailable


class ResourceMissing(StoreError):
    """Answer that a document, database or index does not exist; `deleted` is true where it did before."""

    def __init__(self, message: str, *, deleted: bool) -> None:
        super().__init__(message)
        self.deleted = deleted


class ResourceConflict(StoreError):
    """Answer that a document or database exists already, or was changed since it was read."""


class RetryLater(Exception):
    """A failed attempt that may succeed when it is repeated.

    Args:
        reason: Reason for people.
        seconds: Pause that the service asked for; 0 where it did not.
        final_error: Error to raise when no time is left; StoreAway where it is None.
    """

    def __init__(self, reason: str, seconds: float = 0.0, final_error: StoreError | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.final_error = final_error


@dataclass(frozen=True)
class Answer:
    """Answer of the server. `repeated`: an earlier attempt may have been executed although no answer came."""

    result: Any
    repeated: bool


def with_retries(attempt: Callable[[float], Any], timeout: float) -> Answer:
    """Call `attempt` until it succeeds.

    Args:
        attempt: Gets the moment of `time.monotonic` at which it must be done; raises RetryLater to be repeated.
        timeout: Seconds for all attempts together.

    Returns:
        The first result.

    Raises:
        StoreError: No time is left: StoreAway, or the `final_error` of the last RetryLater.
    """
    deadline = time.monotonic() + timeout
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(RetryLater),
        stop=lambda state: time.monotonic() + state.upcoming_sleep >= deadline,
        wait=_pause,
        reraise=True,
    )
    attempts = 0

    def counted_attempt() -> Answer:
        nonlocal attempts
        attempts += 1
        return Answer(attempt(deadline), repeated=attempts > 1)

    try:
        return retrying(counted_attempt)
    except RetryLater as error:
        raise error.final_error or StoreUnavailable(
            f"Cloudant cannot be reached at present ({error}): try again in a moment"
        ) from None


_backoff = tenacity.wait_random_exponential(multiplier=0.1, max=2)


def _pause(state: tenacity.RetryCallState) -> float:
    """Return the seconds before the next attempt: growing and random, but no less than the service asked for."""
    error = state.outcome.exception() if state.outcome else None
    return max(_backoff(state), error.seconds if isinstance(error, RetryLater) else 0.0)
