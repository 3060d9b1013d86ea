"""Retries of a call of a remote service: which attempts are made, when, and the error after the last."""

from __future__ import annotations

import time

import pytest

from numink.errors import StoreUnavailable
from numink.timeouts import RetryLater, with_retries


class Service:
    """A service that fails `failures` times, and asks to be called again after `seconds`."""

    def __init__(self, failures: int, seconds: float = 0.0) -> None:
        self.failures = failures
        self.seconds = seconds
        self.calls: list[float] = []

    def call(self) -> str:
        self.calls.append(time.monotonic())
        if len(self.calls) <= self.failures:
            raise RetryLater(StoreUnavailable(f"failure {len(self.calls)}"), self.seconds)
        return "answer"


def test_a_failed_attempt_is_repeated_after_the_time_that_the_service_asks_for() -> None:
    service = Service(failures=2, seconds=0.3)

    assert with_retries(service.call, time.monotonic() + 5) == "answer"
    first, second, third = service.calls
    assert 0.3 <= second - first < 0.6
    assert 0.3 <= third - second < 0.8


def test_the_last_error_is_raised_after_the_last_attempt() -> None:
    service = Service(failures=9)
    with pytest.raises(StoreUnavailable, match="failure 3"):
        with_retries(service.call, time.monotonic() + 60, attempts=3)

    assert len(service.calls) == 3


def test_no_attempt_begins_after_the_deadline_and_none_is_waited_for_in_vain() -> None:
    service = Service(failures=9, seconds=60)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="failure 1"):
        with_retries(service.call, began + 10)
    assert time.monotonic() - began < 1

    eager = Service(failures=1000)
    deadline = time.monotonic() + 0.5
    with pytest.raises(StoreUnavailable):
        with_retries(eager.call, deadline)
    assert len(eager.calls) > 1
    assert max(eager.calls) < deadline + 0.1


def test_any_other_error_is_raised_at_once() -> None:
    def refuse() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        with_retries(refuse, time.monotonic() + 5)
