"""Cloudant is away: what is read then waits here, is not lost by any death, and is sent once, in order."""

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
from numink.store.outbox.store import OutboxedStore
from numink.store.protocol import Store
from numink.store.reading import ReadingQuery
from outbox_material import __file__ as writer
from outbox_material import outboxed
from store_material import a_correction, a_reading
from web_client import until


@pytest.fixture
def store(faulty: Faulty, tmp_path: Path) -> Iterator[OutboxedStore]:
    """Cloudant with an outbox before it; away."""
    with closing(outboxed(tmp_path / "outbox.db")) as opened:
        opened.save(a_reading("first"))
        faulty.plan.away = True
        yield opened


def back(faulty: Faulty, store: Store) -> None:
    """Cloudant is there again, and all that waited is sent."""
    faulty.plan.away = False
    until(lambda: store.check() == "", 30)


def sent(faulty: Faulty, owner: str = "anna") -> list[str]:
    """The readings in the order in which Cloudant got them."""
    found = [
        (versions[0].at, one)
        for one, versions in faulty.databases["numink"].versions.items()
        if one.startswith(f"{owner}:0") and versions[-1].doc
    ]
    return [one for _, one in sorted(found)]


def start_writer(path: Path, owner: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, writer, str(path), owner, str(count)], stdout=subprocess.PIPE, text=True)


def test_what_is_read_meanwhile_is_had_at_once_and_sent_in_order_later(store: OutboxedStore, faulty: Faulty) -> None:
    readings = [a_reading(text=str(index)) for index in range(12)]
    for reading in readings:
        store.save(reading)

    assert [store.get(reading.id) for reading in readings] == readings
    assert "12 readings wait to be sent" in store.check()
    with pytest.raises(StoreUnavailable):
        store.recent("anna")
    back(faulty, store)
    assert sent(faulty) == [reading.id for reading in readings]
    assert [one.id for one in store.recent("anna")] == [reading.id for reading in reversed(readings)]
    assert store.get(readings[3].id) == readings[3]


def test_what_waits_is_in_the_list_as_soon_as_the_rest_is(store: OutboxedStore, faulty: Faulty) -> None:
    waiting, other = a_reading(), a_reading("mia")
    store.save(waiting)
    faulty.plan.away = False
    faulty.fail("_bulk_docs", *["402"] * 100)  # it can be read, and not written

    until(lambda: "no room left" in store.check())
    assert [one.id for one in store.recent("anna")] == [waiting.id]
    store.save(other)
    assert [one.id for one in store.recent("mia")] == [other.id]
    assert store.corrections_of([waiting.id]) == []
    faulty.plan.queue.clear()
    back(faulty, store)
    assert sent(faulty) == [waiting.id]


def test_one_that_is_slow_is_waited_for_no_longer_than_the_patience(store: OutboxedStore, faulty: Faulty) -> None:
    back(faulty, store)
    faulty.plan.slow, faulty.plan.rates = 5.0, {"slow": 1.0}
    reading, started = a_reading(), time.monotonic()
    store.save(reading)

    assert time.monotonic() - started < 4
    assert store.get(reading.id) == reading
    assert "1 readings wait" in store.check()
    faulty.plan.rates = {}
    back(faulty, store)
    assert sent(faulty) == [reading.id]


def test_what_was_stored_without_an_answer_is_not_there_twice(store: OutboxedStore, faulty: Faulty) -> None:
    faulty.plan.away = False
    until(lambda: store.check() == "")
    faulty.fail("_bulk_docs", *["lost"] * 12)
    reading = a_reading()
    store.save(reading)
    assert "1 readings wait" in store.check()
    faulty.plan.queue.clear()
    back(faulty, store)
    assert sent(faulty) == [reading.id]
    assert store.count("anna", ReadingQuery()) == 1


def test_what_is_deleted_while_it_waits_is_not_sent(store: OutboxedStore, faulty: Faulty) -> None:
    gone, kept = a_reading(), a_reading()
    for reading in (gone, kept):
        store.save(reading)
    store.delete(gone.id)

    with pytest.raises((ReadingNotFound, StoreUnavailable)):
        store.get(gone.id)
    back(faulty, store)
    until(lambda: sent(faulty) == [kept.id])
    with pytest.raises(ReadingNotFound):
        store.get(gone.id)


def test_what_waits_is_corrected_and_put_aside_once_it_can_be_sent(store: OutboxedStore, faulty: Faulty) -> None:
    first, second = a_reading(), a_reading()
    for reading in (first, second):
        store.save(reading)
    with pytest.raises(StoreUnavailable):
        store.correct(first.id, [a_correction(first)])
    faulty.plan.away = False
    store.correct(first.id, [a_correction(first)])
    assert store.discard("anna", [second.id], now()) == 1
    back(faulty, store)

    assert len(store.corrections()) == 1
    assert [one.id for one in store.recent("anna")] == [first.id]


def test_all_of_somebody_who_leaves_goes_from_the_outbox_too(store: OutboxedStore, faulty: Faulty) -> None:
    store.save(a_reading())
    assert store._outbox.held("anna").readings == 1
    faulty.plan.away = False
    assert store.forget("anna") >= 1
    back(faulty, store)
    until(lambda: sent(faulty) == [])


def test_a_full_outbox_is_said_and_loses_nothing(faulty: Faulty, tmp_path: Path) -> None:
    faulty.plan.away = True
    with closing(outboxed(tmp_path / "outbox.db", room=100_000)) as store:
        fits = a_reading()
        store.save(fits)
        with pytest.raises(StoreFull, match="NUMINK_OUTBOX_BYTES"):
            store.save(a_reading(preview=b"x" * 100_000))
        assert store.get(fits.id) == fits


def test_what_will_never_be_taken_is_not_put_there(store: OutboxedStore, faulty: Faulty) -> None:
    back(faulty, store)
    faulty.databases["numink"].most_bytes = 1000
    with pytest.raises(TooLargeToStore):
        store.save(a_reading())
    assert store.check() == ""


def test_several_processes_share_an_outbox_and_kill_9_takes_nothing(faulty: Faulty, tmp_path: Path) -> None:
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
        faulty.plan.away = round_ % 2 == 0  # killed while it waits, and while it is sent
        for owner, process in writers.items():
            process.send_signal(signal.SIGKILL)
            assert process.stdout
            printed[owner] += process.stdout.read().splitlines(keepends=True)
            process.wait()
            process.stdout.close()
    faulty.plan.away = False
    with closing(outboxed(path)) as store:
        until(lambda: store.check() == "", 60)
        for owner, lines in printed.items():
            answered = [line.strip() for line in lines if line.endswith("\n")]
            kept = [one.id for one in store.recent(owner, limit=10_000)]
            assert set(answered) <= set(kept)
            assert len(kept) == len(set(kept)) <= len(answered) + 1
