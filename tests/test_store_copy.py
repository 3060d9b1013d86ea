"""Commands that move readings: a whole store into another, and readings from before there were accounts."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from couch_faulty import Faulty
from numink.accounts.people import People
from numink.factories import open_store
from numink.store.outbox.queue import WriteQueue
from store_material import a_correction, a_reading


def run_numink(*words: str, store: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    return subprocess.run(
        [sys.executable, "-m", "numink", *words], env=environment | ({"NUMINK_STORE": store} if store else {}),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def numink(*words: str, store: str = "") -> str:
    """Run a command that succeeds and return its messages."""
    process = run_numink(*words, store=store)
    assert process.returncode == 0, process.stderr
    return process.stderr


def copy(folder: Path) -> str:
    return numink("store", "copy", f"sqlite:///{folder}/old.db", f"sqlite:///{folder}/new.db")


def test_readings_corrections_and_accounts_of_all_owners_are_copied_once_by_two_runs(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/old.db")) as old:
        anna = People(old.documents).create("anna@example.org")
        readings = [a_reading(anna.id), a_reading("local"), a_reading(anna.id)]
        for reading in readings:
            old.save(reading)
            old.correct(reading.id, [a_correction(reading)])
    assert "copied 3 readings, 0 were there already; sqlite now has 3 readings and 2 other documents" in copy(tmp_path)
    assert "copied 0 readings, 3 were there already; sqlite now has 3 readings and 2 other documents" in copy(tmp_path)
    with closing(open_store(f"sqlite:///{tmp_path}/new.db")) as new:
        assert [new.get(reading.id) for reading in readings] == readings
        assert len(new.corrections()) == 3
        assert People(new.documents).by_email("anna@example.org") == anna


def test_readings_from_before_there_were_accounts_can_be_given_to_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/numink.db"
    with closing(open_store(url)) as store:
        anna = People(store.documents).create("anna@example.org")
        before = [a_reading("local"), a_reading("local")]
        for reading in before:
            store.save(reading)
        store.correct(before[0].id, [a_correction(before[0], "77")])
    assert numink("accounts", "give", "anna@example.org", store=url) == "gave 2 readings to anna@example.org\n"
    assert numink("accounts", "give", "anna@example.org", store=url) == "gave 0 readings to anna@example.org\n"
    with closing(open_store(url)) as store:
        assert store.recent("local") == []
        moved = [store.get(reading.id) for reading in reversed(store.recent(anna.id))]
        assert [(reading.created, reading.pages, reading.previews) for reading in moved] == [
            (reading.created, reading.pages, reading.previews) for reading in before
        ]
        assert [(correction.reading_id, correction.text) for correction in store.corrections()] == [(moved[0].id, "77")]


def test_a_history_is_copied_to_cloudant_and_back_without_sending_it_twice(faulty: Faulty, tmp_path: Path) -> None:
    old, back = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/back.db"
    with closing(open_store(old)) as store:
        anna = People(store.documents).create("anna@example.org")
        readings = [a_reading(anna.id, str(index)) for index in range(110)] + [a_reading("local")]
        for reading in readings:
            store.save(reading)
        store.correct(readings[5].id, [a_correction(readings[5]), a_correction(readings[5], "44")])
    faulty.plan.rates = dict.fromkeys(("503", "lost", "half"), 0.01)
    with closing(open_store("cloudant://")) as store:  # an interrupted copy with some of the middle
        for reading in readings[40:60]:
            store.save(reading)
    message = numink("store", "copy", old, "cloudant://")
    assert "copied 91 readings, 20 were there already; cloudant now has 111 readings and 2 other documents" in message
    assert "copied 0 readings, 111 were there already" in numink("store", "copy", old, "cloudant://")
    numink("store", "copy", "cloudant://", back)
    with closing(open_store(back)) as store:
        assert [store.get(reading.id) for reading in readings] == readings
        assert [correction.text for correction in store.corrections()] == ["43", "44"]
        assert People(store.documents).by_email("anna@example.org") == anna


def test_check_describes_a_store_and_its_write_queue(
    faulty: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("cloudant://")) as store:
        store.save(a_reading("local"))
    with closing(WriteQueue(tmp_path / "instance" / "outbox.db", 10**6)) as queue:
        queue.put(a_reading("local"))
    reachable = run_numink("store", "check", "cloudant://")
    assert reachable.returncode == 0, reachable.stderr
    for line in (
        "server: numink's tests 3.5.0+test", "database: numink, 5 documents", "partitions: yes",
        "indexes: _design/numink, _design/numink-all", "readings of local: 1",
        "outbox instance/outbox.db: 1 readings wait",
    ):  # fmt: skip
        assert line in reachable.stdout
    faulty.plan.away = True
    away = run_numink("store", "check", "cloudant://")
    assert away.returncode != 0
    assert "cannot be reached at present" in away.stderr
    assert "1 readings wait" in away.stdout
    file = run_numink("store", "check", f"sqlite:///{tmp_path}/numink.db")
    assert "readings: 0" in file.stdout
