"""`numink store copy`: a whole store, with everybody's readings and accounts, into another."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from numink.accounts.people import People
from numink.store import open_store
from store_material import a_correction, a_reading


def copy(folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    words = ["store", "copy", f"sqlite:///{folder}/old.db", f"sqlite:///{folder}/new.db"]
    done = subprocess.run(
        [sys.executable, "-m", "numink", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stderr


def test_everybodys_readings_corrections_and_accounts_arrive_once_though_copied_twice(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/old.db")) as old:
        anna = People(old.documents).create("anna@example.org")
        readings = [a_reading(anna.id), a_reading("local"), a_reading(anna.id)]
        for one in readings:
            old.save(one)
            old.correct(one.id, [a_correction(one)])
    assert "copied 3 readings; 3 are in sqlite now" in copy(tmp_path)
    assert "copied 3 readings; 3 are in sqlite now" in copy(tmp_path)
    with closing(open_store(f"sqlite:///{tmp_path}/new.db")) as new:
        assert [new.get(one.id) for one in readings] == readings
        assert len(new.corrections()) == 3
        assert People(new.documents).by_email("anna@example.org") == anna
