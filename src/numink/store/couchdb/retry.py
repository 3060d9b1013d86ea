"""The same request again, with pauses that grow, until a patience ends; and the errors that are answers.

Knows neither the SDK nor documents.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tenacity

from ...errors import StoreError, StoreUnavailable


class Missing(StoreError):
    """There is no such document, database or index. `deleted`: there was one."""

    def __init__(self, message: str, *, deleted: bool) -> None:
        super().__init__(message)
        self.deleted = deleted


class Exists(StoreError):
    """There is one already, or it has changed."""


class Later(Exception):
    """What is tried again; `why` for people, `seconds` to wait where the service said so, `end`: what it is at last."""

    def __init__(self, why: str, seconds: float = 0.0, end: StoreError | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.end = end


@dataclass(frozen=True)
class Answer:
    """What came back. `again`: an attempt before may have been carried out, although no answer came."""

    result: Any
    again: bool


def tried(ask: Callable[[float], Any], patience: float) -> Answer:
    """What `ask` gives, which is told when to be done (time.monotonic) and raises Later for what may go well later.

    Raises StoreUnavailable, or what Later says that it is at last.
    """
    end = time.monotonic() + patience
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Later),
        stop=lambda state: time.monotonic() + state.upcoming_sleep >= end,
        wait=_pause,
        reraise=True,
    )
    count = 0

    def attempt() -> Answer:
        nonlocal count
        count += 1
        return Answer(ask(end), again=count > 1)

    try:
        return attempts(attempt)
    except Later as why:
        raise why.end or StoreUnavailable(
            f"Cloudant cannot be reached at present ({why}): try again in a moment"
        ) from None


_backoff = tenacity.wait_random_exponential(multiplier=0.1, max=2)


def _pause(state: tenacity.RetryCallState) -> float:
    """Growing and random, but no less than the service asked for."""
    error = state.outcome.exception() if state.outcome else None
    return max(_backoff(state), error.seconds if isinstance(error, Later) else 0.0)
