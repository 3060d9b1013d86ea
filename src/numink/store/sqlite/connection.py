"""One SQLite file: write-ahead log, ordered migrations, connections for many threads, helpful errors.

`synchronous=FULL` puts the log on the disk before a save returns, so that neither a killed process nor a power cut
loses a reading that was answered; it costs under a millisecond more than NORMAL where measured. Idle connections are
kept and each is used by one thread at a time, so that many threads and processes share the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from ...errors import StoreBusy, StoreError, StoreFull
from .previews import unpacked_preview
from .reserve import ROOM_BYTES, Reserve

Result = TypeVar("Result")

LOCK_TIMEOUT = 10.0
"""Seconds to wait for another writer."""
CHECKPOINT_TIMEOUT = 2000
"""Milliseconds to wait for others before the write-ahead log is left as it is."""


@dataclass(frozen=True)
class FileKind:
    """Purpose of a file: its name in messages, the setting that names the file, the folder of its migrations."""

    name: str
    setting: str
    migrations: str


HISTORY_FILE = FileKind("history", "NUMINK_STORE", "migrations")


class SqliteFile:
    """A database file, created with its folder where it is missing, and migrated to the present schema.

    Raises:
        StoreError: The file cannot be opened, or was made by a newer version.
    """

    def __init__(self, path: Path, kind: FileKind = HISTORY_FILE) -> None:
        self.path = path
        self._kind = kind
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the {kind.name}'s folder {self.path.parent} cannot be made ({error.strerror}): "
                f"check the permissions, or name another place with {kind.setting}"
            ) from None
        self._reserve = Reserve(path)
        try:
            self._open()
        except StoreFull:  # even to read, SQLite needs room for the index of the write-ahead log
            if not self._reserve.give_up():
                raise
            self._open()

    def close(self) -> None:
        """Empty the write-ahead log into the file, so that a copy of it alone is whole, and close all connections.

        Calls in progress end by themselves and close theirs. Where another program reads or writes for longer than
        CHECKPOINT_TIMEOUT, or the disk is full, the log stays; the next program that opens the file reads it.
        """
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for index, connection in enumerate(idle):
            if not index:
                with suppress(sqlite3.Error):
                    connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT}")
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that no other thread uses. Errors of sqlite3 are raised as StoreError."""
        with self._lock:
            if self._closed:
                raise StoreError(f"the {self._kind.name} {self.path} was closed: open it again")
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or _connect(self.path)
            yield connection
        except sqlite3.Error as error:
            raise _store_error(error, self.path, self._kind) from None
        finally:
            if connection is not None:
                self._release(connection)

    def _release(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within a transaction that has the write lock from its start.

        The lock is waited for at the start, so that the transaction cannot fail for another writer later.

        Raises:
            StoreFull: There is no room on the disk for the reserve of deletions, which is not spent on anything else.
        """
        if not self._reserve.take():
            raise _full(self.path, self._kind)
        if self._reserve.disk_is_scarce:
            self._require_room()
        with self._begun() as connection:
            yield connection

    def free(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a change that frees space in a transaction, in spite of a full disk if need be.

        Pages that it frees are overwritten, but for those freed by means of the reserve: there is no room for that.

        Args:
            change: Makes the change; called once more where the first attempt found the disk full.

        Returns:
            The result of `change`.
        """
        try:
            with self._begun() as connection:
                return change(connection)
        except StoreFull:
            if not self._reserve.give_up():
                raise
        with self._begun(overwrites=False) as connection:
            result = change(connection)
        with suppress(StoreError):
            self._checkpoint()
        self._reserve.take()
        return result

    @contextmanager
    def _begun(self, *, overwrites: bool = True) -> Iterator[sqlite3.Connection]:
        with self.connection() as connection:
            connection.execute(f"PRAGMA secure_delete = {'ON' if overwrites else 'OFF'}")
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back after an exception
                yield connection

    def _checkpoint(self) -> None:
        """Write the log into the file, and begin it anew: its blocks are used again. Raises StoreFull."""
        with self.connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(RESTART)")

    def _require_room(self) -> None:
        """Raise StoreFull where the log or the file has no room left: what is in the log must find place in the file.

        Room is what the disk has left, what the log has taken and begins anew, and in the file what deletions freed.
        """
        self._checkpoint()
        with self.connection() as connection:
            (pages,) = connection.execute("PRAGMA freelist_count").fetchone()
            (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        log_bytes = self.path.with_name(f"{self.path.name}-wal").stat().st_size
        if self._reserve.free_bytes + min(log_bytes, pages * page_bytes) < ROOM_BYTES:
            raise _full(self.path, self._kind)

    def _open(self) -> None:
        with self.connection() as connection:
            _migrate(connection, self.path, self._kind)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _store_error(error: sqlite3.Error, path: Path, kind: FileKind) -> StoreError:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"the {kind.name} {path} is locked by another program: try again in a moment")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")):
        return _full(path, kind)
    if name.startswith("SQLITE_READONLY"):
        return StoreError(f"the {kind.name} {path} may not be written: check its owner and mode")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(
            f"the {kind.name} {path} cannot be opened: check that it is a file, its folder, owner and mode"
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return StoreError(
            f"{path} is not a sound {kind.name} file: name another with {kind.setting}, or restore a copy"
        )
    return StoreError(f"the {kind.name} {path} does not work ({error}): check the disk, or restore a copy")


def _full(path: Path, kind: FileKind) -> StoreFull:
    return StoreFull(f"no room left for the {kind.name} {path}: free space on the disk, or delete readings")


def _migrate(connection: sqlite3.Connection, path: Path, kind: FileKind) -> None:
    """Apply the migrations that this file has not had, in the order of their names, all or none."""
    available = _available(kind)
    if _applied(connection) == set(available):
        return  # so that a read-only file can be read
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT")
        if newer := unknown_migrations(connection, kind):
            raise StoreError(f"the {kind.name} {path} was made by a newer numink ({newer[-1]}): update numink")
        connection.create_function("unpacked_preview", 2, unpacked_preview, deterministic=True)
        for name in sorted(set(available) - _applied(connection)):
            for statement in available[name].read_text().split(";\n"):  # executescript would commit between them
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?)", (name,))


def unknown_migrations(connection: sqlite3.Connection, kind: FileKind) -> list[str]:
    """Return the migrations that a file has had and this version does not know, in order."""
    return sorted(_applied(connection) - set(_available(kind)))


def _available(kind: FileKind) -> dict[str, Traversable]:
    folder = resources.files("numink.store") / kind.migrations
    return {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".sql")}


def _applied(connection: sqlite3.Connection) -> set[str]:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone() is None:
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM migration")}
