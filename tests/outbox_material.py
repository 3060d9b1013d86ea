"""A program that saves through a write queue until it is killed: python tests/outbox_material.py QUEUE OWNER [COUNT]

Prints each id once its save has returned.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from numink.factories import open_store
from numink.store.outbox.queue import WriteQueue
from numink.store.outbox.store import WriteBehindStore
from numink.timeouts import Timeouts
from store_material import a_reading

SHORT = Timeouts(1, 1, 1)


def cloudant_with_queue(path: Path, max_bytes: int = 100_000_000) -> WriteBehindStore:
    return WriteBehindStore(open_store("cloudant://", SHORT), WriteQueue(path, max_bytes))


def save_on(path: Path, owner: str, count: int) -> None:
    with closing(cloudant_with_queue(path)) as store:
        for index in range(count):
            reading = a_reading(owner, str(index))
            store.save(reading)
            print(reading.id, flush=True)


if __name__ == "__main__":
    save_on(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
