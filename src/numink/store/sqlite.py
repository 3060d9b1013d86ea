"""Readings in one SQLite file: write-ahead log, ordered migrations, one transaction a save.

`synchronous=FULL` puts the log on the disk before a save returns, so that neither a killed process nor a power cut
takes what was answered; it costs under a millisecond more than NORMAL where measured. Connections are kept idle
between calls and lent to one thread at a time, so that many threads and processes share the file.
The only file that knows sqlite3; it knows nothing of pictures or HTTP.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from ..errors import NotStored, StoreBusy, StoreError, StoreFull
from ..results import Page
from . import Correction, Reading

PATIENCE = 10.0
"""Seconds to wait for another writer."""
GONE = "there is no such reading: it was deleted, or the id is wrong"
BRIEF = "id, created, name, pages, thumbnail"
"""What a list of readings needs: not the large picture."""
MOMENT = "substr(id, instr(id, ':') + 1)"
"""The part of an id that sorts by time whoever the owner is; as the index has it."""


class SqliteStore:
    """A `Store` in the file `path`, made with its folder where it is missing. Raises StoreError's kinds."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the history's folder {self.path.parent} cannot be made ({error.strerror}): "
                "check the permissions, or name another place with NUMINK_STORE"
            ) from None
        with self._lent() as connection:
            _migrate(connection, self.path)

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        pages = json.dumps([page.to_dict() for page in reading.pages], separators=(",", ":"))
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO reading VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (reading.id, reading.created, reading.name, pages, reading.thumbnail),
            )
            if reading.preview:
                connection.execute(
                    "INSERT INTO preview VALUES (?, ?) ON CONFLICT DO NOTHING", (reading.id, reading.preview)
                )

    def get(self, reading_id: str) -> Reading:
        """See `Store.get`."""
        with self._lent() as connection:
            row = connection.execute(
                f"SELECT {BRIEF}, picture FROM reading LEFT JOIN preview ON reading = id WHERE id = ?",  # noqa: S608
                (reading_id,),
            ).fetchone()
        if row is None:
            raise NotStored(GONE)
        return _reading(row[:5], row[5] or b"")

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`."""
        after_all = f"{owner};"  # the sign after the colon: no id of this owner sorts behind it
        with self._lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF} FROM reading WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",  # noqa: S608
                (f"{owner}:", min(before or after_all, after_all), max(limit, 0)),
            ).fetchall()
        return [_reading(row) for row in rows]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        with self._writing() as connection:
            if not connection.execute("DELETE FROM reading WHERE id = ?", (reading_id,)).rowcount:
                raise NotStored(GONE)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        rows = [(one.id, reading_id, one.created, one.page, one.number, one.digit, one.text) for one in corrections]
        with self._writing() as connection:
            if connection.execute("SELECT 1 FROM reading WHERE id = ?", (reading_id,)).fetchone() is None:
                raise NotStored(GONE)
            connection.executemany("INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        with self._lent() as connection:
            rows = connection.execute(
                "SELECT id, reading, created, page, number, digit, text FROM correction"  # noqa: S608
                f" WHERE {MOMENT} > ? ORDER BY {MOMENT}",
                (since.rpartition(":")[2],),
            ).fetchall()
        return [Correction(one, reading, created, page, number, text, digit)
                for one, reading, created, page, number, digit, text in rows]  # fmt: skip

    def close(self) -> None:
        """See `Store.close`. Calls under way end first and close their connection themselves."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        """A connection that no other thread has; sqlite3's errors come out as ours, each with what to do."""
        with self._lock:
            if self._closed:
                raise StoreError(f"the history {self.path} was closed: open it again")
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or _connect(self.path)
            yield connection
        except sqlite3.Error as error:
            raise _explained(error, self.path) from None
        finally:
            if connection is not None:
                self._take_back(connection)

    def _take_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its start, so that it waits for others instead of failing."""
        with self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back what an exception leaves
                yield connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"the history {path} is locked by another program: try again in a moment")
    if name.startswith("SQLITE_FULL"):
        return StoreFull(f"no room left for the history {path}: free space on the disk, or delete readings")
    if name.startswith("SQLITE_READONLY"):
        return StoreError(f"the history {path} may not be written: check its owner and mode")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"the history {path} cannot be opened: check that it is a file, its folder, owner and mode")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return StoreError(f"{path} is not a sound history file: name another with NUMINK_STORE, or restore a copy")
    return StoreError(f"the history {path} does not work ({error}): check the disk, or restore a copy")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Applies the migrations that this file has not had, in the order of their names, all or none."""
    folder = resources.files(__package__) / "migrations"
    known = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".sql")}
    if _applied(connection) == set(known):
        return  # a file that may only be read can still be read
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT")
        applied = _applied(connection)
        if newer := sorted(applied - set(known)):
            raise StoreError(f"the history {path} was made by a newer numink ({newer[-1]}): update numink")
        for name in sorted(set(known) - applied):
            for statement in known[name].read_text().split(";\n"):  # executescript would commit between them
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?)", (name,))


def _applied(connection: sqlite3.Connection) -> set[str]:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone() is None:
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM migration")}


def _reading(row: Sequence[str | bytes], preview: bytes = b"") -> Reading:
    reading_id, created, name, pages, thumbnail = row
    return Reading(
        id=str(reading_id), created=str(created), name=str(name), preview=preview,
        pages=tuple(Page.from_dict(page) for page in json.loads(pages)),
        thumbnail=bytes(thumbnail) if isinstance(thumbnail, bytes) else b"",
    )  # fmt: skip
