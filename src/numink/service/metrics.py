"""Metrics for Prometheus, in memory that all server processes share.

`SharedCounters` is anonymous shared memory, allocated before the processes fork: each process writes a row of its own,
and any of them answers /metrics with the sums. So there are no files to clean up, and a restarted process continues the
counts of its row. (prometheus_client needs a directory for that, and a variable set before it is imported.)
"""

from __future__ import annotations

import mmap
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator

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

    def render(self, model: str, version: str, unsent: int) -> str:
        """Return all metrics in Prometheus' text format 0.0.4; `unsent` is the length of the store's write queue."""
        total = self._counters.total
        lines = _head("numink_info", "gauge", "Version and model")
        lines += [f'numink_info{{version="{version}",model="{_escaped(model)}"}} 1']
        lines += _head("numink_requests_total", "counter", "Requests answered, by door and status")
        for door_index, door in enumerate(DOORS):
            for status_index, status in enumerate(HTTP_STATUSES):
                count = total(door_index * len(HTTP_STATUSES) + status_index)
                if count:
                    label = str(status or "other")
                    lines.append(f'numink_requests_total{{door="{door}",status="{label}"}} {count:.0f}')
        lines += _head("numink_request_duration_seconds", "histogram", "Seconds from a request to its answer, by door")
        for door_index, door in enumerate(DOORS):
            first = _REQUEST_TIMES + door_index * _HISTOGRAM_SIZE
            lines += self._histogram("numink_request_duration_seconds", first, f'door="{door}"')
        lines += _head("numink_read_seconds", "histogram", "Seconds from the bytes of a picture to the stored reading")
        lines += self._histogram("numink_read_seconds", _READ_TIMES)
        lines += _head("numink_numbers_total", "counter", "Numbers read")
        lines += [f"numink_numbers_total {total(_NUMBERS):.0f}"]
        lines += _head("numink_digits_total", "counter", "Digits read, by whether they were accepted")
        lines += [f'numink_digits_total{{accepted="true"}} {total(_ACCEPTED):.0f}']
        lines += [f'numink_digits_total{{accepted="false"}} {total(_NOT_ACCEPTED):.0f}']
        lines += _head("numink_corrections_total", "counter", "Numbers corrected or confirmed by a person")
        lines += [f"numink_corrections_total {total(_CORRECTIONS):.0f}"]
        lines += _head("process_start_time_seconds", "gauge", "Start of the server since the Unix epoch in seconds")
        lines += [f"process_start_time_seconds {self._counters.started:.3f}"]
        lines += _head("numink_waiting", "gauge", "Requests queued or running")
        lines += [f"numink_waiting {total(_WAITING):.0f}"]
        lines += _head("numink_outbox_readings", "gauge", "Readings in the write queue for the remote store")
        lines += [f"numink_outbox_readings {unsent}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, name: str, first: int, label: str = "") -> Iterator[str]:
        """Yield the lines of the histogram whose cells begin at `first`."""
        cumulative = 0.0
        for index, limit in enumerate((*BUCKET_LIMITS, "+Inf")):
            cumulative += self._counters.total(first + index)
            yield f'{name}_bucket{{{label}{"," * bool(label)}le="{limit}"}} {cumulative:.0f}'
        labels = f"{{{label}}}" * bool(label)
        yield f"{name}_sum{labels} {self._counters.total(first + _HISTOGRAM_SIZE - 1):.6f}"
        yield f"{name}_count{labels} {cumulative:.0f}"

    def _add(self, *changes: tuple[int, float]) -> None:
        with self._lock:
            for cell, amount in changes:
                self._row[cell] += amount


def _histogram_changes(first: int, seconds: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """Cells to change, and by how much, in the histogram whose cells begin at `first`."""
    return (first + bisect_left(BUCKET_LIMITS, seconds), 1), (first + _HISTOGRAM_SIZE - 1, seconds)


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {meaning}.", f"# TYPE {name} {kind}"]


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
