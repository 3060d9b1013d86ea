"""Backups of a history: by the command while numink serves, by copying the file after a stop, and their restoration."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from numink.errors import StoreError
from numink.factories import open_store
from numink.store.outbox.queue import WriteQueue
from numink.store.sqlite.backup import restore_backup, write_backup
from store_material import a_correction, a_reading, is_sound
from test_store_copy import numink, run_numink
from web_client import served
from web_pictures import digits


def a_history(path: Path, count: int = 3) -> list[str]:
    with closing(open_store(f"sqlite:///{path}")) as store:
        readings = [a_reading("local", str(index)) for index in range(count)]
        for reading in readings:
            store.save(reading)
        store.correct(readings[0].id, [a_correction(readings[0])])
    return [reading.id for reading in readings]


def ids_in(path: Path) -> list[str]:
    with closing(open_store(f"sqlite:///{path}")) as store:
        return [reading.id for reading in reversed(store.recent("local", limit=10_000))]


def copied_alone(path: Path, folder: Path) -> Path:
    """Return a copy of the file alone, without its write-ahead log."""
    folder.mkdir()
    return Path(shutil.copy(path, folder))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_after_a_clean_stop_the_file_alone_has_every_answered_reading(tmp_path: Path, workers: str) -> None:
    with served(tmp_path, fresh=True, NUMINK_WORKERS=workers) as server:
        answered = sorted(server.client.read(digits()).json["id"] for _ in range(8))
        assert server.stop() == 0
        assert server.errors.read_text() == ""

    assert sorted(ids_in(copied_alone(tmp_path / "history.db", tmp_path / "copy"))) == answered
    assert not (tmp_path / "history.db-wal").exists()


def test_a_closed_store_leaves_nothing_in_the_log_even_where_another_program_has_it_open(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/numink.db")
    reading = a_reading("local")
    store.save(reading)
    with closing(sqlite3.connect(tmp_path / "numink.db")) as other:
        other.execute("SELECT count(*) FROM reading").fetchone()
        store.close()
        assert (tmp_path / "numink.db-wal").stat().st_size == 0
        assert ids_in(copied_alone(tmp_path / "numink.db", tmp_path / "copy")) == [reading.id]


def test_a_closed_queue_of_a_remote_store_is_whole_in_its_file(tmp_path: Path) -> None:
    reading = a_reading()
    with closing(WriteQueue(tmp_path / "outbox.db", 10**6)) as queue:
        queue.put(reading)

    with closing(WriteQueue(copied_alone(tmp_path / "outbox.db", tmp_path / "copy"), 10**6)) as copy:
        assert copy.get(reading.id) == reading


def test_a_backup_while_numink_serves_is_sound_and_has_every_reading_answered_before(tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    answered: list[str] = []
    with served(tmp_path) as server:
        url, stopping = f"sqlite:///{tmp_path}/history.db", threading.Event()

        def keep_reading() -> None:
            while not stopping.is_set():
                answered.append(server.client.read(digits()).json["id"])

        client = threading.Thread(target=keep_reading)
        client.start()
        try:
            for _ in range(3):
                before = list(answered)
                assert "backed up" in numink("store", "backup", str(backup), store=url)
                assert is_sound(backup)
                stored = ids_in(copied_alone(backup, tmp_path / f"copy{len(before)}"))
                assert stored[: len(before)] == before
        finally:
            stopping.set()
            client.join()
        assert [server.client.get(f"/api/v1/readings/{reading}").status for reading in answered] == [200] * len(
            answered
        )
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*backup*")) == ["backup.db"]


def test_a_restored_backup_has_readings_corrections_and_pictures(tmp_path: Path) -> None:
    history, backup = tmp_path / "numink.db", tmp_path / "backup.db"
    ids = a_history(history)
    with closing(open_store(f"sqlite:///{history}")) as store:
        before = [store.get(reading_id) for reading_id in ids], store.corrections()
    assert write_backup(history, backup) == 3
    a_history(history)

    assert restore_backup(backup, history, replace=True) == 3
    with closing(open_store(f"sqlite:///{history}")) as store:
        assert ([store.get(reading_id) for reading_id in ids], store.corrections()) == before


def test_a_server_sees_a_history_that_was_restored_beneath_it_as_a_whole(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        first = server.client.read(digits()).json["id"]
        write_backup(tmp_path / "history.db", tmp_path / "backup.db")
        second = server.client.read(digits()).json["id"]
        restore_backup(tmp_path / "backup.db", tmp_path / "history.db", replace=True)
        assert [server.client.get(f"/api/v1/readings/{reading}").status for reading in (first, second)] == [200, 404]
        third = server.client.read(digits()).json["id"]
        listed = [reading["id"] for reading in server.client.get("/api/v1/readings").json["readings"]]
        assert listed == [third, first]


def test_a_history_with_readings_is_replaced_only_when_that_is_said(tmp_path: Path) -> None:
    history, backup = tmp_path / "numink.db", tmp_path / "backup.db"
    old, url = a_history(history), f"sqlite:///{history}"
    numink("store", "backup", str(backup), store=url)
    new = a_history(history, 2)

    refused = run_numink("store", "restore", str(backup), store=url)
    assert refused.returncode == 1
    assert "has 5 readings, which would be lost" in refused.stderr
    assert ids_in(history) == old + new
    assert "restored 3 readings" in numink("store", "restore", str(backup), "--replace", store=url)
    assert ids_in(history) == old
    assert "restored 3 readings" in numink("store", "restore", str(backup), store=f"sqlite:///{tmp_path}/new/numink.db")


def test_a_damaged_history_is_renamed_before_it_is_replaced(tmp_path: Path) -> None:
    history, backup = tmp_path / "numink.db", tmp_path / "backup.db"
    ids = a_history(history)
    write_backup(history, backup)
    history.write_bytes(b"\xff" * 50_000)

    with pytest.raises(StoreError, match="is damaged, or no history: repeat the command with --replace"):
        restore_backup(backup, history, replace=False)
    assert restore_backup(backup, history, replace=True) == 3
    assert ids_in(history) == ids
    assert (tmp_path / "numink.db.damaged").read_bytes() == b"\xff" * 50_000


def test_a_file_that_is_no_sound_history_of_this_version_is_not_restored(tmp_path: Path) -> None:
    history, newer, foreign = tmp_path / "numink.db", tmp_path / "newer.db", tmp_path / "foreign.db"
    ids = a_history(history)
    a_history(newer)
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("INSERT INTO migration VALUES ('9999_future.sql')")
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE note (text)")
    (tmp_path / "letter.db").write_text("Dear Anna, " * 1000)

    for name, message in {
        "newer.db": "made by a newer numink", "foreign.db": "no history of numink",
        "letter.db": "not a sound history file", "missing.db": "not a sound history file",
    }.items():  # fmt: skip
        with pytest.raises(StoreError, match=message):
            restore_backup(tmp_path / name, history, replace=True)
    assert ids_in(history) == ids


def test_a_backup_that_is_killed_leaves_the_earlier_one(tmp_path: Path) -> None:
    history, backup = tmp_path / "numink.db", tmp_path / "backup.db"
    a_history(history)
    write_backup(history, backup)
    earlier = backup.read_bytes()
    a_history(history, 40)
    killing = "import os, signal, sys, pathlib; from numink.store.sqlite import backup;"
    killing += "paths = map(pathlib.Path, sys.argv[1:]);"
    killing += "backup._is_sound = lambda _: os.kill(os.getpid(), signal.SIGKILL); backup.write_backup(*paths)"
    process = subprocess.run([sys.executable, "-c", killing, history, backup], check=False)

    assert process.returncode == -signal.SIGKILL
    assert backup.read_bytes() == earlier


def test_what_cannot_be_backed_up_or_written_is_refused_with_advice(tmp_path: Path) -> None:
    history = tmp_path / "numink.db"
    a_history(history)
    for source, target, message in (
        (tmp_path / "none.db", tmp_path / "backup.db", "there is no history at"),
        (history, history, "or the history itself"),
        (history, tmp_path, "is a folder"),
        (history, tmp_path / "none" / "backup.db", r"cannot be written \(No such file or directory\)"),
    ):
        with pytest.raises(StoreError, match=message):
            write_backup(source, target)
    remote = run_numink("store", "backup", str(tmp_path / "backup.db"), store="cloudant://numink")
    assert remote.returncode == 2
    assert "by replication" in remote.stderr
    assert "numink store copy cloudant://numink sqlite:///FILE" in remote.stderr
