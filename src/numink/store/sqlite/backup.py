"""Backups of the SQLite file while it is in use, by SQLite's own backup interface, and their restoration.

Both take one transaction: a backup is the history as it was at one moment, and a restored history appears as a whole.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from ...errors import StoreError
from .connection import HISTORY_FILE, SqliteFile, unknown_migrations

FILES_BESIDE = ("", "-wal", "-shm")
"""Suffixes of a database file and of the files that SQLite keeps beside it."""


def write_backup(history: Path, backup: Path) -> int:
    """Write a backup of a history, which other processes may use meanwhile, and return its number of readings.

    Args:
        history: The file of the history.
        backup: The new file; one of that name is replaced once the backup is complete and sound. It needs no other
            file beside it, and only its owner can read it.

    Raises:
        StoreError: There is no history, or the backup cannot be written.
    """
    if not history.is_file():
        raise StoreError(f"there is no history at {history}: check NUMINK_STORE")
    if backup.exists() and (backup.is_dir() or backup.samefile(history)):
        raise StoreError(f"{backup} is a folder, or the history itself: name another file for the backup")
    try:
        descriptor, name = tempfile.mkstemp(dir=backup.parent, prefix=f".{backup.name}.")
        os.close(descriptor)
    except OSError as error:
        raise StoreError(f"the backup {backup} cannot be written ({error.strerror}): check its folder") from None
    partial = Path(name)
    try:
        with closing(SqliteFile(history)) as file, file.connection() as source, closing(_connect(partial)) as target:
            _copy(source, target, backup)
            target.execute("PRAGMA journal_mode = DELETE")  # so that it can be opened in a folder without write access
            readings = _count_readings(target)
        if not _is_sound(partial):
            raise StoreError(f"the backup of {history} is damaged: check the disk, and that of {backup}")
        partial.replace(backup)
    finally:
        for suffix in (*FILES_BESIDE, "-journal"):
            Path(f"{partial}{suffix}").unlink(missing_ok=True)
    return readings


def restore_backup(backup: Path, history: Path, *, replace: bool) -> int:
    """Make a history what a backup has, and return its number of readings.

    Args:
        backup: A file from `write_backup`, or a copy of a history of any earlier version.
        history: The file of the history, created where it is missing. A damaged one is renamed.
        replace: True to replace a history that has readings or is damaged.

    Raises:
        StoreError: The backup is no sound history, or is of a newer version; there is a history, and not `replace`.
    """
    if not backup.is_file() or not _is_sound(backup):
        raise StoreError(f"{backup} is not a sound history file: name another backup")
    with closing(_connect(backup, "ro")) as source:
        try:
            if newer := unknown_migrations(source, HISTORY_FILE):
                raise StoreError(f"the backup {backup} was made by a newer numink ({newer[-1]}): update numink")
            source.execute("SELECT 1 FROM reading LIMIT 1")
        except sqlite3.Error:
            raise StoreError(f"{backup} is a database, but no history of numink: name another backup") from None
        _make_way(history, replace=replace)
        with closing(SqliteFile(history)) as file, file.connection() as target:
            _copy(source, target, history)
    with closing(SqliteFile(history)) as file, file.connection() as restored:  # migrates an older one
        return _count_readings(restored)


def _make_way(history: Path, *, replace: bool) -> None:
    """Raise StoreError where a history may not be replaced; rename it where it is damaged."""
    if not history.exists():
        return
    if _is_sound(history):
        with closing(SqliteFile(history)) as file, file.connection() as connection:
            readings = _count_readings(connection)
        if readings and not replace:
            raise StoreError(
                f"the history {history} has {readings:,} readings, which would be lost: back it up to another file, "
                "and repeat the command with --replace"
            )
        return
    if not replace:
        raise StoreError(f"{history} is damaged, or no history: repeat the command with --replace to rename it")
    for suffix in FILES_BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{history}{suffix}").replace(f"{history}.damaged{suffix}")


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, target_path: Path) -> None:
    """Copy one database into another, in one step, so that writers of the source need not wait."""
    try:
        source.backup(target, pages=-1)
    except sqlite3.Error as error:
        raise StoreError(
            f"{target_path} cannot be written ({error}): check the space on its disk, its owner and mode"
        ) from None


def _is_sound(path: Path) -> bool:
    try:
        with closing(_connect(path, "ro")) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _count_readings(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM reading").fetchone()[0])


def _connect(path: Path, mode: str = "rw") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
