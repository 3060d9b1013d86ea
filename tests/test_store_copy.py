"""Commands that move readings: a whole store into another, and what was read before there were accounts."""

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
from numink.store.outbox.queue import Outbox
from store_material import a_correction, a_reading


def run_numink(*words: str, store: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    return subprocess.run(
        [sys.executable, "-m", "numink", *words], env=environment | ({"NUMINK_STORE": store} if store else {}),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def numink(*words: str, store: str = "") -> str:
    """What the command says."""
    done = run_numink(*words, store=store)
    assert done.returncode == 0, done.stderr
    return done.stderr


def copy(folder: Path) -> str:
    return numink("store", "copy", f"sqlite:///{folder}/old.db", f"sqlite:///{folder}/new.db")


def test_everybodys_readings_corrections_and_accounts_arrive_once_though_copied_twice(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/old.db")) as old:
        anna = People(old.documents).create("anna@example.org")
        readings = [a_reading(anna.id), a_reading("local"), a_reading(anna.id)]
        for one in readings:
            old.save(one)
            old.correct(one.id, [a_correction(one)])
    assert "copied 3 readings, 0 were there already; sqlite now has 3 readings and 2 other documents" in copy(tmp_path)
    assert "copied 0 readings, 3 were there already; sqlite now has 3 readings and 2 other documents" in copy(tmp_path)
    with closing(open_store(f"sqlite:///{tmp_path}/new.db")) as new:
        assert [new.get(one.id) for one in readings] == readings
        assert len(new.corrections()) == 3
        assert People(new.documents).by_email("anna@example.org") == anna


def test_what_was_read_before_there_were_accounts_is_given_to_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/numink.db"
    with closing(open_store(url)) as store:
        anna = People(store.documents).create("anna@example.org")
        before = [a_reading("local"), a_reading("local")]
        for one in before:
            store.save(one)
        store.correct(before[0].id, [a_correction(before[0], "77")])
    assert numink("accounts", "give", "anna@example.org", store=url) == "gave 2 readings to anna@example.org\n"
    assert numink("accounts", "give", "anna@example.org", store=url) == "gave 0 readings to anna@example.org\n"
    with closing(open_store(url)) as store:
        assert store.recent("local") == []
        found = [store.get(one.id) for one in reversed(store.recent(anna.id))]
        assert [(one.created, one.pages, one.previews) for one in found] == [
            (one.created, one.pages, one.previews) for one in before
        ]
        assert [(one.reading_id, one.text) for one in store.corrections()] == [(found[0].id, "77")]


def test_a_history_goes_to_cloudant_and_back_and_is_not_sent_twice(faulty: Faulty, tmp_path: Path) -> None:
    old, back = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/back.db"
    with closing(open_store(old)) as store:
        anna = People(store.documents).create("anna@example.org")
        readings = [a_reading(anna.id, str(at)) for at in range(110)] + [a_reading("local")]
        for one in readings:
            store.save(one)
        store.correct(readings[5].id, [a_correction(readings[5]), a_correction(readings[5], "44")])
    faulty.plan.rates = dict.fromkeys(("503", "lost", "half"), 0.01)
    with closing(open_store("cloudant://")) as store:  # a copy that was broken off, with some of the middle
        for one in readings[40:60]:
            store.save(one)
    said = numink("store", "copy", old, "cloudant://")
    assert "copied 91 readings, 20 were there already; cloudant now has 111 readings and 2 other documents" in said
    assert "copied 0 readings, 111 were there already" in numink("store", "copy", old, "cloudant://")
    numink("store", "copy", "cloudant://", back)
    with closing(open_store(back)) as store:
        assert [store.get(one.id) for one in readings] == readings
        assert [one.text for one in store.corrections()] == ["43", "44"]
        assert People(store.documents).by_email("anna@example.org") == anna


def test_check_tells_what_a_store_is_and_what_waits_for_it(
    faulty: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("cloudant://")) as store:
        store.save(a_reading("local"))
    with closing(Outbox(tmp_path / "instance" / "outbox.db", 10**6)) as outbox:
        outbox.put(a_reading("local"))
    done = run_numink("store", "check", "cloudant://")
    assert done.returncode == 0, done.stderr
    for said in (
        "server: numink's tests 3.5.0+test", "database: numink, 5 documents", "partitions: yes",
        "indexes: _design/numink, _design/numink-all", "readings of local: 1",
        "outbox instance/outbox.db: 1 readings wait",
    ):  # fmt: skip
        assert said in done.stdout
    faulty.plan.away = True
    away = run_numink("store", "check", "cloudant://")
    assert away.returncode != 0
    assert "cannot be reached at present" in away.stderr
    assert "1 readings wait" in away.stdout
    file = run_numink("store", "check", f"sqlite:///{tmp_path}/numink.db")
    assert "readings: 0" in file.stdout
