"""Contract of every store for usage counts by owner and day, and for reviewed numbers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from numink.factories import open_store
from numink.results import CONFIDENCE_STEPS, Page
from numink.store.ids import new_id
from numink.store.protocol import Store
from numink.store.reading import Reading, ReviewedNumber
from numink.store.usage import TIMES, usage_counts
from store_material import a_correction, a_page, a_reading


def created_on(day: str, reading: Reading) -> Reading:
    return replace(reading, created=f"{day}T10:00:00.000+00:00")


def page_of_one_digit(confidence: float = 0.99999, milliseconds: float = 8.0) -> Page:
    """Return a page with one confident digit, a 7."""
    page = a_page("7")
    (number,) = page.numbers
    digit = replace(number.digits[0], confidence=confidence)
    return replace(page, numbers=(replace(number, digits=(digit,)),), milliseconds=milliseconds)


def test_a_reading_is_counted_once_by_owner_and_day(store: Store) -> None:
    first, second = created_on("2026-11-24", a_reading(text="423")), created_on("2026-11-25", a_reading(text="7"))
    for reading in (first, second, first, created_on("2026-11-25", a_reading("mia"))):
        store.save(reading)

    days = store.usage("anna", "2026-11-24")
    assert list(days) == ["2026-11-24", "2026-11-25"]
    assert days["2026-11-24"] == usage_counts(first)
    assert days["2026-11-25"] == usage_counts(second)
    assert list(store.usage("anna", "2026-11-25")) == ["2026-11-25"]
    assert store.usage("nobody", "2026-11-01") == {}


def test_counts_of_a_day_are_summed(store: Store) -> None:
    readings = [created_on("2026-11-25", a_reading(text=text)) for text in ("12", "345", "")]
    for reading in readings:
        store.save(reading)

    total = sum((usage_counts(reading) for reading in readings), usage_counts(readings[0]) - usage_counts(readings[0]))
    assert store.usage("anna", "2026-11-25")["2026-11-25"] == total


def test_counts_stay_when_readings_are_deleted(store: Store) -> None:
    reading = created_on("2026-11-25", a_reading())
    store.save(reading)
    store.delete(reading.id)

    assert store.usage("anna", "2026-11-25")["2026-11-25"]["readings"] == 1


def test_the_counts_of_a_reading() -> None:
    reading = replace(a_reading(), pages=(page_of_one_digit(milliseconds=30), a_page("42")))
    assert usage_counts(reading) == {
        "readings": 1, "numbers": 2, "numbers.accepted": 2, "digits": 3, "digits.accepted": 2,
        "digit.7": 1, "digit.4": 1, "digit.2": 1, "sure.5": 1, "sure.1": 2, "alone.5": 1, "time.2": 1,
    }  # fmt: skip
    assert usage_counts(replace(reading, pages=())) == {"readings": 1, "time.0": 1}


def test_the_last_correction_of_each_number_comes_with_the_number_as_read(store: Store) -> None:
    reading, other, discarded = a_reading(text="42"), a_reading("mia", "99"), a_reading(text="11")
    for saved in (reading, other, discarded):
        store.save(saved)
        store.correct(saved.id, [a_correction(saved, "43"), a_correction(saved, "47")])
    second = a_correction(reading, "1")
    store.correct(reading.id, [replace(second, page=1), a_correction(reading, "whole page", number=None)])
    store.discard("anna", [discarded.id], "2026-11-25T00:00:00.000+00:00")

    assert [(number.read_as, number.corrected_to) for number in store.reviewed_numbers("anna", "")] == [
        ("42", "47"),
        ("7", "1"),
    ]
    assert store.reviewed_numbers("anna", "9999") == []
    assert isinstance(store.reviewed_numbers("mia", "")[0], ReviewedNumber)


def test_readings_from_before_there_were_counts_are_counted(tmp_path: Path) -> None:
    """Compare the SQL of the migration with `usage_counts`."""
    pages = [
        page_of_one_digit(confidence, milliseconds)
        for confidence in (*CONFIDENCE_STEPS, 0.3, 1.0)
        for milliseconds in (0.5, *TIMES, 10_000.0)
    ]
    readings = [created_on("2026-11-20", Reading(new_id("anna"), "", (page, a_page("90")), "a")) for page in pages]
    readings += [created_on("2026-11-21", Reading(new_id("mia"), "", (), "b"))]
    url = f"sqlite:///{tmp_path}/old.db"
    with closing(open_store(url)) as store:
        for reading in readings:
            store.save(reading)
        expected = {owner: store.usage(owner, "") for owner in ("anna", "mia")}
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.execute("DROP TABLE use")
        connection.execute("DELETE FROM migration WHERE name = '0006_use.sql'")
        connection.commit()
    with closing(open_store(url)) as store:
        assert {owner: store.usage(owner, "") for owner in ("anna", "mia")} == expected


@pytest.mark.parametrize("since", ["", "2026-11-25"])
def test_counts_and_reviewed_numbers_are_found_by_an_index(tmp_path: Path, since: str) -> None:
    from numink.store.sqlite import usage as sqlite_usage

    statements: list[str] = []
    with closing(open_store(f"sqlite:///{tmp_path}/numink.db")):
        pass
    with closing(sqlite3.connect(tmp_path / "numink.db")) as connection:
        connection.set_trace_callback(statements.append)
        sqlite_usage.select_usage(connection, "anna", since)
        sqlite_usage.select_reviewed_numbers(connection, ("anna:", "anna;"), since)
        connection.set_trace_callback(None)
        plans = [row[3] for statement in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert len(statements) == 2
    assert not [step for step in plans if step.startswith("SCAN") and not step.startswith("SCAN (")]
