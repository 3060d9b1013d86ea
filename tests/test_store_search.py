"""What every store finds, brings to review, puts aside and brings back."""

from __future__ import annotations

import dataclasses
import sqlite3
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


def unsure(owner: str = "anna", *confidences: float, name: str = "slip.png") -> Reading:
    """A reading of one page with a doubtful number for each of `confidences`, and a sure one."""
    page = a_page()
    (sure,) = page.numbers
    doubtful = [dataclasses.replace(sure, confidence=one, accepted=False) for one in confidences]
    return dataclasses.replace(
        a_reading(owner), name=name, pages=(dataclasses.replace(page, numbers=(*doubtful, sure)),)
    )


def kept(store: Store, *readings: Reading) -> list[str]:
    for reading in readings:
        store.save(reading)
    return [reading.id for reading in readings]


def found(store: Store, wanted: ReadingQuery, owner: str = "anna") -> list[str]:
    ids = [reading.id for reading in store.find(owner, wanted)]
    assert store.count(owner, wanted) == len(ids)
    return ids


def test_readings_are_found_by_what_was_read_by_a_correction_and_by_the_files_name(store: Store) -> None:
    one, two, three = kept(
        store, a_reading(text="12345"), a_reading(text="777"), dataclasses.replace(a_reading(text="1"), name="Bill.pdf")
    )
    store.correct(two, [a_correction(store.get(two), "9234")])

    assert found(store, ReadingQuery()) == [three, two, one]
    assert found(store, ReadingQuery(oldest_first=True)) == [one, two, three]
    assert found(store, ReadingQuery(text="234")) == [two, one]
    assert found(store, ReadingQuery(text="bill")) == [three]
    assert found(store, ReadingQuery(text="nobody wrote this")) == []


def test_what_is_found_comes_with_its_pictures_where_they_are_wanted(store: Store) -> None:
    full, bare = a_reading("anna", "42"), a_reading("anna", "43", preview=b"")
    for reading in (full, bare):
        store.save(reading)
    assert full.previews
    assert store.find("anna", ReadingQuery(oldest_first=True), pictures=True) == [full, bare]
    assert [one.previews for one in store.find("anna", ReadingQuery())] == [(), ()]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"'])
def test_signs_that_databases_know_are_looked_for_as_they_are(store: Store, sign: str) -> None:
    _, with_sign = kept(
        store, dataclasses.replace(a_reading(), name="plain"), dataclasses.replace(a_reading(), name=f"a{sign}b")
    )

    assert found(store, ReadingQuery(text=f"a{sign}b")) == [with_sign]


def test_readings_are_found_by_their_day(store: Store) -> None:
    old = dataclasses.replace(a_reading(), created="2026-03-01T23:59:59.000+00:00")
    new = dataclasses.replace(a_reading(), created="2026-03-02T00:00:00.000+00:00")
    kept(store, old, new)

    assert found(store, ReadingQuery(since="2026-03-02")) == [new.id]
    assert found(store, ReadingQuery(until="2026-03-02")) == [old.id]
    assert found(store, ReadingQuery(since="2026-03-01", until="2026-03-03")) == [new.id, old.id]


def test_doubts_come_least_sure_first_until_each_is_corrected_or_confirmed(store: Store) -> None:
    first, second = kept(store, unsure("anna", 0.5, 0.3), unsure("anna", 0.4))

    def places() -> list[tuple[str, int]]:
        assert store.count_doubts("anna") == len(store.doubts("anna"))
        return [(doubt.reading_id, doubt.number) for doubt in store.doubts("anna")]

    assert places() == [(first, 1), (second, 0), (first, 0)]
    assert found(store, ReadingQuery(doubtful=True)) == [second, first]
    store.correct(second, [a_correction(store.get(second), "42", number=0)])
    assert places() == [(first, 1), (first, 0)]
    assert found(store, ReadingQuery(doubtful=True)) == [first]
    assert found(store, ReadingQuery(corrected=True)) == [second]
    store.correct(first, [a_correction(store.get(first), "42 42", number=None)])
    assert places() == []
    assert [doubt.reading_id for doubt in store.doubts("anna", limit=1)] == []


