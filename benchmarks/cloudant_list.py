"""The newest 50 readings of many, from pouchdb-server: requests, milliseconds, and whether they grow with the history.

    python benchmarks/cloudant_list.py [--sizes 1000 10000 100000] [--times 30]

pouchdb-server has no partitions and stores all data in memory; readings are written as numink does, with thumbnails of
2 KB, for one owner, and a tenth as many for another. NUMINK_TEST_COUCHDB_URL names another server to measure.
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

import cloudant_world  # noqa: F401 - adds the tests to the path
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
    given = parser.parse_args()
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
        for size in given.sizes:
            fill(store, size - stored)
            stored = size
            rows.append((f"{size:,}", *measured(store, given.times)))
    print(table(("readings", "requests", "rows fetched", "ms median", "ms slowest", "ms page 20"), rows))


def fill(store: Store, count: int) -> None:
    """Write readings as they are saved, a few hundred at once."""
    for start in range(0, count, 200):
        readings = [a_reading("anna", str(start + index), preview=b"") for index in range(min(200, count - start))]
        readings += [a_reading("mia", preview=b"") for _ in range(20)]
        store._database.write([to_doc(replace(reading, thumbnail=b"small" * 400))[0] for reading in readings])
        if start % 10_000 == 0:
            print(f"{start:,} written", flush=True)


def measured(store: Store, times: int) -> tuple[object, ...]:
    """Return requests and rows of one list, its time, and that of a page further back."""
    row_counts: list[int] = []

    def record(response: object, **_: object) -> None:
        row_counts.append(len(response.json().get("rows", [])))  # type: ignore[attr-defined]

    hooks = store._database.client._sdk.get_http_client().hooks["response"]
    hooks.append(record)
    newest = store.recent("anna", None, 50)
    hooks.remove(record)
    assert len(newest) == 50
    first = [clocked(lambda: store.recent("anna", None, 50)) for _ in range(times)]
    before = newest[-1].id
    for _ in range(18):
        before = store.recent("anna", before, 50)[-1].id
    later = [clocked(lambda: store.recent("anna", before, 50)) for _ in range(times)]
    return len(row_counts), sum(row_counts), *(f"{1000 * value:.1f}" for value in (
        statistics.median(first), max(first), statistics.median(later)
    ))  # fmt: skip


def clocked(call: object) -> float:
    started = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
