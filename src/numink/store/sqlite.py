"""Readings in one SQLite file: write-ahead log, ordered migrations, one transaction a save.

With the log, `synchronous=NORMAL` loses nothing when the process dies at any moment; a power cut may take the last
moments, never the file. Each thread has a connection of its own, so that many threads and processes share the file.
The only file that knows sqlite3.
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
AFTER_ALL = chr(0x10FFFF)
"""Sorts after every id."""


class SqliteStore:
    """A `Store` in the file `path`, made with its folder where it is missing. Raises StoreError's kinds."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self._translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _migrate(self._connection())

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        pages = json.dumps([page.to_dict() for page in reading.pages], separators=(",", ":"))
        with self._translated(), self._connection() as connection:
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
        with self._translated():
            row = self._connection().execute(
                "SELECT id, created, name, pages, thumbnail, picture FROM reading"
                " LEFT JOIN preview ON preview.reading = reading.id WHERE id = ?", (reading_id,),
            ).fetchone()  # fmt: skip
        if row is None:
            raise NotStored("there is no such reading: it was deleted, or the id is wrong")
        return _reading(row[:5], row[5] or b"")

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`."""
        with self._translated():
            rows = self._connection().execute(
                "SELECT id, created, name, pages, thumbnail FROM reading"
                " WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",
                (f"{owner}:", before or f"{owner}:{AFTER_ALL}", limit),
            ).fetchall()  # fmt: skip
        return [_reading(row) for row in rows]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        with self._translated(), self._connection() as connection:
            if not connection.execute("DELETE FROM reading WHERE id = ?", (reading_id,)).rowcount:
                raise NotStored("there is no such reading: it was deleted already, or the id is wrong")

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        rows = [(one.id, reading_id, one.created, one.page, one.number, one.text) for one in corrections]
        with self._translated(), self._connection() as connection:
            if connection.execute("SELECT 1 FROM reading WHERE id = ?", (reading_id,)).fetchone() is None:
                raise NotStored("there is no such reading to correct: it was deleted, or the id is wrong")
            connection.executemany("INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        with self._translated():
            rows = self._connection().execute(
                "SELECT id, reading, created, page, number, text FROM correction WHERE id > ? ORDER BY id", (since,)
            ).fetchall()  # fmt: skip
        return [Correction(*row) for row in rows]

    def close(self) -> None:
        """See `Store.close`. Closes the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
            self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """sqlite3's errors as ours, each with what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(error, self.path) from None
        except OSError as error:
            raise StoreError(
                f"the history's folder {self.path.parent} cannot be made ({error.strerror}): "
                "check the permissions, or name another place with NUMINK_STORE"
            ) from None


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"the history {path} is locked by another program: try again in a moment")
    if name.startswith("SQLITE_FULL") or "disk I/O" in str(error):
        return StoreFull(f"no room left for the history {path}: free space on the disk, or delete readings")
    if name.startswith("SQLITE_READONLY"):
        return StoreError(f"the history {path} may not be written: check its owner and mode")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"the history {path} cannot be opened: check the folder, the owner and the mode")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return StoreError(f"{path} is not a sound history file: name another with NUMINK_STORE, or restore a copy")
    return StoreError(f"the history {path} does not work ({error})")


def _migrate(connection: sqlite3.Connection) -> None:
    """Applies the migrations that this file has not had, in the order of their names, each in one transaction."""
    folder = resources.files(__package__) / "migrations"
    known = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT")
    for entry in known:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if connection.execute("SELECT 1 FROM migration WHERE name = ?", (entry.name,)).fetchone():
                continue
            for statement in entry.read_text().split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?)", (entry.name,))


def _reading(row: Sequence[str | bytes], preview: bytes = b"") -> Reading:
    reading_id, created, name, pages, thumbnail = row
    return Reading(
        id=str(reading_id), created=str(created), name=str(name), preview=preview,
        pages=tuple(Page.from_dict(page) for page in json.loads(pages)),
        thumbnail=bytes(thumbnail) if isinstance(thumbnail, bytes) else b"",
    )  # fmt: skip
