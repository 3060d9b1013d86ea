"""Batches in a store: nothing that arrived is lost, nothing is read twice, everybody's turn comes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from numink.store.batches import AnnouncedFile, Batch, BatchFull, BatchLimits, File, State, Task
from numink.store.ids import new_id
from numink.store.protocol import Store
from store_material import a_reading

ROOM = BatchLimits(files=100, bytes=100_000_000)


def a_batch(store: Store, *names: str, owner: str = "anna") -> tuple[str, list[str]]:
    """A batch with files that have arrived; its id and theirs."""
    batch = new_id(owner)
    store.batches.create(batch, "slips", {"single": True})
    awaited = store.batches.announce(batch, [AnnouncedFile(name) for name in names], ROOM)
    items = [
        store.batches.receive(batch, one, [File(name, name.encode())], ROOM)[0]
        for one, name in zip(awaited, names, strict=True)
    ]
    return batch, items


def found(store: Store, batch: str) -> Batch:
    got = store.batches.get(batch)
    assert got
    return got


def states(store: Store, batch: str) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in store.batches.items(batch)]


def claim(store: Store, at: int = 1000, holder: str = "me", tries: int = 3) -> Task | None:
    return store.batches.claim(holder, at, at + 10, tries)


def test_what_is_announced_arrives_and_waits_with_its_bytes_and_options(store: Store) -> None:
    batch = new_id("anna")
    store.batches.create(batch, "slips", {"pattern": r"\d+"})
    one, _ = store.batches.announce(batch, [AnnouncedFile("a.png"), AnnouncedFile("b.png", "it is too large")], ROOM)
    assert states(store, batch) == [("a.png", "awaited"), ("b.png", "failed")]
    assert claim(store) is None
    store.batches.receive(batch, one, [File("a.png", b"bytes of a")], ROOM)
    assert states(store, batch) == [("a.png", "waiting"), ("b.png", "failed")]
    task = claim(store)
    assert task
    assert (task.name, task.content, task.options) == ("a.png", b"bytes of a", {"pattern": r"\d+"})
    assert task.reading_id.startswith("anna:")


def test_what_arrives_twice_is_there_once(store: Store) -> None:
    batch = new_id("anna")
    store.batches.create(batch, "slips", {})
    (one,) = store.batches.announce(batch, [AnnouncedFile("a.zip")], ROOM)
    files = [File("x.png", b"x"), File("y.png", b"y"), File("z.txt", error="it is no picture")]
    assert len(store.batches.receive(batch, one, files, ROOM)) == 3
    assert store.batches.receive(batch, one, files, ROOM) == []
    assert states(store, batch) == [("x.png", "waiting"), ("y.png", "waiting"), ("z.txt", "failed")]


def test_what_breaks_off_half_way_leaves_nothing_and_can_be_sent_again(store: Store) -> None:
    batch = new_id("anna")
    store.batches.create(batch, "slips", {})
    (one,) = store.batches.announce(batch, [AnnouncedFile("a.zip")], ROOM)

    def broken() -> Iterator[File]:
        yield File("x.png", b"x" * 9_000_000)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk"):
        store.batches.receive(batch, one, broken(), ROOM)
    assert states(store, batch) == [("a.zip", "awaited")]
    with pytest.raises(BatchFull, match="at most 2 files"):
        store.batches.receive(batch, one, [File(f"{at}.png", b"x") for at in range(3)], BatchLimits(2, 100))
    with pytest.raises(BatchFull, match="MB together"):
        store.batches.receive(batch, one, [File("x.png", b"x" * 101)], BatchLimits(2, 100))
    assert states(store, batch) == [("a.zip", "awaited")]
    store.batches.receive(batch, one, [File("x.png", b"x")], ROOM)
    assert states(store, batch) == [("x.png", "waiting")]


def test_the_files_of_a_zip_stand_where_it_stood(store: Store) -> None:
    batch = new_id("anna")
    store.batches.create(batch, "slips", {})
    first, middle, last = store.batches.announce(batch, [AnnouncedFile(name) for name in ("a", "b.zip", "c")], ROOM)
    store.batches.receive(batch, last, [File("c", b"c")], ROOM)
    store.batches.receive(batch, middle, [File("b1", b"1"), File("b2", b"2")], ROOM)
    store.batches.receive(batch, first, [File("a", b"a")], ROOM)
    assert [name for name, _ in states(store, batch)] == ["a", "b1", "b2", "c"]


def test_an_item_is_given_to_one_reader_until_it_lets_the_moment_pass(store: Store) -> None:
    a_batch(store, "a")
    first = claim(store, 1000)
    assert first
    assert claim(store, 1009, "other") is None
    store.batches.renew("me", 2000)
    assert claim(store, 1500, "other") is None
    second = claim(store, 2001, "other")
    assert second
    assert (second.item_id, second.reading_id) == (first.item_id, first.reading_id)  # so a second save changes nothing


def test_what_ends_its_reader_again_and_again_has_failed(store: Store) -> None:
    batch, _ = a_batch(store, "bad", "good")
    names = [task.name for at in range(0, 1000, 100) if (task := claim(store, at, tries=2))]
    assert names == ["bad", "bad", "good", "good"]
    assert states(store, batch) == [("bad", "failed"), ("good", "failed")]
    assert store.batches.retry(batch) == 2
    assert states(store, batch) == [("bad", "waiting"), ("good", "waiting")]


def test_a_reading_that_is_finished_is_shown_and_its_bytes_are_gone(store: Store) -> None:
    batch, _ = a_batch(store, "a", "b")
    for text in ("42", "17"):
        task = claim(store)
        assert task
        reading = a_reading("anna", text)
        store.save(
            type(reading)(task.reading_id, reading.created, reading.pages, task.name, b"", (b"picture", b"other"))
        )
        store.batches.finish(task.item_id)
    shown = store.batches.items(batch)
    assert [(one.text, one.state, one.has_bytes) for one in shown] == [
        ("42\n7", State.READ, False), ("17\n7", State.READ, False),
    ]  # fmt: skip
    assert found(store, batch).counts == {State.READ: 2}
    kept = store.batches.readings(batch, 0, 10, pictures=True)
    assert [(one.id, one.previews) for one in kept] == [(one.reading_id, (b"picture", b"other")) for one in shown]
    assert [one.id for one in store.batches.readings(batch, 1, 10, pictures=False)] == [shown[1].reading_id]
    store.delete(str(shown[0].reading_id))
    assert [one.reading_id is None for one in store.batches.items(batch)] == [True, False]


def test_who_follows_is_told_what_has_changed(store: Store) -> None:
    batch, items = a_batch(store, "a", "b", "c")
    since = found(store, batch).revision
    assert store.batches.items(batch, since) == []
    store.batches.fail(items[1], "it is torn", keep_bytes=True)
    (changed,) = store.batches.items(batch, since)
    assert (changed.name, changed.error, changed.has_bytes) == ("b", "it is torn", True)
    assert found(store, batch).revision > since


def test_a_small_batch_does_not_wait_behind_a_large_one(store: Store) -> None:
    a_batch(store, *"abcdef")
    a_batch(store, "x", "y", owner="berta")
    order = [task.name for at in range(4) if (task := claim(store, 1000 + at, tries=9))]
    assert order == ["a", "x", "b", "y"]


def test_what_is_cancelled_is_not_read_and_its_bytes_are_gone(store: Store) -> None:
    batch, items = a_batch(store, "a", "b", "c")
    assert claim(store)
    store.batches.fail(items[2], "no ink", keep_bytes=True)
    assert store.batches.cancel(batch) == 1
    assert states(store, batch) == [("a", "reading"), ("b", "cancelled"), ("c", "failed")]
    assert [one.has_bytes for one in store.batches.items(batch)] == [True, False, False]
    assert store.batches.retry(batch) == 0
    store.batches.release(items[0])
    assert states(store, batch)[0] == ("a", "waiting")


def test_batches_are_listed_by_owner_and_removed(store: Store) -> None:
    first, items = a_batch(store, "a")
    second, _ = a_batch(store, "b")
    other, _ = a_batch(store, "c", owner="anna2")
    assert [one.id for one in store.batches.recent("anna", 10)] == [second, first]
    assert [one.id for one in store.batches.recent("anna", 1)] == [second]
    assert [one.id for one in store.batches.recent("anna", 10, before_id=second)] == [first]
    assert store.batches.recent("anna", 10, before_id=first) == []
    store.batches.delete(second)
    store.batches.fail(items[0], "torn", keep_bytes=True)
    store.batches.expire("9", "")
    assert not store.batches.items(first)[0].has_bytes
    store.batches.forget("anna")
    assert store.batches.get(first) is None
    assert states(store, other) == [("c", "waiting")]
    store.batches.expire("", "9")
    assert store.batches.get(other) is None
    store.batches.finish(items[0])  # of a batch that is gone: nothing


def test_what_waits_takes_room_until_it_is_read_or_gone(store: Store) -> None:
    batch, items = a_batch(store, "four", "seventh")
    other, _ = a_batch(store, "x", owner="anna2")
    (zip_file,) = store.batches.announce(batch, [AnnouncedFile("a.zip")], ROOM)
    seen: list[int] = []

    def arriving() -> Iterator[File]:
        yield File("1", b"1" * 8_000_000)
        seen.append(store.batches.waiting_bytes("anna"))
        yield File("2", b"2")

    assert store.batches.waiting_bytes("anna") == len("four" + "seventh")
    inside = store.batches.receive(batch, zip_file, arriving(), ROOM)
    assert seen in ([11], [8_000_011])  # as the store writes it: at the end, or on its way
    assert store.batches.waiting_bytes("anna") == 8_000_012
    store.batches.finish(items[0])
    store.batches.fail(inside[1], "it is torn", keep_bytes=True)
    store.batches.fail(inside[0], "it is no picture", keep_bytes=False)
    assert store.batches.waiting_bytes("anna") == len("seventh" + "2")
    store.batches.delete(batch)
    assert (store.batches.waiting_bytes("anna"), store.batches.waiting_bytes("anna2")) == (0, 1)
    store.batches.delete(other)
    assert store.batches.waiting_bytes("nobody") == 0
