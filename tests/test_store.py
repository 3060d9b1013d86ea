"""Contract of every store, with each backend; and the ids that it relies on."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numink.errors import ReadingNotFound, SettingsError
from numink.factories import open_store
from numink.results import Box
from numink.store.ids import new_id, uuid7
from numink.store.protocol import Store
from store_material import a_correction, a_reading


def test_a_saved_reading_comes_back_as_it_was(store: Store) -> None:
    reading = a_reading()
    store.save(reading)

    assert store.get(reading.id) == reading


def test_a_reading_without_pictures_or_digits_comes_back_as_it_was(store: Store) -> None:
    reading = dataclasses.replace(a_reading(), pages=(), name="", thumbnail=b"", previews=())
    store.save(reading)

    assert store.get(reading.id) == reading


def test_saving_an_id_again_neither_duplicates_nor_changes_the_reading(store: Store) -> None:
    reading = a_reading(text="1")
    store.save(reading)
    store.save(dataclasses.replace(reading, name="other", previews=(b"other",), thumbnail=b"other"))

    assert store.get(reading.id) == reading
    assert len(store.recent("anna")) == 1


def test_a_missing_reading_cannot_be_read_deleted_or_corrected(store: Store) -> None:
    missing = a_reading()
    for call in (
        lambda: store.get(missing.id),
        lambda: store.delete(missing.id),
        lambda: store.correct(missing.id, [a_correction(missing)]),
    ):
        with pytest.raises(ReadingNotFound, match="there is no such reading"):
            call()
    assert store.corrections() == []


def test_recent_is_newest_first_and_continues_before_an_id(store: Store) -> None:
    readings = [a_reading(text=str(index)) for index in range(7)]
    for reading in readings:
        store.save(reading)

    first = store.recent("anna", limit=3)
    second = store.recent("anna", before_id=first[-1].id, limit=3)
    third = store.recent("anna", before_id=second[-1].id, limit=3)

    assert [reading.pages[0].text for reading in first + second + third] == list("6543210")
    assert store.recent("anna", limit=0) == []
    assert store.recent("nobody") == []


def test_recent_returns_thumbnails_without_previews(store: Store) -> None:
    reading = a_reading()
    store.save(reading)

    assert store.recent("anna") == [dataclasses.replace(reading, previews=())]


@pytest.mark.parametrize("other", ["ann", "anna2", "anna.b", "anna@b", "anna-", "anna_", "Anna", "annb", "0", "z"])
def test_readings_of_owners_with_similar_names_are_separate(store: Store, other: str) -> None:
    store.save(a_reading("anna"))
    foreign = a_reading(other)
    store.save(foreign)

    assert [reading.owner for reading in store.recent("anna")] == ["anna"]
    assert [reading.owner for reading in store.recent("anna", before_id=new_id("zz"))] == ["anna"]
    assert {reading.owner for reading in store.recent("anna", before_id=foreign.id)} <= {"anna"}


def test_deleting_a_reading_deletes_its_corrections_and_nothing_else(store: Store) -> None:
    deleted, remaining = a_reading(), a_reading()
    for reading in (deleted, remaining):
        store.save(reading)
        store.correct(reading.id, [a_correction(reading)])
    store.delete(deleted.id)

    with pytest.raises(ReadingNotFound):
        store.get(deleted.id)
    assert [reading.id for reading in store.recent("anna")] == [remaining.id]
    assert [correction.reading_id for correction in store.corrections()] == [remaining.id]


def test_corrections_are_stored_beside_an_unchanged_reading(store: Store) -> None:
    reading = a_reading()
    store.save(reading)
    corrections = [
        a_correction(reading, "3", number=0, digit=1),
        a_correction(reading, "43"),
        a_correction(reading, "43 7", number=None),
    ]
    store.correct(reading.id, corrections)
    store.correct(reading.id, corrections)  # a repeated request

    assert store.corrections() == corrections
    assert store.get(reading.id) == reading


def test_missed_numbers_and_the_right_order_come_back_as_they_were(store: Store) -> None:
    reading = a_reading()
    store.save(reading)
    corrections = [
        dataclasses.replace(a_correction(reading, "8", number=None), box=Box(1, 2, 30, 40)),
        dataclasses.replace(a_correction(reading, "", number=None), order=(1, 0)),
        dataclasses.replace(a_correction(reading, "3", digit=1), whole="43"),
    ]
    store.correct(reading.id, corrections)

    assert store.corrections_of([reading.id]) == corrections


def test_a_correction_is_withdrawn_once(store: Store) -> None:
    reading, other = a_reading(), a_reading()
    first, second = a_correction(reading), a_correction(reading, "44")
    for saved in (reading, other):
        store.save(saved)
    store.correct(reading.id, [first, second])
    store.withdraw_correction(reading.id, second.id)

    assert store.corrections() == [first]
    for wrong_ids in ((reading.id, second.id), (other.id, first.id), ("anna:nothing", first.id)):
        with pytest.raises(ReadingNotFound, match="no such correction"):
            store.withdraw_correction(*wrong_ids)
    assert store.corrections() == [first]


def test_corrections_of_all_owners_are_sorted_by_time(store: Store) -> None:
    readings = [a_reading(owner) for owner in ("zoe", "anna", "mia", "anna")]
    corrections = [a_correction(reading, str(index)) for index, reading in enumerate(readings)]
    for reading, correction in zip(readings, corrections, strict=True):
        store.save(reading)
        store.correct(reading.id, [correction])

    assert [correction.text for correction in store.corrections()] == list("0123")
    assert [correction.text for correction in store.corrections(since_id=corrections[1].id)] == list("23")
    assert store.corrections(since_id=corrections[3].id) == []


def test_many_threads_share_one_store(store: Store) -> None:
    readings = [a_reading(text=str(index)) for index in range(200)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(store.save, readings))
        loaded = list(pool.map(lambda reading: store.get(reading.id), readings))

    assert loaded == readings
    assert [reading.id for reading in store.recent("anna", limit=500)] == [reading.id for reading in reversed(readings)]


def test_previews_can_be_fetched_for_one_page_or_left_out(store: Store) -> None:
    reading = a_reading()
    store.save(reading)

    assert store.get(reading.id, pictures=False) == dataclasses.replace(reading, previews=())
    assert [store.picture(reading.id, page) for page in range(3)] == [*reading.previews, b""]
    store.delete(reading.id)
    with pytest.raises(ReadingNotFound):
        store.picture(reading.id, 0)


@given(name=st.text(max_size=300).filter(lambda text: text.isprintable()), content=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_any_name_and_any_bytes_come_back_as_they_were(store: Store, name: str, content: bytes) -> None:
    preview = content or b"-"
    reading = dataclasses.replace(a_reading(), name=name, thumbnail=content, previews=(preview, preview))
    store.save(reading)

    assert store.get(reading.id) == reading


@pytest.mark.parametrize("url", ["", "numink.db", "sqlite://", "sqlite:///", "oracle://host/db"])
def test_an_unknown_kind_of_store_is_refused_with_the_known_kinds(url: str) -> None:
    with pytest.raises(SettingsError, match="use sqlite:///FILE"):
        open_store(url)


def test_an_id_is_its_owner_and_a_uuid_of_version_7_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after + 1
    assert re.fullmatch(r"anna:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", new_id("anna"))


def test_ids_never_decrease_even_when_the_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([5_000, 5_000, 4_000, 1, 6_000])
    monkeypatch.setattr("numink.store.ids.time.time_ns", lambda: 10**18 * 3 + next(moments, 6_000) * 1_000_000)
    made = [str(uuid7()) for _ in range(10_000)]

    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_made_by_many_threads_are_unique_and_sorted_in_each_thread() -> None:
    made: list[list[str]] = []

    def make() -> None:
        made.append([new_id("anna") for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({new for ids in made for new in ids}) == 40_000
    assert all(ids == sorted(ids) for ids in made)


@pytest.mark.parametrize("owner", ["", "a:b", "a b", "a\n", "ä", "../x", "x" * 129])
def test_an_owner_that_would_break_ids_is_refused(owner: str) -> None:
    with pytest.raises(ValueError, match="cannot own readings"):
        new_id(owner)
