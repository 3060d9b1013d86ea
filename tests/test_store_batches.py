"""Contract of every store for batches: no received file is lost or read twice, and batches are served fairly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from numink.store.batches import AnnouncedFile, Batch, BatchFull, BatchLimits, File, State, Task
from numink.store.ids import new_id
from numink.store.protocol import Store
from store_material import a_reading

LIMITS = BatchLimits(files=100, bytes=100_000_000)


def a_batch(store: Store, *names: str, owner: str = "anna") -> tuple[str, list[str]]:
    """Create a batch with files that have arrived; return its id and theirs."""
    batch_id = new_id(owner)
    store.batches.create(batch_id, "slips", {"single": True})
    awaited = store.batches.announce(batch_id, [AnnouncedFile(name) for name in names], LIMITS)
    items = [
        store.batches.receive(batch_id, item_id, [File(name, name.encode())], LIMITS)[0]
        for item_id, name in zip(awaited, names, strict=True)
    ]
    return batch_id, items


def stored_batch(store: Store, batch_id: str) -> Batch:
    batch = store.batches.get(batch_id)
    assert batch
    return batch


def states(store: Store, batch_id: str) -> list[tuple[str, str]]:
    return [(item.name, item.state) for item in store.batches.items(batch_id)]


def claim(store: Store, now: int = 1000, worker_id: str = "me", max_attempts: int = 3) -> Task | None:
    return store.batches.claim(worker_id, now, now + 10, max_attempts)


def test_an_announced_file_arrives_and_waits_with_its_bytes_and_options(store: Store) -> None:
    batch_id = new_id("anna")
    store.batches.create(batch_id, "slips", {"pattern": r"\d+"})
    item_id, _ = store.batches.announce(
        batch_id, [AnnouncedFile("a.png"), AnnouncedFile("b.png", "it is too large")], LIMITS
    )
    assert states(store, batch_id) == [("a.png", "awaited"), ("b.png", "failed")]
    assert claim(store) is None
    store.batches.receive(batch_id, item_id, [File("a.png", b"bytes of a")], LIMITS)
    assert states(store, batch_id) == [("a.png", "waiting"), ("b.png", "failed")]
    task = claim(store)
    assert task
    assert (task.name, task.content, task.options) == ("a.png", b"bytes of a", {"pattern": r"\d+"})
    assert task.reading_id.startswith("anna:")


def test_a_file_that_is_sent_twice_is_stored_once(store: Store) -> None:
    batch_id = new_id("anna")
    store.batches.create(batch_id, "slips", {})
    (item_id,) = store.batches.announce(batch_id, [AnnouncedFile("a.zip")], LIMITS)
    files = [File("x.png", b"x"), File("y.png", b"y"), File("z.txt", error="it is no picture")]
    assert len(store.batches.receive(batch_id, item_id, files, LIMITS)) == 3
    assert store.batches.receive(batch_id, item_id, files, LIMITS) == []
    assert states(store, batch_id) == [("x.png", "waiting"), ("y.png", "waiting"), ("z.txt", "failed")]


def test_an_interrupted_upload_leaves_no_items_and_can_be_repeated(store: Store) -> None:
    batch_id = new_id("anna")
    store.batches.create(batch_id, "slips", {})
    (item_id,) = store.batches.announce(batch_id, [AnnouncedFile("a.zip")], LIMITS)

    def broken() -> Iterator[File]:
        yield File("x.png", b"x" * 9_000_000)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk"):
        store.batches.receive(batch_id, item_id, broken(), LIMITS)
    assert states(store, batch_id) == [("a.zip", "awaited")]
    with pytest.raises(BatchFull, match="at most 2 files"):
        store.batches.receive(
            batch_id, item_id, [File(f"{index}.png", b"x") for index in range(3)], BatchLimits(2, 100)
        )
    with pytest.raises(BatchFull, match="MB together"):
        store.batches.receive(batch_id, item_id, [File("x.png", b"x" * 101)], BatchLimits(2, 100))
    assert states(store, batch_id) == [("a.zip", "awaited")]
    store.batches.receive(batch_id, item_id, [File("x.png", b"x")], LIMITS)
    assert states(store, batch_id) == [("x.png", "waiting")]


def test_the_files_of_a_zip_archive_take_its_place(store: Store) -> None:
    batch_id = new_id("anna")
    store.batches.create(batch_id, "slips", {})
    first, middle, last = store.batches.announce(
        batch_id, [AnnouncedFile(name) for name in ("a", "b.zip", "c")], LIMITS
    )
    store.batches.receive(batch_id, last, [File("c", b"c")], LIMITS)
    store.batches.receive(batch_id, middle, [File("b1", b"1"), File("b2", b"2")], LIMITS)
    store.batches.receive(batch_id, first, [File("a", b"a")], LIMITS)
    assert [name for name, _ in states(store, batch_id)] == ["a", "b1", "b2", "c"]


def test_an_item_belongs_to_one_worker_until_its_lease_ends(store: Store) -> None:
    a_batch(store, "a")
    first = claim(store, 1000)
    assert first
    assert claim(store, 1009, "other") is None
    store.batches.renew("me", 2000)
    assert claim(store, 1500, "other") is None
    second = claim(store, 2001, "other")
    assert second
    assert (second.item_id, second.reading_id) == (first.item_id, first.reading_id)  # so a second save changes nothing


def test_an_item_that_keeps_ending_its_worker_fails(store: Store) -> None:
    batch_id, _ = a_batch(store, "bad", "good")
    names = [task.name for now in range(0, 1000, 100) if (task := claim(store, now, max_attempts=2))]
    assert names == ["bad", "bad", "good", "good"]
    assert states(store, batch_id) == [("bad", "failed"), ("good", "failed")]
    assert store.batches.retry(batch_id) == 2
    assert states(store, batch_id) == [("bad", "waiting"), ("good", "waiting")]


def test_a_finished_item_shows_its_reading_and_has_no_bytes(store: Store) -> None:
    batch_id, _ = a_batch(store, "a", "b")
    for text in ("42", "17"):
        task = claim(store)
        assert task
        reading = a_reading("anna", text)
        store.save(
            type(reading)(task.reading_id, reading.created, reading.pages, task.name, b"", (b"picture", b"other"))
        )
        store.batches.finish(task.item_id)
    shown = store.batches.items(batch_id)
    assert [(item.text, item.state, item.has_bytes) for item in shown] == [
        ("42\n7", State.READ, False), ("17\n7", State.READ, False),
    ]  # fmt: skip
    assert stored_batch(store, batch_id).counts == {State.READ: 2}
    readings = store.batches.readings(batch_id, 0, 10, pictures=True)
    assert [(reading.id, reading.previews) for reading in readings] == [
        (item.reading_id, (b"picture", b"other")) for item in shown
    ]
    assert [reading.id for reading in store.batches.readings(batch_id, 1, 10, pictures=False)] == [shown[1].reading_id]
    store.delete(str(shown[0].reading_id))
    assert [item.reading_id is None for item in store.batches.items(batch_id)] == [True, False]


def test_items_that_changed_since_a_revision_are_listed(store: Store) -> None:
    batch_id, items = a_batch(store, "a", "b", "c")
    since = stored_batch(store, batch_id).revision
    assert store.batches.items(batch_id, since) == []
    store.batches.fail(items[1], "it is torn", keep_bytes=True)
    (changed,) = store.batches.items(batch_id, since)
    assert (changed.name, changed.error, changed.has_bytes) == ("b", "it is torn", True)
    assert stored_batch(store, batch_id).revision > since


def test_a_small_batch_does_not_wait_behind_a_large_one(store: Store) -> None:
    a_batch(store, *"abcdef")
    a_batch(store, "x", "y", owner="berta")
    order = [task.name for now in range(1000, 1004) if (task := claim(store, now, max_attempts=9))]
    assert order == ["a", "x", "b", "y"]


def test_cancelled_items_are_not_read_and_have_no_bytes(store: Store) -> None:
    batch_id, items = a_batch(store, "a", "b", "c")
    assert claim(store)
    store.batches.fail(items[2], "no ink", keep_bytes=True)
    assert store.batches.cancel(batch_id) == 1
    assert states(store, batch_id) == [("a", "reading"), ("b", "cancelled"), ("c", "failed")]
    assert [item.has_bytes for item in store.batches.items(batch_id)] == [True, False, False]
    assert store.batches.retry(batch_id) == 0
    store.batches.release(items[0])
    assert states(store, batch_id)[0] == ("a", "waiting")


def test_batches_are_listed_by_owner_and_deleted(store: Store) -> None:
    first_id, items = a_batch(store, "a")
    second_id, _ = a_batch(store, "b")
    other_id, _ = a_batch(store, "c", owner="anna2")
    assert [batch.id for batch in store.batches.recent("anna", 10)] == [second_id, first_id]
    assert [batch.id for batch in store.batches.recent("anna", 1)] == [second_id]
    assert [batch.id for batch in store.batches.recent("anna", 10, before_id=second_id)] == [first_id]
    assert store.batches.recent("anna", 10, before_id=first_id) == []
    store.batches.delete(second_id)
    store.batches.fail(items[0], "torn", keep_bytes=True)
    store.batches.expire("9", "")
    assert not store.batches.items(first_id)[0].has_bytes
    store.batches.forget("anna")
    assert store.batches.get(first_id) is None
    assert states(store, other_id) == [("c", "waiting")]
    store.batches.expire("", "9")
    assert store.batches.get(other_id) is None
    store.batches.finish(items[0])  # does nothing, since the batch was deleted


def test_waiting_files_take_room_until_they_are_read_or_deleted(store: Store) -> None:
    batch_id, items = a_batch(store, "four", "seventh")
    other_id, _ = a_batch(store, "x", owner="anna2")
    (zip_file,) = store.batches.announce(batch_id, [AnnouncedFile("a.zip")], LIMITS)
    observed: list[int] = []

    def arriving() -> Iterator[File]:
        yield File("1", b"1" * 8_000_000)
        observed.append(store.batches.waiting_bytes("anna"))
        yield File("2", b"2")

    assert store.batches.waiting_bytes("anna") == len("four" + "seventh")
    inside = store.batches.receive(batch_id, zip_file, arriving(), LIMITS)
    assert observed in ([11], [8_000_011])  # some stores write it at the end, others on the way
    assert store.batches.waiting_bytes("anna") == 8_000_012
    store.batches.finish(items[0])
    store.batches.fail(inside[1], "it is torn", keep_bytes=True)
    store.batches.fail(inside[0], "it is no picture", keep_bytes=False)
    assert store.batches.waiting_bytes("anna") == len("seventh" + "2")
    store.batches.delete(batch_id)
    assert (store.batches.waiting_bytes("anna"), store.batches.waiting_bytes("anna2")) == (0, 1)
    store.batches.delete(other_id)
    assert store.batches.waiting_bytes("nobody") == 0
