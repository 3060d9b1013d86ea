"""The SQLite file: new, old, shared, locked, full, read-only, damaged, or no history at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path

import pytest

from numink.errors import ReadingNotFound, StoreBusy, StoreError, StoreFull
from numink.factories import open_store
from numink.store.protocol import Store
from numink.store.sqlite import connection as sqlite_file
from numink.store.sqlite import store as sqlite
from store_material import a_correction, a_reading, is_sound

NOBODY_UID = 65534


def sqlite_store(path: Path) -> Store:
    return open_store(f"sqlite:///{path}")


def test_the_folder_is_created_and_saved_readings_are_there_after_reopening(tmp_path: Path) -> None:
    path, reading = tmp_path / "a" / "b" / "numink.db", a_reading()
    with closing(sqlite_store(path)) as store:
        store.save(reading)

    with closing(sqlite_store(path)) as again:
        assert again.get(reading.id) == reading


def test_a_relative_url_is_a_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///here/numink.db").close()

    assert (tmp_path / "here" / "numink.db").is_file()


def test_a_closed_store_refuses_calls_and_can_be_closed_twice(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path / "numink.db")
    store.close()
    store.close()

    with pytest.raises(StoreError, match="was closed: open it again"):
        store.recent("anna")


def test_saves_are_synchronous_and_readers_do_not_wait(tmp_path: Path) -> None:
    with closing(sqlite_file._connect(tmp_path / "numink.db")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_save_that_fails_half_way_is_rolled_back(tmp_path: Path) -> None:
    path, reading = tmp_path / "numink.db", a_reading()
    with closing(sqlite_store(path)) as store:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TRIGGER no BEFORE INSERT ON preview BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(StoreError, match="does not work"):
            store.save(reading)
        with pytest.raises(ReadingNotFound):
            store.get(reading.id)


def test_corrections_are_rolled_back_where_one_fails(tmp_path: Path) -> None:
    path, reading = tmp_path / "numink.db", a_reading()
    with closing(sqlite_store(path)) as store:
        store.save(reading)
        with closing(sqlite3.connect(path)) as other:
            other.execute(
                "CREATE TRIGGER no BEFORE INSERT ON correction WHEN NEW.text = 'bad'"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        with pytest.raises(StoreError):
            store.correct(reading.id, [a_correction(reading, "1"), a_correction(reading, "bad")])

        assert store.corrections() == []


def test_a_list_and_a_range_of_corrections_use_an_index(tmp_path: Path) -> None:
    path = tmp_path / "numink.db"
    sqlite_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        plans = [
            connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
            for query in (
                "SELECT id FROM reading WHERE id > 'a:' AND id < 'a;' ORDER BY id DESC LIMIT 3",
                f"SELECT text FROM correction WHERE {sqlite.TIME_KEY} > 'x' ORDER BY {sqlite.TIME_KEY}",
            )
        ]

    assert [len(plan) for plan in plans] == [1, 1]  # no separate step to sort
    assert all("SEARCH" in plan[0][3] for plan in plans)


def test_migrations_are_applied_in_order_once(tmp_path: Path) -> None:
    path = tmp_path / "numink.db"
    for _ in range(2):
        sqlite_store(path).close()

    with closing(sqlite3.connect(path)) as connection:
        applied = [name for (name,) in connection.execute("SELECT name FROM migration ORDER BY rowid")]
    folder = resources.files("numink.store") / "migrations"
    assert applied == sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def test_a_file_of_a_newer_numink_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "numink.db"
    sqlite_store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO migration VALUES ('9999_future.sql')")

    with pytest.raises(StoreError, match=r"made by a newer numink \(9999_future.sql\): update numink"):
        sqlite_store(path)


def test_a_file_that_another_program_locks_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "LOCK_TIMEOUT", 0.1)
    path, reading = tmp_path / "numink.db", a_reading()
    with closing(sqlite_store(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="locked by another program: try again in a moment"):
            store.save(reading)
        assert store.recent("anna") == []  # readers do not wait
        other.execute("ROLLBACK")
        store.save(reading)

        assert store.get(reading.id) == reading


def test_a_save_waits_for_another_writer(tmp_path: Path) -> None:
    path = tmp_path / "numink.db"
    with closing(sqlite_store(path)) as store:
        slow = "import sqlite3, time, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        slow += (
            "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(0.7); c.execute('ROLLBACK'); c.close()"
        )
        with subprocess.Popen([sys.executable, "-c", slow, path], stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            store.save(a_reading())

        assert len(store.recent("anna")) == 1


def test_a_full_disk_loses_only_the_save_that_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite_file._connect

    def connect_small(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    monkeypatch.setattr(sqlite_file, "_connect", connect_small)
    saved = [a_reading(preview=b"") for _ in range(3)]
    with closing(sqlite_store(tmp_path / "numink.db")) as store:
        for reading in saved:
            store.save(reading)
        with pytest.raises(StoreFull, match="free space on the disk, or delete readings"):
            store.save(a_reading(preview=b"x" * 1_000_000))
        assert [reading.id for reading in store.recent("anna")] == [reading.id for reading in reversed(saved)]
        store.delete(saved[0].id)
        store.save(a_reading(preview=b""))

    assert is_sound(tmp_path / "numink.db")


@contextmanager
def a_folder_as_an_ordinary_user() -> Iterator[Path]:
    """Yield a folder with all permissions, as a user for whom file modes hold: root gives its rights up meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder, me = Path(name), os.geteuid()
        folder.chmod(0o777)
        if me == 0:
            os.seteuid(NOBODY_UID)
        try:
            yield folder
        finally:
            folder.chmod(0o777) if me != 0 else None
            os.seteuid(me)


def test_a_read_only_file_can_be_read_and_refuses_writes() -> None:
    with a_folder_as_an_ordinary_user() as folder:
        path, reading = folder / "numink.db", a_reading()
        with closing(sqlite_store(path)) as store:
            store.save(reading)
        path.chmod(0o444)
        with closing(sqlite_store(path)) as store:
            assert store.get(reading.id) == reading
            with pytest.raises(StoreError, match="may not be written: check its owner and mode"):
                store.save(a_reading())


def test_a_read_only_folder_is_refused_with_advice() -> None:
    with a_folder_as_an_ordinary_user() as folder:
        (folder / "shut").mkdir(mode=0o555)
        with pytest.raises(StoreError, match=r"cannot be opened: check that it is a file, its folder, owner and mode"):
            sqlite_store(folder / "shut" / "numink.db")
        with pytest.raises(StoreError, match=r"cannot be made \(Permission denied\): check the permissions"):
            sqlite_store(folder / "shut" / "deeper" / "numink.db")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened: check that it is a file"):
        sqlite_store(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        sqlite_store(tmp_path / "file" / "numink.db")


def test_a_file_that_is_no_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Anna, " * 1000)

    with pytest.raises(StoreError, match="is not a sound history file"):
        sqlite_store(path)
    assert path.read_text() == "Dear Anna, " * 1000


def test_a_damaged_file_is_reported_rather_than_treated_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "numink.db"
    with closing(sqlite_store(path)) as store:
        for _ in range(20):
            store.save(a_reading())
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with pytest.raises(StoreError, match="is not a sound history file"), closing(sqlite_store(path)) as store:
        store.recent("anna")
