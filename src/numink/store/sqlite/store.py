"""Readings in one SQLite file: one transaction for a save, lists and searches in SQL.

Tables are those of `migrations/`. Statements are composed of constants and conditions of this package only; values
from outside are always parameters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from ...errors import ReadingNotFound
from ..correction import Correction
from ..ids import new_id
from ..reading import READING_MISSING, Doubt, Reading, ReadingQuery, ReviewedNumber
from .batches import SqliteBatches
from .connection import SqliteFile
from .corrections import delete_correction, insert_corrections, select_corrections
from .documents import SqliteDocuments
from .previews import add_previews, count_preview_bytes, select_preview, with_previews
from .review_queue import add_doubts, count_doubts, select_doubts
from .rows import READING_COLUMNS, TIME_KEY, id_bounds, last_id, pages_column, reading_of
from .search import query_condition
from .usage import add_usage, select_reviewed_numbers, select_usage


class SqliteStore:
    """Implementation of `Store` in one file, which is created with its folder where it is missing.

    Args:
        path: The file.

    Raises:
        StoreError: The file cannot be opened, or was made by a newer version.
    """

    def __init__(self, path: str | Path) -> None:
        self._file = SqliteFile(Path(path))
        self.documents = SqliteDocuments(self._file)
        self.batches = SqliteBatches(self._file)

    def new_id(self, owner: str) -> str:
        """See `Store.new_id`."""
        with self._file.connection() as connection:
            return new_id(owner, last_id(connection, owner))

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        pages = pages_column(reading)
        with self._file.transaction() as connection:
            inserted = connection.execute(
                "INSERT INTO reading (id, created, name, pages, thumbnail, text) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (reading.id, reading.created, reading.name, pages, reading.thumbnail, reading.text),
            ).rowcount
            if inserted:
                add_usage(connection, reading)
                add_doubts(connection, reading)
                add_previews(connection, reading)

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`."""
        with self._file.connection() as connection:
            reading = reading_of(_live_row(connection, reading_id, READING_COLUMNS))
            return with_previews(connection, [reading])[0] if pictures else reading

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        with self._file.connection() as connection:
            _live_row(connection, reading_id, "1")
            return select_preview(connection, reading_id, page)

    def recent(self, owner: str, before_id: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`."""
        first, last = id_bounds(owner)
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {READING_COLUMNS} FROM reading WHERE id > ? AND id < ? AND discarded IS NULL"
                " ORDER BY id DESC LIMIT ?",
                (first, min(before_id or last, last), max(limit, 0)),
            ).fetchall()
        return [reading_of(row) for row in rows]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        condition = "id = ? AND discarded IS NULL"
        if not self._file.free(lambda connection: _delete(connection, condition, reading_id)):
            raise ReadingNotFound(READING_MISSING)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        insert_corrections(self._file, reading_id, corrections)

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.withdraw_correction`."""
        delete_correction(self._file, reading_id, correction_id)

    def corrections(self, since_id: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return select_corrections(
            self._file,
            f"{TIME_KEY} > ? AND reading NOT IN (SELECT id FROM reading WHERE discarded IS NOT NULL)",
            since_id.rpartition(":")[2],
        )

    def corrections_of(self, reading_ids: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`."""
        return select_corrections(
            self._file, "reading IN (SELECT value FROM json_each(?))", json.dumps(list(reading_ids))
        )

    def find(
        self, owner: str, query: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`."""
        where, values = query_condition(owner, query)
        order = "ASC" if query.oldest_first else "DESC"
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {READING_COLUMNS} FROM reading WHERE {where} ORDER BY id {order} LIMIT ? OFFSET ?",
                (*values, max(limit, 0), max(offset, 0)),
            )
            readings = [reading_of(row) for row in rows]
            return with_previews(connection, readings) if pictures else readings

    def count(self, owner: str, query: ReadingQuery) -> int:
        """See `Store.count`."""
        where, values = query_condition(owner, query)
        with self._file.connection() as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM reading WHERE {where}", values).fetchone()
        return int(count)

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        with self._file.connection() as connection:
            return select_doubts(connection, id_bounds(owner), limit)

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        with self._file.connection() as connection:
            return count_doubts(connection, id_bounds(owner))

    def discard(self, owner: str, selection: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if isinstance(selection, ReadingQuery):
            where, values = query_condition(owner, selection)
        else:
            where, values = query_condition(owner, ReadingQuery())
            where, values = (
                f"{where} AND id IN (SELECT value FROM json_each(?))",
                [*values, json.dumps(list(selection))],
            )
        statement = f"UPDATE reading SET discarded = ? WHERE {where}"
        return self._file.free(lambda connection: connection.execute(statement, [moment, *values]).rowcount)

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        with self._file.transaction() as connection:
            restored = connection.execute(
                "UPDATE reading SET discarded = NULL WHERE id > ? AND id < ? AND discarded = ?",
                (*id_bounds(owner), moment),
            )
        return restored.rowcount

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        return self._file.free(lambda connection: _delete(connection, "discarded < ?", before))

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        return self._file.free(lambda connection: _delete(connection, "created < ?", before))

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""

        def forget_all(connection: Connection) -> int:
            connection.execute("DELETE FROM use WHERE owner = ?", (owner,))
            return _delete(connection, "id > ? AND id < ?", *id_bounds(owner))

        return self._file.free(forget_all)

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`."""
        with self._file.connection() as connection:
            query = "SELECT total(length(thumbnail)) FROM reading WHERE id > ? AND id < ?"
            (thumbnails,) = connection.execute(query, id_bounds(owner)).fetchone()
            return int(thumbnails) + count_preview_bytes(connection, id_bounds(owner))

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.usage`."""
        with self._file.connection() as connection:
            return select_usage(connection, owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.reviewed_numbers`."""
        with self._file.connection() as connection:
            return select_reviewed_numbers(connection, id_bounds(owner), since)

    def pending_writes(self) -> int:
        """See `Store.pending_writes`."""
        return 0

    def check(self) -> str:
        """See `Store.check`."""
        self.recent("nobody", None, 1)
        return ""

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        with self._file.connection() as connection:
            (readings,) = connection.execute("SELECT count(*) FROM reading").fetchone()
            (documents,) = connection.execute("SELECT count(*) FROM document").fetchone()
        size = self._file.path.stat().st_size
        return {
            "file": f"{self._file.path}, {size:,} bytes", "readings": f"{readings:,}", "documents": f"{documents:,}",
        }  # fmt: skip

    def close(self) -> None:
        """See `Store.close`. Calls in progress end first."""
        self._file.close()


def _live_row(connection: Connection, reading_id: str, columns: str) -> Sequence[Any]:
    """Return columns of a reading. Raises ReadingNotFound where there is none, or it was discarded."""
    query = f"SELECT {columns} FROM reading WHERE id = ? AND discarded IS NULL"
    row: Sequence[Any] | None = connection.execute(query, (reading_id,)).fetchone()
    if row is None:
        raise ReadingNotFound(READING_MISSING)
    return row


def _delete(connection: Connection, condition: str, *values: str) -> int:
    """Delete the readings that meet an SQL condition, with all that belongs to them, and return their number."""
    return connection.execute(f"DELETE FROM reading WHERE {condition}", values).rowcount
