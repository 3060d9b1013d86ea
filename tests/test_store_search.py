"""Contract of every store for search, review, discarding and restoring."""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from numink.errors import ReadingNotFound
from numink.factories import open_store
from numink.results import Box
from numink.store.correction import Correction
from numink.store.ids import now
from numink.store.protocol import Store
from numink.store.reading import Reading, ReadingQuery
from store_material import a_correction, a_page, a_reading


def doubtful_reading(owner: str = "anna", *confidences: float, name: str = "slip.png") -> Reading:
    """Return a reading of one page with a doubtful number for each of `confidences`, and an accepted one."""
    page = a_page()
    (accepted,) = page.numbers
    doubtful = [dataclasses.replace(accepted, confidence=confidence, accepted=False) for confidence in confidences]
    return dataclasses.replace(
        a_reading(owner), name=name, pages=(dataclasses.replace(page, numbers=(*doubtful, accepted)),)
    )


def save_all(store: Store, *readings: Reading) -> list[str]:
    for reading in readings:
        store.save(reading)
    return [reading.id for reading in readings]


def matching_ids(store: Store, query: ReadingQuery, owner: str = "anna") -> list[str]:
    ids = [reading.id for reading in store.find(owner, query)]
    assert store.count(owner, query) == len(ids)
    return ids


def test_readings_are_found_by_their_text_a_correction_or_the_file_name(store: Store) -> None:
    first, second, third = save_all(
        store, a_reading(text="12345"), a_reading(text="777"), dataclasses.replace(a_reading(text="1"), name="Bill.pdf")
    )
    store.correct(second, [a_correction(store.get(second), "9234")])

    assert matching_ids(store, ReadingQuery()) == [third, second, first]
    assert matching_ids(store, ReadingQuery(oldest_first=True)) == [first, second, third]
    assert matching_ids(store, ReadingQuery(text="234")) == [second, first]
    assert matching_ids(store, ReadingQuery(text="bill")) == [third]
    assert matching_ids(store, ReadingQuery(text="nobody wrote this")) == []


@pytest.mark.parametrize("text", ["24.15", "-186", "6/2/98", "12,50 €", "50%", "28°", "AB123456"])
def test_a_number_with_signs_is_found_by_its_text_or_a_part_of_it(store: Store, text: str) -> None:
    read, corrected, _ = save_all(store, a_reading(text=text), a_reading(text="7"), a_reading(text="2415 186 6298"))
    store.correct(corrected, [a_correction(store.get(corrected), text)])

    assert matching_ids(store, ReadingQuery(text=text)) == [corrected, read]
    assert matching_ids(store, ReadingQuery(text=text[:-1] if text[0] == "-" else text[1:])) == [corrected, read]


def test_found_readings_have_previews_only_on_request(store: Store) -> None:
    full, bare = a_reading("anna", "42"), a_reading("anna", "43", preview=b"")
    for reading in (full, bare):
        store.save(reading)
    assert full.previews
    assert store.find("anna", ReadingQuery(oldest_first=True), pictures=True) == [full, bare]
    assert [reading.previews for reading in store.find("anna", ReadingQuery())] == [(), ()]


@pytest.mark.parametrize("character", ["%", "_", "\\", "'", '"'])
def test_special_characters_of_databases_are_searched_literally(store: Store, character: str) -> None:
    _, with_character = save_all(
        store, dataclasses.replace(a_reading(), name="plain"), dataclasses.replace(a_reading(), name=f"a{character}b")
    )

    assert matching_ids(store, ReadingQuery(text=f"a{character}b")) == [with_character]


def test_readings_are_found_by_their_day(store: Store) -> None:
    old = dataclasses.replace(a_reading(), created="2026-03-01T23:59:59.000+00:00")
    new = dataclasses.replace(a_reading(), created="2026-03-02T00:00:00.000+00:00")
    save_all(store, old, new)

    assert matching_ids(store, ReadingQuery(since="2026-03-02")) == [new.id]
    assert matching_ids(store, ReadingQuery(until="2026-03-02")) == [old.id]
    assert matching_ids(store, ReadingQuery(since="2026-03-01", until="2026-03-03")) == [new.id, old.id]


