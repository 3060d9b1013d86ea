"""Listing the newest 50 readings from pouchdb-server: requests and milliseconds, for growing histories.

    python benchmarks/cloudant_list.py [--sizes 1000 10000 100000] [--times 30]

pouchdb-server has no partitions and stores everything in memory. The readings of one owner are written as numink does,
with thumbnails of 2 KB, and a tenth as many of another owner. NUMINK_TEST_COUCHDB_URL names another server to measure.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import cloudant_setup  # noqa: F401 - adds the tests' folder to the path
from couch_servers import named, pouchdb
from numink.factories import open_store
from numink.store.couchdb.documents_of_readings import to_doc
from numink.store.protocol import Store
from numink.timeouts import Timeouts
from report import machine, table
from store_material import a_reading

LONG_TIMEOUTS = Timeouts(10, 600, 600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    print(machine())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        couch = named() or stack.enter_context(pouchdb(folder))
        os.environ.update(couch.environment)
        database = stack.enter_context(couch.database())
        store = stack.enter_context(closing(open_store(f"cloudant://{database}", LONG_TIMEOUTS)))
        for name, value in store.describe().items():
            print(f"{name}: {value}")
        rows, stored = [], 0
        for size in options.sizes:
            fill(store, size - stored)
            stored = size
            rows.append((f"{size:,}", *measured(store, options.times)))
    print(table(("readings", "requests", "rows fetched", "ms median", "ms slowest", "ms page 20"), rows))


def fill(store: Store, count: int) -> None:
    """Write readings, 200 at once."""
    for start in range(0, count, 200):
        readings = [a_reading("anna", str(index), preview=b"") for index in range(start, min(start + 200, count))]
        readings += [a_reading("mia", preview=b"") for _ in range(20)]
        store._database.write([to_doc(replace(reading, thumbnail=b"small" * 400))[0] for reading in readings])
        if start % 10_000 == 0:
            print(f"{start:,} written", flush=True)


def measured(store: Store, times: int) -> tuple[object, ...]:
    """Return requests and documents of one list, its times, and the time of a page further back."""
    row_counts: list[int] = []

    def count_rows(response: object, **_: object) -> None:
        row_counts.append(len(response.json().get("rows", [])))  # type: ignore[attr-defined]

    hooks = store._database.service._client.get_http_client().hooks["response"]
    hooks.append(count_rows)
    newest = store.recent("anna", None, 50)
    hooks.remove(count_rows)
    assert len(newest) == 50
    first = [seconds_of(lambda: store.recent("anna", None, 50)) for _ in range(times)]
    before = newest[-1].id
    for _ in range(18):
        before = store.recent("anna", before, 50)[-1].id
    later = [seconds_of(lambda: store.recent("anna", before, 50)) for _ in range(times)]
    return len(row_counts), sum(row_counts), *(f"{1000 * value:.1f}" for value in (
        statistics.median(first), max(first), statistics.median(later)
    ))  # fmt: skip


def seconds_of(call: object) -> float:
    started = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
