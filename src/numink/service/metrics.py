"""Counts for Prometheus, in memory that all serving processes share.

`Board` is anonymous shared memory, made before the processes fork: each process writes a row of its own, and
any of them answers /metrics with the sums. So there are no files to clean up, and a restarted process goes on
counting in its row. (prometheus_client needs a folder for that, and a variable set before it is imported.)
"""

from __future__ import annotations

import mmap
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator

DOORS = ("page", "api", "health", "static", "other")
STATUSES = (200, 201, 204, 302, 303, 304, 308, 400, 403, 404, 405, 413, 415, 422, 429, 500, 503, 507, 0)
"""0 stands for any other."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends, in seconds."""
_TIMES = len(BUCKETS) + 2
"""Cells of a histogram: its buckets, the one above them, and the sum."""
_READ = len(DOORS) * len(STATUSES)
_ANSWERED = _READ + _TIMES
_NUMBERS = _ANSWERED + len(DOORS) * _TIMES
_SURE, _UNSURE, _CORRECTIONS, _WAITING = range(_NUMBERS + 1, _NUMBERS + 5)
_CELLS = _WAITING + 1


class Board:
    """`rows` rows of counters, shared by the processes that fork after it was made."""

    def __init__(self, rows: int = 1) -> None:
        self.rows = rows
        self.started = time.time()
        self._cells = memoryview(mmap.mmap(-1, rows * _CELLS * 8)).cast("d")

    def row(self, index: int) -> memoryview[float]:
        """The counters of one process."""
        return self._cells[index * _CELLS : (index + 1) * _CELLS]

    def total(self, cell: int) -> float:
        """The sum of one counter over all processes."""
        return sum(self._cells[row * _CELLS + cell] for row in range(self.rows))


class Metrics:
    """What one process counts; safe for its threads."""

    def __init__(self, board: Board | None = None, row: int = 0) -> None:
        self._board = board or Board()
        self._row = self._board.row(row)
        self._lock = threading.Lock()
        self._row[_WAITING] = 0  # what a process that was killed left here

    def request(self, door: str, status: int, seconds: float) -> None:
        """One request was answered."""
        kind = DOORS.index(door) if door in DOORS else len(DOORS) - 1
        code = STATUSES.index(status) if status in STATUSES else len(STATUSES) - 1
        self._add((kind * len(STATUSES) + code, 1), *_timed(_ANSWERED + kind * _TIMES, seconds))

    def read(self, seconds: float, numbers: int, sure: int, unsure: int) -> None:
        """One picture was read and kept."""
        self._add(*_timed(_READ, seconds), (_NUMBERS, numbers), (_SURE, sure), (_UNSURE, unsure))

    def corrected(self, numbers: int) -> None:
        """A person said what numbers are."""
        self._add((_CORRECTIONS, numbers))

    def waits(self, change: int) -> None:
        """One more, or one less, stands in the line or is at work."""
        self._add((_WAITING, change))

    def text(self, model: str, version: str, unsent: int) -> str:
        """All counters, in Prometheus' text format 0.0.4; `unsent` readings wait for a store elsewhere."""
        total = self._board.total
        lines = _head("numink_info", "gauge", "Version and model")
        lines += [f'numink_info{{version="{version}",model="{_escaped(model)}"}} 1']
        lines += _head("numink_requests_total", "counter", "Requests answered, by door and status")
        for kind, door in enumerate(DOORS):
            for code, status in enumerate(STATUSES):
                count = total(kind * len(STATUSES) + code)
                if count:
                    label = str(status or "other")
                    lines.append(f'numink_requests_total{{door="{door}",status="{label}"}} {count:.0f}')
        lines += _head("numink_request_duration_seconds", "histogram", "Seconds from a request to its answer, by door")
        for kind, door in enumerate(DOORS):
            lines += self._histogram("numink_request_duration_seconds", _ANSWERED + kind * _TIMES, f'door="{door}"')
        lines += _head("numink_read_seconds", "histogram", "Seconds from the bytes of a picture to the kept reading")
        lines += self._histogram("numink_read_seconds", _READ)
        lines += _head("numink_numbers_total", "counter", "Numbers read")
        lines += [f"numink_numbers_total {total(_NUMBERS):.0f}"]
        lines += _head("numink_digits_total", "counter", "Digits read, by whether they were accepted")
        lines += [f'numink_digits_total{{accepted="true"}} {total(_SURE):.0f}']
        lines += [f'numink_digits_total{{accepted="false"}} {total(_UNSURE):.0f}']
        lines += _head("numink_corrections_total", "counter", "Numbers corrected or confirmed by a person")
        lines += [f"numink_corrections_total {total(_CORRECTIONS):.0f}"]
        lines += _head("process_start_time_seconds", "gauge", "Start of the server since the Unix epoch in seconds")
        lines += [f"process_start_time_seconds {self._board.started:.3f}"]
        lines += _head("numink_waiting", "gauge", "Requests in the line or at work")
        lines += [f"numink_waiting {total(_WAITING):.0f}"]
        lines += _head("numink_outbox_readings", "gauge", "Readings that wait to be sent to the store elsewhere")
        lines += [f"numink_outbox_readings {unsent}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, name: str, first: int, label: str = "") -> Iterator[str]:
        """The lines of one histogram, whose cells begin at `first`."""
        below = 0.0
        for index, end in enumerate((*BUCKETS, "+Inf")):
            below += self._board.total(first + index)
            yield f'{name}_bucket{{{label}{"," * bool(label)}le="{end}"}} {below:.0f}'
        shown = f"{{{label}}}" * bool(label)
        yield f"{name}_sum{shown} {self._board.total(first + _TIMES - 1):.6f}"
        yield f"{name}_count{shown} {below:.0f}"

    def _add(self, *changes: tuple[int, float]) -> None:
        with self._lock:
            for cell, amount in changes:
                self._row[cell] += amount


def _timed(first: int, seconds: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """What changes in the histogram that begins at `first`."""
    return (first + bisect_left(BUCKETS, seconds), 1), (first + _TIMES - 1, seconds)


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {meaning}.", f"# TYPE {name} {kind}"]


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
