"""Readings made while Cloudant is unavailable: they wait in a file, survive any crash, and are sent once, in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from couch_faulty import Faulty
from numink.errors import ReadingNotFound, StoreFull, StoreUnavailable, TooLargeToStore
from numink.factories import open_store
from numink.store.ids import now
from numink.store.outbox.store import WriteBehindStore
from numink.store.protocol import Store
from numink.store.reading import ReadingQuery
from outbox_material import __file__ as writer
from outbox_material import cloudant_with_queue
from store_material import a_correction, a_reading
from web_client import until


@pytest.fixture
def store(faulty: Faulty, tmp_path: Path) -> Iterator[WriteBehindStore]:
    """Yield a store of Cloudant, which is unavailable, with a queue."""
    with closing(cloudant_with_queue(tmp_path / "outbox.db")) as opened:
        opened.save(a_reading("first"))
        faulty.plan.away = True
        yield opened


def recover(faulty: Faulty, store: Store) -> None:
    """Make Cloudant available, and wait until all readings are sent."""
    faulty.plan.away = False
    until(lambda: store.check() == "", 30)


def sent_ids(faulty: Faulty, owner: str = "anna") -> list[str]:
    """Return the ids of readings in the order in which Cloudant got them."""
    writes = [
        (versions[0].written_at, doc_id)
        for doc_id, versions in faulty.databases["numink"].versions.items()
        if doc_id.startswith(f"{owner}:0") and versions[-1].doc
    ]
    return [doc_id for _, doc_id in sorted(writes)]


def start_writer(path: Path, owner: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, writer, str(path), owner, str(count)], stdout=subprocess.PIPE, text=True)


def test_waiting_readings_can_be_read_at_once_and_are_sent_in_order_later(
    store: WriteBehindStore, faulty: Faulty
) -> None:
    readings = [a_reading(text=str(index)) for index in range(12)]
    for reading in readings:
        store.save(reading)

    assert [store.get(reading.id) for reading in readings] == readings
    assert "12 readings wait to be sent" in store.check()
    with pytest.raises(StoreUnavailable):
        store.recent("anna")
    recover(faulty, store)
    assert sent_ids(faulty) == [reading.id for reading in readings]
    assert [recent.id for recent in store.recent("anna")] == [reading.id for reading in reversed(readings)]
    assert store.get(readings[3].id) == readings[3]


def test_waiting_readings_are_listed_while_cloudant_can_only_be_read(store: WriteBehindStore, faulty: Faulty) -> None:
    waiting, other = a_reading(), a_reading("mia")
    store.save(waiting)
    faulty.plan.away = False
    faulty.fail("_bulk_docs", *["402"] * 100)  # read requests succeed, writes fail

    until(lambda: "no room left" in store.check())
    assert [reading.id for reading in store.recent("anna")] == [waiting.id]
    store.save(other)
    assert [reading.id for reading in store.recent("mia")] == [other.id]
    assert store.corrections_of([waiting.id]) == []
    faulty.plan.queue.clear()
    recover(faulty, store)
    assert sent_ids(faulty) == [waiting.id]


def test_a_slow_cloudant_delays_a_save_no_longer_than_the_timeout(store: WriteBehindStore, faulty: Faulty) -> None:
    recover(faulty, store)
    faulty.plan.slow, faulty.plan.rates = 5.0, {"slow": 1.0}
    reading, started = a_reading(), time.monotonic()
    store.save(reading)

    assert time.monotonic() - started < 4
    assert store.get(reading.id) == reading
    assert "1 readings wait" in store.check()
    faulty.plan.rates = {}
    recover(faulty, store)
    assert sent_ids(faulty) == [reading.id]


def test_a_reading_stored_without_an_answer_is_not_stored_twice(store: WriteBehindStore, faulty: Faulty) -> None:
    faulty.plan.away = False
    until(lambda: store.check() == "")
    faulty.fail("_bulk_docs", *["lost"] * 12)
    reading = a_reading()
    store.save(reading)
    assert "1 readings wait" in store.check()
    faulty.plan.queue.clear()
    recover(faulty, store)
    assert sent_ids(faulty) == [reading.id]
    assert store.count("anna", ReadingQuery()) == 1


def test_a_reading_deleted_while_it_waits_is_not_sent(store: WriteBehindStore, faulty: Faulty) -> None:
    deleted, remaining = a_reading(), a_reading()
    for reading in (deleted, remaining):
        store.save(reading)
    store.delete(deleted.id)

    with pytest.raises((ReadingNotFound, StoreUnavailable)):
        store.get(deleted.id)
    recover(faulty, store)
    until(lambda: sent_ids(faulty) == [remaining.id])
    with pytest.raises(ReadingNotFound):
        store.get(deleted.id)


def test_waiting_readings_are_corrected_and_discarded_once_they_can_be_sent(
    store: WriteBehindStore, faulty: Faulty
) -> None:
    first, second = a_reading(), a_reading()
    for reading in (first, second):
        store.save(reading)
    with pytest.raises(StoreUnavailable):
        store.correct(first.id, [a_correction(first)])
    faulty.plan.away = False
    store.correct(first.id, [a_correction(first)])
    assert store.discard("anna", [second.id], now()) == 1
    recover(faulty, store)

    assert len(store.corrections()) == 1
    assert [reading.id for reading in store.recent("anna")] == [first.id]


def test_forgetting_an_owner_deletes_waiting_readings_too(store: WriteBehindStore, faulty: Faulty) -> None:
    store.save(a_reading())
    assert store._queue.status("anna").readings == 1
    faulty.plan.away = False
    assert store.forget("anna") >= 1
    recover(faulty, store)
    until(lambda: sent_ids(faulty) == [])


def test_a_full_queue_is_reported_and_keeps_its_readings(faulty: Faulty, tmp_path: Path) -> None:
    faulty.plan.away = True
    with closing(cloudant_with_queue(tmp_path / "outbox.db", max_bytes=100_000)) as store:
        saved = a_reading()
        store.save(saved)
        with pytest.raises(StoreFull, match="NUMINK_OUTBOX_BYTES"):
            store.save(a_reading(preview=b"x" * 100_000))
        assert store.get(saved.id) == saved


def test_a_reading_that_is_too_large_is_not_queued(store: WriteBehindStore, faulty: Faulty) -> None:
    recover(faulty, store)
    faulty.databases["numink"].most_bytes = 1000
    with pytest.raises(TooLargeToStore):
        store.save(a_reading())
    assert store.check() == ""


def test_processes_share_a_queue_and_kill_9_loses_no_reading(faulty: Faulty, tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with closing(open_store("cloudant://")) as direct:
        direct.save(a_reading("first"))
    faulty.plan.away = True
    printed = dict[str, list[str]]()
    for round_ in range(3):
        writers = {f"w{round_}{index}": start_writer(path, f"w{round_}{index}", 150) for index in range(2)}
        for owner, process in writers.items():
            assert process.stdout
            printed[owner] = [process.stdout.readline() for _ in range(3 * round_ + 1)]
        faulty.plan.away = round_ % 2 == 0  # killed while readings wait, and while they are sent
        for owner, process in writers.items():
            process.send_signal(signal.SIGKILL)
            assert process.stdout
            printed[owner] += process.stdout.read().splitlines(keepends=True)
            process.wait()
            process.stdout.close()
    faulty.plan.away = False
    with closing(cloudant_with_queue(path)) as store:
        until(lambda: store.check() == "", 60)
        for owner, lines in printed.items():
            saved_ids = [line.strip() for line in lines if line.endswith("\n")]
            stored_ids = [reading.id for reading in store.recent(owner, limit=10_000)]
            assert set(saved_ids) <= set(stored_ids)
            assert len(stored_ids) == len(set(stored_ids)) <= len(saved_ids) + 1
