"""Commands that move readings: a whole store into another, and what was read before there were accounts."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from numink.accounts.people import People
from numink.store import open_store
from store_material import a_correction, a_reading


def numink(*words: str, store: str = "") -> str:
    """What the command says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    done = subprocess.run(
        [sys.executable, "-m", "numink", *words], env=environment | ({"NUMINK_STORE": store} if store else {}),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
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
    assert "copied 3 readings, 0 were there already; 3 are in sqlite now, with 2 documents beside" in copy(tmp_path)
    assert "copied 0 readings, 3 were there already; 3 are in sqlite now, with 2 documents beside" in copy(tmp_path)
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
        assert [(one.created, one.pages, one.preview) for one in found] == [
            (one.created, one.pages, one.preview) for one in before
        ]
        assert [(one.reading, one.text) for one in store.corrections()] == [(found[0].id, "77")]