def test_doubts_are_sorted_by_confidence_until_they_are_corrected_or_confirmed(store: Store) -> None:
    first, second = save_all(store, doubtful_reading("anna", 0.5, 0.3), doubtful_reading("anna", 0.4))

    def open_doubts() -> list[tuple[str, int]]:
        assert store.count_doubts("anna") == len(store.doubts("anna"))
        return [(doubt.reading_id, doubt.number) for doubt in store.doubts("anna")]

    assert open_doubts() == [(first, 1), (second, 0), (first, 0)]
    assert matching_ids(store, ReadingQuery(doubtful=True)) == [second, first]
    store.correct(second, [a_correction(store.get(second), "42", number=0)])
    assert open_doubts() == [(first, 1), (first, 0)]
    assert matching_ids(store, ReadingQuery(doubtful=True)) == [first]
    assert matching_ids(store, ReadingQuery(corrected=True)) == [second]
    store.correct(first, [a_correction(store.get(first), "42 42", number=None)])
    assert open_doubts() == []
    assert [doubt.reading_id for doubt in store.doubts("anna", limit=1)] == []


def test_a_doubt_is_open_until_each_of_its_doubtful_digits_is_corrected(store: Store) -> None:
    (page,) = doubtful_reading("anna", 0.5).pages
    number = page.numbers[0]
    number = dataclasses.replace(
        number, digits=tuple(dataclasses.replace(digit, accepted=False) for digit in number.digits)
    )
    reading = dataclasses.replace(a_reading(), pages=(dataclasses.replace(page, numbers=(number,)),))
    save_all(store, reading)

    def doubts_after(*corrections: Correction) -> int:
        store.correct(reading.id, corrections)
        return store.count_doubts("anna")

    missed = dataclasses.replace(a_correction(reading, "8", number=None), box=Box(1, 2, 3, 4))
    order = dataclasses.replace(a_correction(reading, "", number=None), order=(1, 0))
    last = a_correction(reading, "2", digit=1)
    assert doubts_after(missed, order) == 1
    assert doubts_after(a_correction(reading, "4", digit=0)) == 1
    assert doubts_after(last) == 0
    store.withdraw_correction(reading.id, last.id)
    assert store.count_doubts("anna") == 1
    assert doubts_after(a_correction(reading, "42")) == 0


def test_a_thousand_doubts_beside_a_thousand_corrections_are_counted_at_once(store: Store) -> None:
    reading = doubtful_reading("anna", *[0.5] * 1000)
    save_all(store, reading)
    started = time.process_time()
    store.correct(reading.id, [a_correction(reading, "4", number=index, digit=0) for index in range(1000)])

    assert store.count_doubts("anna") == 1000
    assert len(store.doubts("anna", limit=2000)) == 1000
    assert time.process_time() - started < 1.0


def test_a_number_is_found_by_its_text_after_the_correction_of_a_digit(store: Store) -> None:
    (first,) = save_all(store, a_reading(text="12345"))
    store.correct(first, [dataclasses.replace(a_correction(store.get(first), "9", digit=1), whole="19345")])

    assert matching_ids(store, ReadingQuery(text="9345")) == [first]
    assert matching_ids(store, ReadingQuery(text="99")) == []


