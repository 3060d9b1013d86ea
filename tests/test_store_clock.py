"""The system's clock set back by an hour while numink is restarted: what is newer counts as newer, on every store."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from couch_faulty import Faulty
from numink.corrections import corrected_pages
from numink.factories import open_store
from numink.service.corrections import CorrectionRequest, make_corrections
from numink.store import ids
from numink.store.couchdb.store import CloudantStore
from numink.store.outbox.queue import WriteQueue
from numink.store.outbox.store import WriteBehindStore
from numink.store.protocol import Store
from numink.store.reading import Reading
from numink.store.sqlite.store import SqliteStore
from outbox_material import SHORT
from store_material import a_reading
from test_store_batches import a_batch, states

HOUR = 3_600_000_000_000
"""Nanoseconds."""


def saved(store: Store, text: str) -> Reading:
    reading = dataclasses.replace(a_reading(text=text, preview=b""), id=store.new_id("anna"))
    store.save(reading)
    return reading


def set_clock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock back by an hour, and forget the ids that this process has made, as a new one would."""
    real = time.time_ns
    monkeypatch.setattr("time.time_ns", lambda: real() - HOUR)
    monkeypatch.setattr(ids, "_clock", ids._Clock())


@contextmanager
def restarted(store: Store) -> Iterator[Store]:
    """Open a store as another process would."""
    if isinstance(store, SqliteStore):
        url = f"sqlite:///{store._file.path}"
    else:
        assert isinstance(store, CloudantStore)
        url = f"cloudant://{store._database.name}"
    with closing(open_store(url)) as opened:
        yield opened


def test_new_readings_are_listed_as_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [saved(store, text) for text in "12"]
    store.discard("anna", [before[1].id], ids.now())
    set_clock_back(monkeypatch)
    with restarted(store) as again:
        after = [saved(again, text) for text in "345"]

        assert [reading.pages[0].text for reading in again.recent("anna")] == list("5431")
        assert all(earlier.id < later.id for earlier, later in pairwise([*before, *after]))


def test_the_newer_correction_wins_and_is_the_last_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = saved(store, "42")
    for text in ("43", "44"):
        earlier = store.corrections_of([reading.id])
        store.correct(reading.id, make_corrections(reading, earlier, [CorrectionRequest(0, 0, text)]))
    set_clock_back(monkeypatch)
    with restarted(store) as again:
        earlier = again.corrections_of([reading.id])
        again.correct(reading.id, make_corrections(reading, earlier, [CorrectionRequest(0, 0, "45")]))
        corrections = again.corrections_of([reading.id])

        assert [correction.text for correction in corrections] == ["43", "44", "45"]
        assert corrected_pages(reading, corrections)[0][0].text == "45"
        assert [number.corrected_to for number in again.reviewed_numbers("anna", "")] == ["45"]


def test_the_first_correction_of_a_reading_sorts_after_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = saved(store, "42")
    set_clock_back(monkeypatch)
    (correction,) = make_corrections(reading, [], [CorrectionRequest(0, 0, "43")])

    assert correction.id > reading.id


def test_new_batches_and_their_readings_are_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = saved(store, "1")
    old_batch, _ = a_batch(store, "old.png")
    set_clock_back(monkeypatch)
    with restarted(store) as again:
        new_batch = again.new_id("anna")
        again.batches.create(new_batch, "slips", {})
        assert [batch.id for batch in again.batches.recent("anna", 5)] == [new_batch, old_batch]
        task = again.batches.claim("me", 1000, 2000, 3)
        assert task
        assert task.reading_id > max(reading.id, old_batch)


def test_a_file_whose_lease_ends_an_hour_from_now_is_claimed_from_its_dead_worker(store: Store) -> None:
    hour = HOUR // 1_000_000
    a_batch(store, "a.png")
    claimed = store.batches.claim("dead", hour, hour + 5000, 3)
    with restarted(store) as again:
        assert claimed
        reclaimed = again.batches.claim("alive", 0, 5000, 3)
        assert reclaimed
        assert reclaimed.reading_id == claimed.reading_id
        assert again.batches.claim("third", 1, 5001, 3) is None


def test_a_page_that_follows_a_batch_misses_no_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id, _ = a_batch(store, "a.png")
    batch = store.batches.get(batch_id)
    assert batch
    set_clock_back(monkeypatch)
    with restarted(store) as again:
        assert again.batches.cancel(batch_id) == 1
        assert [str(item.state) for item in again.batches.items(batch_id, batch.revision)] == ["cancelled"]
        assert states(again, batch_id) == [("a.png", "cancelled")]


def test_batches_are_served_in_turn(store: Store) -> None:
    hour = HOUR // 1_000_000
    first, _ = a_batch(store, "a1", "a2", "a3", owner="anna")
    assert store.batches.claim("me", hour, hour + 10, 3)
    with restarted(store) as again:
        second, _ = a_batch(again, "b1", "b2", owner="ben")
        tasks = [again.batches.claim("me", moment, moment + 10, 3) for moment in (1, 2, 3)]
        assert {task.batch_id for task in tasks[:2] if task} == {first, second}


def test_readings_wait_in_order_while_a_remote_store_is_away(
    faulty: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty.plan.away = True

    def opened() -> WriteBehindStore:
        return WriteBehindStore(CloudantStore("cloudant://", SHORT), WriteQueue(tmp_path / "outbox.db", 10**8))

    with closing(opened()) as store:
        before = saved(store, "1")
    set_clock_back(monkeypatch)
    with closing(opened()) as again:
        assert saved(again, "2").id > before.id


def test_an_id_is_greater_than_any_that_is_named_whatever_its_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock_back(monkeypatch)
    for last in ("anna:ffffffff-0000-7fff-8000-000000000000", "anna:0fffffff-ffff-7000-bfff-ffffffffffff"):
        assert ids.new_id("anna", last) > last
    assert ids.new_id("anna", "anna:nothing").startswith("anna:")