def test_a_doubt_is_open_until_each_of_its_doubtful_digits_was_looked_at(store: Store) -> None:
    (page,) = unsure("anna", 0.5).pages
    number = page.numbers[0]
    number = dataclasses.replace(
        number, digits=tuple(dataclasses.replace(digit, accepted=False) for digit in number.digits)
    )
    reading = dataclasses.replace(a_reading(), pages=(dataclasses.replace(page, numbers=(number,)),))
    kept(store, reading)

    def after(*corrections: Correction) -> int:
        store.correct(reading.id, corrections)
        return store.count_doubts("anna")

    missed = dataclasses.replace(a_correction(reading, "8", number=None), box=Box(1, 2, 3, 4))
    order = dataclasses.replace(a_correction(reading, "", number=None), order=(1, 0))
    last = a_correction(reading, "2", digit=1)
    assert after(missed, order) == 1
    assert after(a_correction(reading, "4", digit=0)) == 1
    assert after(last) == 0
    store.withdraw_correction(reading.id, last.id)
    assert store.count_doubts("anna") == 1
    assert after(a_correction(reading, "42")) == 0


def test_a_number_is_found_as_it_reads_after_the_correction_of_a_digit(store: Store) -> None:
    (one,) = kept(store, a_reading(text="12345"))
    store.correct(one, [dataclasses.replace(a_correction(store.get(one), "9", digit=1), whole="19345")])

    assert found(store, ReadingQuery(text="9345")) == [one]
    assert found(store, ReadingQuery(text="99")) == []


def test_what_is_put_aside_is_gone_and_comes_back_as_it_was(store: Store) -> None:
    gone, stays = kept(store, unsure("anna", 0.5), unsure("anna", 0.6))
    before = store.get(gone)
    store.correct(gone, [a_correction(before, "1")])
    moment = now()

    assert store.discard("anna", [gone, "anna:nothing"], moment) == 1
    assert found(store, ReadingQuery()) == [stays]
    assert [reading.id for reading in store.recent("anna")] == [stays]
    assert store.corrections() == []
    assert [doubt.reading_id for doubt in store.doubts("anna")] == [stays]
    for call in (lambda: store.get(gone), lambda: store.delete(gone), lambda: store.correct(gone, [])):
        with pytest.raises(ReadingNotFound):
            call()
    assert store.restore("anna", "another moment") == 0
    assert store.restore("anna", moment) == 1
    assert store.get(gone) == before
    assert len(store.corrections()) == 1


def test_all_that_is_found_can_be_put_aside_at_once(store: Store) -> None:
    one, two, three = kept(store, a_reading(text="10"), a_reading(text="105"), a_reading(text="7"))

    assert store.discard("anna", ReadingQuery(text="10"), now()) == 2
    assert found(store, ReadingQuery()) == [three]
    assert {one, two}.isdisjoint(found(store, ReadingQuery()))


def test_what_was_put_aside_before_a_moment_is_removed_for_good(store: Store) -> None:
    early, late = kept(store, a_reading(), a_reading())
    store.discard("anna", [early], "2026-01-01T00:00:00.000+00:00")
    store.discard("anna", [late], "2026-01-01T00:10:00.000+00:00")

    assert store.purge("2026-01-01T00:05:00.000+00:00") == 1
    assert store.restore("anna", "2026-01-01T00:00:00.000+00:00") == 0
    assert store.restore("anna", "2026-01-01T00:10:00.000+00:00") == 1


def test_what_was_read_before_a_moment_is_removed_for_good(store: Store) -> None:
    old = dataclasses.replace(a_reading("mia"), created="2026-03-01T23:59:59.999+00:00")
    new = dataclasses.replace(a_reading(), created="2026-03-02T00:00:00.000+00:00")
    kept(store, old, new)
    store.correct(old.id, [a_correction(old)])

    assert store.expire("2026-03-02") == 1
    assert store.corrections() == []
    with pytest.raises(ReadingNotFound):
        store.get(old.id)
    assert store.get(new.id) == new


@pytest.mark.parametrize("other", ["ann", "anna2", "anna.b", "Anna"])
def test_nobody_finds_reviews_or_puts_aside_what_is_anothers(store: Store, other: str) -> None:
    (foreign,) = kept(store, unsure(other, 0.5))
    moment = now()

    assert found(store, ReadingQuery()) == []
    assert store.doubts("anna") == []
    assert store.discard("anna", [foreign], moment) == 0
    assert store.discard("anna", ReadingQuery(), moment) == 0
    store.discard(other, [foreign], moment)
    assert store.restore("anna", moment) == 0


def test_a_history_of_before_can_be_searched(tmp_path: Path) -> None:
    """A file as the first migration made it, with a reading in it."""
    path, reading = tmp_path / "old.db", unsure("anna", 0.5)
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
        assert found(store, ReadingQuery(text="42")) == [reading.id]
        assert [(one.number, one.confidence) for one in store.doubts("anna")] == [(0, 0.5)]
        store.correct(reading.id, [a_correction(reading, "2", digit=1)])  # the one that is not accepted
        assert store.doubts("anna") == []
