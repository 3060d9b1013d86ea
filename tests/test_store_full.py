"""A full disk: readings can be deleted, and what they leave can be used for new ones."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from numink.errors import StoreFull
from numink.factories import open_store
from numink.store.batches import AnnouncedFile, File
from numink.store.ids import ago, now
from numink.store.outbox.queue import WriteQueue
from numink.store.protocol import Store
from numink.store.reading import UNDO_PERIOD, ReadingQuery
from numink.store.sqlite import reserve
from small_disk import fill, small_disk
from store_material import a_reading, is_sound
from test_store_batches import LIMITS
from web_client import served
from web_pictures import digits, photo

DISK_BYTES = 30_000_000
PICTURE = os.urandom(300_000)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", DISK_BYTES) as folder:
        yield folder


def opened(disk: Path) -> Store:
    return open_store(f"sqlite:///{disk}/numink.db")


def save_until_full(store: Store) -> list[str]:
    """Save readings until the disk is full, and return their ids."""
    ids = list[str]()
    while len(ids) < 1000:
        reading = a_reading(preview=PICTURE)
        try:
            store.save(reading)
        except StoreFull:
            return ids
        ids.append(reading.id)
    raise AssertionError("the disk is never full")


def stored_ids(store: Store) -> list[str]:
    return [reading.id for reading in reversed(store.recent("anna", limit=1000))]


def test_a_disk_filled_with_readings_lets_one_delete_and_then_save_as_many_again_and_again(disk: Path) -> None:
    with closing(opened(disk)) as store:
        ids = save_until_full(store)
        assert len(ids) > 30
        for _ in range(12):
            for reading_id in ids[:4]:
                store.delete(reading_id)
            new_ids = save_until_full(store)
            assert len(new_ids) >= 3
            ids = [*ids[4:], *new_ids]
            assert stored_ids(store) == ids
    assert is_sound(disk / "numink.db")


@pytest.mark.parametrize("restarts", [False, True])
def test_readings_can_be_deleted_where_another_program_takes_the_last_byte(disk: Path, *, restarts: bool) -> None:
    store = opened(disk)
    ids = []
    for _ in range(30):
        reading = a_reading(preview=PICTURE)
        store.save(reading)
        ids.append(reading.id)
    if restarts:
        store.close()
        fill(disk)
        store = opened(disk)
    else:
        fill(disk)
    with closing(store):
        save_until_full(store)
        remaining = stored_ids(store)
        for reading_id in remaining[:20]:
            store.delete(reading_id)
        assert stored_ids(store) == remaining[20:]
        new = a_reading(preview=PICTURE)
        store.save(new)
        assert store.get(new.id) == new
    assert is_sound(disk / "numink.db")


def test_all_readings_can_be_discarded_and_purged_at_once(disk: Path) -> None:
    with closing(opened(disk)) as store:
        ids = save_until_full(store)
        fill(disk)
        assert store.discard("anna", ReadingQuery(), now()) == len(ids)
        assert store.purge("9999") == len(ids)
        new = a_reading(preview=PICTURE)
        store.save(new)
        assert stored_ids(store) == [new.id]


def test_a_batch_can_be_cancelled_and_deleted(disk: Path) -> None:
    with closing(opened(disk)) as store:
        batch_id = store.new_id("anna")
        store.batches.create(batch_id, "slips", {})
        with suppress(StoreFull):
            for number in range(1000):
                (item_id,) = store.batches.announce(batch_id, [AnnouncedFile(f"{number}.png")], LIMITS)
                store.batches.receive(batch_id, item_id, [File(f"{number}.png", PICTURE)], LIMITS)
        fill(disk)
        assert store.batches.cancel(batch_id) > 20
        store.batches.delete(batch_id)
        assert store.batches.get(batch_id) is None
        store.save(a_reading(preview=PICTURE))


def test_what_was_sent_to_a_remote_store_is_removed_from_the_queue(disk: Path) -> None:
    with closing(WriteQueue(disk / "outbox.db", 10**9)) as queue:
        ids = list[str]()
        with suppress(StoreFull):
            for _ in range(1000):
                reading = a_reading(preview=PICTURE)
                queue.put(reading)
                ids.append(reading.id)
        assert len(ids) > 20
        fill(disk)
        for reading_id in ids:
            queue.remove(reading_id)
        assert queue.status().readings == 0


def test_over_http_a_deletion_makes_room_for_the_next_picture(disk: Path) -> None:
    with served(disk, NUMINK_PREVIEW_SIDE="4096") as server:
        ids = [server.client.read(photo()).json["id"] for _ in range(5)]
        fill(disk)
        while (refused := server.client.read(photo())).status == 200:
            ids.append(refused.json["id"])
        assert refused.status == 507
        assert "delete readings and wait ten minutes" in refused.json["detail"]
        deleted = [server.client.ask("DELETE", f"/api/v1/readings/{reading_id}").status for reading_id in ids[:4]]
        assert deleted == [204] * 4
        assert server.client.read(digits()).status == 200
        assert server.client.get(f"/api/v1/readings/{ids[0]}").status == 404


def test_readings_deleted_on_a_page_make_room_after_the_time_in_which_they_can_be_restored(disk: Path) -> None:
    with served(disk, NUMINK_PREVIEW_SIDE="4096") as server:
        ids = [server.client.read(photo()).json["id"] for _ in range(5)]
        with closing(open_store(f"sqlite:///{disk}/history.db")) as store:
            assert store.discard("local", ids, ago(UNDO_PERIOD + datetime.timedelta(minutes=1))) == 5
        server.stop()
    fill(disk)
    with served(disk, NUMINK_PREVIEW_SIDE="4096") as server:  # as after SWEEP_INTERVAL
        assert server.client.read(digits()).status == 200


def test_an_open_reserve_costs_nothing_but_its_size_and_is_taken_again(tmp_path: Path) -> None:
    space = reserve.Reserve(tmp_path / "numink.db")
    assert space.take()
    file = tmp_path / "numink.db-reserve"
    assert file.stat().st_blocks * 512 >= reserve.RESERVE_BYTES[0]
    assert space.give_up()
    assert not space.give_up()
    assert not file.exists()
    assert space.take()
    assert not space.disk_is_scarce


def test_a_smaller_reserve_is_taken_where_the_disk_has_room_for_no_more(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", reserve.RESERVE_BYTES[0] - 1_000_000) as folder:
        assert reserve.Reserve(folder / "numink.db").take()
        assert (folder / "numink.db-reserve").stat().st_size == reserve.RESERVE_BYTES[1]
        assert reserve.Reserve(folder / "numink.db").disk_is_scarce
        fill(folder)
        assert not reserve.Reserve(folder / "other.db").take()
        assert not (folder / "other.db-reserve").exists()
