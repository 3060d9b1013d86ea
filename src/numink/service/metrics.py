"""Metrics for Prometheus, in memory that all server processes share.

`SharedCounters` is anonymous shared memory, allocated before the processes fork: each process writes a row of its own,
and any of them answers /metrics with the sums. So there are no files to clean up, and a restarted process continues the
counts of its row. prometheus_client writes the text format only: its own way of sharing needs a directory of files, and
ends a process by SIGBUS where no space is left for them.
"""

from __future__ import annotations

import mmap
import threading
import time
from bisect import bisect_left
from itertools import accumulate, product

from prometheus_client.core import CounterMetricFamily as Counter
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import HistogramMetricFamily as Histogram
from prometheus_client.core import InfoMetricFamily as Info
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

DOORS = ("page", "api", "health", "static", "other")
"""Values of the label `door`: the part of the server that answered a request."""
HTTP_STATUSES = (200, 201, 204, 302, 303, 304, 308, 400, 403, 404, 405, 413, 415, 422, 429, 500, 503, 507, 0)
"""Statuses counted separately; 0 stands for all others."""
BUCKET_LIMITS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper limits of the histogram buckets in seconds."""
_HISTOGRAM_SIZE = len(BUCKET_LIMITS) + 2
"""Cells of a histogram: its buckets, the one above the last limit, and the sum."""
_READ_TIMES = len(DOORS) * len(HTTP_STATUSES)
_REQUEST_TIMES = _READ_TIMES + _HISTOGRAM_SIZE
_NUMBERS = _REQUEST_TIMES + len(DOORS) * _HISTOGRAM_SIZE
_ACCEPTED, _NOT_ACCEPTED, _CORRECTIONS, _WAITING = range(_NUMBERS + 1, _NUMBERS + 5)
_CELLS = _WAITING + 1


class SharedCounters:
    """`rows` rows of counters, shared by all processes that are forked after its creation."""

    def __init__(self, rows: int = 1) -> None:
        self.rows = rows
        self.started = time.time()
        self._cells = memoryview(mmap.mmap(-1, rows * _CELLS * 8)).cast("d")

    def row(self, index: int) -> memoryview[float]:
        """Return the counters of one process."""
        return self._cells[index * _CELLS : (index + 1) * _CELLS]

    def total(self, cell: int) -> float:
        """Return the sum of one counter over all processes."""
        return sum(self._cells[row * _CELLS + cell] for row in range(self.rows))


class Metrics:
    """Counters of one process, safe for use by several threads."""

    def __init__(self, counters: SharedCounters | None = None, row: int = 0) -> None:
        self._counters = counters or SharedCounters()
        self._row = self._counters.row(row)
        self._lock = threading.Lock()
        self._row[_WAITING] = 0  # a process that was killed may have left a count here

    def count_request(self, door: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        door_index = DOORS.index(door) if door in DOORS else len(DOORS) - 1
        status_index = HTTP_STATUSES.index(status) if status in HTTP_STATUSES else len(HTTP_STATUSES) - 1
        self._add(
            (door_index * len(HTTP_STATUSES) + status_index, 1),
            *_histogram_changes(_REQUEST_TIMES + door_index * _HISTOGRAM_SIZE, seconds),
        )

    def count_reading(self, seconds: float, numbers: int, accepted: int, not_accepted: int) -> None:
        """Count a stored reading, its numbers, and its digits by acceptance."""
        self._add(
            *_histogram_changes(_READ_TIMES, seconds),
            (_NUMBERS, numbers), (_ACCEPTED, accepted), (_NOT_ACCEPTED, not_accepted),
        )  # fmt: skip

    def count_corrections(self, count: int) -> None:
        """Count corrections and confirmations by a person."""
        self._add((_CORRECTIONS, count))

    def add_waiting(self, change: int) -> None:
        """Change the number of requests that are queued or running."""
        self._add((_WAITING, change))

    def render(self, model: str, version: str, unsent: int) -> bytes:
        """Return all metrics in Prometheus' text format 0.0.4; `unsent` is the length of the store's write queue."""
        total, started = self._counters.total, self._counters.started
        requests = Counter("numink_requests", "Requests answered, by door and status.", labels=("door", "status"))
        for cell, (door, status) in enumerate(product(DOORS, HTTP_STATUSES)):
            if count := total(cell):
                requests.add_metric((door, str(status or "other")), count)
        name = "numink_request_duration_seconds"
        durations = Histogram(name, "Seconds from a request to its answer, by door.", labels=("door",))
        for index, door in enumerate(DOORS):
            durations.add_metric((door,), *self._histogram(_REQUEST_TIMES + index * _HISTOGRAM_SIZE))
        read_times = self._histogram(_READ_TIMES)
        digits = Counter("numink_digits", "Digits read, by whether they were accepted.", labels=("accepted",))
        digits.add_metric(("true",), total(_ACCEPTED))
        digits.add_metric(("false",), total(_NOT_ACCEPTED))
        return generate_latest(_Families((
            Info("numink", "Version and model.", {"version": version, "model": model}),
            requests,
            durations,
            Histogram("numink_read_seconds", "Seconds from the bytes of a picture to the stored reading.", *read_times),
            Counter("numink_numbers", "Numbers read.", total(_NUMBERS)),
            digits,
            Counter("numink_corrections", "Numbers corrected or confirmed by a person.", total(_CORRECTIONS)),
            Gauge("process_start_time_seconds", "Start of the server since the Unix epoch in seconds.", started),
            Gauge("numink_waiting", "Requests queued or running.", total(_WAITING)),
            Gauge("numink_outbox_readings", "Readings in the write queue for the remote store.", unsent),
        )))  # fmt: skip

    def _histogram(self, first: int) -> tuple[list[tuple[str, float]], float]:
        """Return the cumulative buckets and the sum of the histogram whose cells begin at `first`."""
        *counts, seconds = (self._counters.total(first + index) for index in range(_HISTOGRAM_SIZE))
        return list(zip((*map(str, BUCKET_LIMITS), "+Inf"), accumulate(counts), strict=True)), seconds

    def _add(self, *changes: tuple[int, float]) -> None:
        with self._lock:
            for cell, amount in changes:
                self._row[cell] += amount


def _histogram_changes(first: int, seconds: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """Cells to change, and by how much, in the histogram whose cells begin at `first`."""
    return (first + bisect_left(BUCKET_LIMITS, seconds), 1), (first + _HISTOGRAM_SIZE - 1, seconds)


class _Families(tuple[Metric, ...], Collector):
    """Metrics with their samples, as prometheus_client writes them."""

    def collect(self) -> tuple[Metric, ...]:
        return self