def test_a_discarded_reading_is_hidden_and_can_be_restored(store: Store) -> None:
    discarded, remaining = save_all(store, doubtful_reading("anna", 0.5), doubtful_reading("anna", 0.6))
    before = store.get(discarded)
    store.correct(discarded, [a_correction(before, "1")])
    moment = now()

    assert store.discard("anna", [discarded, "anna:nothing"], moment) == 1
    assert matching_ids(store, ReadingQuery()) == [remaining]
    assert [reading.id for reading in store.recent("anna")] == [remaining]
    assert store.corrections() == []
    assert [doubt.reading_id for doubt in store.doubts("anna")] == [remaining]
    for call in (lambda: store.get(discarded), lambda: store.delete(discarded), lambda: store.correct(discarded, [])):
        with pytest.raises(ReadingNotFound):
            call()
    assert store.restore("anna", "another moment") == 0
    assert store.restore("anna", moment) == 1
    assert store.get(discarded) == before
    assert len(store.corrections()) == 1


def test_all_readings_of_a_query_can_be_discarded_at_once(store: Store) -> None:
    first, second, third = save_all(store, a_reading(text="10"), a_reading(text="105"), a_reading(text="7"))

    assert store.discard("anna", ReadingQuery(text="10"), now()) == 2
    assert matching_ids(store, ReadingQuery()) == [third]
    assert {first, second}.isdisjoint(matching_ids(store, ReadingQuery()))


def test_readings_discarded_before_a_moment_are_purged(store: Store) -> None:
    early, late = save_all(store, a_reading(), a_reading())
    store.discard("anna", [early], "2026-01-01T00:00:00.000+00:00")
    store.discard("anna", [late], "2026-01-01T00:10:00.000+00:00")

    assert store.purge("2026-01-01T00:05:00.000+00:00") == 1
    assert store.restore("anna", "2026-01-01T00:00:00.000+00:00") == 0
    assert store.restore("anna", "2026-01-01T00:10:00.000+00:00") == 1


def test_readings_created_before_a_moment_are_deleted(store: Store) -> None:
    old = dataclasses.replace(a_reading("mia"), created="2026-03-01T23:59:59.999+00:00")
    new = dataclasses.replace(a_reading(), created="2026-03-02T00:00:00.000+00:00")
    save_all(store, old, new)
    store.correct(old.id, [a_correction(old)])

    assert store.expire("2026-03-02") == 1
    assert store.corrections() == []
    with pytest.raises(ReadingNotFound):
        store.get(old.id)
    assert store.get(new.id) == new


@pytest.mark.parametrize("other", ["ann", "anna2", "anna.b", "Anna"])
def test_readings_of_another_owner_cannot_be_found_reviewed_or_discarded(store: Store, other: str) -> None:
    (foreign,) = save_all(store, doubtful_reading(other, 0.5))
    moment = now()

    assert matching_ids(store, ReadingQuery()) == []
    assert store.doubts("anna") == []
    assert store.discard("anna", [foreign], moment) == 0
    assert store.discard("anna", ReadingQuery(), moment) == 0
    store.discard(other, [foreign], moment)
    assert store.restore("anna", moment) == 0


def test_a_history_of_the_first_schema_can_be_searched(tmp_path: Path) -> None:
    """Open a file as the first migration made it, with a reading in it."""
    path, reading = tmp_path / "old.db", doubtful_reading("anna", 0.5)
    first = (resources.files("numink.store") / "migrations" / "0001_readings.sql").read_text()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(first)
        connection.execute("CREATE TABLE migration (name TEXT PRIMARY KEY) STRICT")
        connection.execute("INSERT INTO migration VALUES ('0001_readings.sql')")
    with closing(open_store(f"sqlite:///{tmp_path}/new.db")) as store:
        store.save(reading)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ATTACH ? AS new", (str(tmp_path / "new.db"),))
        connection.execute("INSERT INTO reading SELECT id, created, name, pages, thumbnail FROM new.reading")

    with closing(open_store(f"sqlite:///{path}")) as store:
        assert matching_ids(store, ReadingQuery(text="42")) == [reading.id]
        assert [(doubt.number, doubt.confidence) for doubt in store.doubts("anna")] == [(0, 0.5)]
        store.correct(reading.id, [a_correction(reading, "2", digit=1)])  # the one that is not accepted
        assert store.doubts("anna") == []
