"""Readings in one SQLite file: one transaction a save, lists and searches in SQL.

Knows the tables (`migrations/`); nothing of pictures or HTTP. Statements are put together from the constants and
conditions of this file alone; what comes from outside is always a parameter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ...errors import ReadingNotFound
from ..correction import Correction
from ..previews import packed
from ..reading import Doubt, Reading, ReadingQuery, ReviewedNumber
from .batches import SqliteBatches
from .connection import SqliteFile
from .corrections import GONE, SAID, keep, select, take_back
from .documents import SqliteDocuments
from .review_queue import OPEN, add_doubts, count_doubts, doubts
from .rows import BRIEF, MOMENT, PICTURE, ids_of, packed_pages, reading_of
from .usage import add_counts, corrected, counts


class SqliteStore:
    """A `Store` in the file `path`, made with its folder where it is missing. Raises StoreError's kinds."""

    def __init__(self, path: str | Path) -> None:
        self._file = SqliteFile(Path(path))
        self.documents = SqliteDocuments(self._file)

    @cached_property
    def batches(self) -> SqliteBatches:
        """See `Store.batches`."""
        return SqliteBatches(self._file)

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        pages = packed_pages(reading)
        with self._file.writing() as connection:
            fresh = connection.execute(
                "INSERT INTO reading (id, created, name, pages, thumbnail, text) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (reading.id, reading.created, reading.name, pages, reading.thumbnail, reading.text),
            ).rowcount
            if fresh:
                add_counts(connection, reading)
            add_doubts(connection, reading)
            if pictures := packed(reading.previews):
                connection.execute("INSERT INTO preview VALUES (?, ?) ON CONFLICT DO NOTHING", (reading.id, pictures))

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`."""
        with self._file.lent() as connection:
            row = connection.execute(
                f"SELECT {BRIEF}, {PICTURE if pictures else 'NULL'} FROM reading WHERE id = ? AND discarded IS NULL",
                (reading_id,),
            ).fetchone()
        if row is None:
            raise ReadingNotFound(GONE)
        return reading_of(row[:5], row[5] or b"")

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        return self.get(reading_id).preview(page)

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`."""
        first, last = ids_of(owner)
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF} FROM reading WHERE id > ? AND id < ? AND discarded IS NULL ORDER BY id DESC LIMIT ?",
                (first, min(before or last, last), max(limit, 0)),
            ).fetchall()
        return [reading_of(row) for row in rows]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        with self._file.writing() as connection:
            if not connection.execute("DELETE FROM reading WHERE id = ? AND discarded IS NULL", (reading_id,)).rowcount:
                raise ReadingNotFound(GONE)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        keep(self._file, reading_id, corrections)

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.take_back`."""
        take_back(self._file, reading_id, correction_id)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return select(
            self._file,
            f"{MOMENT} > ? AND reading NOT IN (SELECT id FROM reading WHERE discarded IS NOT NULL)",
            since.rpartition(":")[2],
        )

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`."""
        return select(self._file, "reading IN (SELECT value FROM json_each(?))", json.dumps(list(readings)))

    def find(
        self, owner: str, wanted: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`."""
        where, values = _condition(owner, wanted)
        order = "ASC" if wanted.oldest_first else "DESC"
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF}, {PICTURE if pictures else 'NULL'} FROM reading WHERE {where}"
                f" ORDER BY id {order} LIMIT ? OFFSET ?",
                (*values, max(limit, 0), max(offset, 0)),
            ).fetchall()
        return [reading_of(row[:5], row[5] or b"") for row in rows]

    def count(self, owner: str, wanted: ReadingQuery) -> int:
        """See `Store.count`."""
        where, values = _condition(owner, wanted)
        with self._file.lent() as connection:
            found = connection.execute(f"SELECT count(*) FROM reading WHERE {where}", values).fetchone()
        return int(found[0])

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        with self._file.lent() as connection:
            return doubts(connection, ids_of(owner), limit)

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        with self._file.lent() as connection:
            return count_doubts(connection, ids_of(owner))

    def discard(self, owner: str, wanted: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if isinstance(wanted, ReadingQuery):
            where, values = _condition(owner, wanted)
        else:
            where, values = _condition(owner, ReadingQuery())
            where, values = f"{where} AND id IN (SELECT value FROM json_each(?))", [*values, json.dumps(list(wanted))]
        with self._file.writing() as connection:
            done = connection.execute(f"UPDATE reading SET discarded = ? WHERE {where}", [moment, *values])
        return done.rowcount

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        with self._file.writing() as connection:
            done = connection.execute(
                "UPDATE reading SET discarded = NULL WHERE id > ? AND id < ? AND discarded = ?",
                (*ids_of(owner), moment),
            )
        return done.rowcount

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM reading WHERE discarded < ?", (before,)).rowcount

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM reading WHERE created < ?", (before,)).rowcount

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM use WHERE owner = ?", (owner,))
            return connection.execute("DELETE FROM reading WHERE id > ? AND id < ?", ids_of(owner)).rowcount

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`."""
        with self._file.lent() as connection:
            found = connection.execute(
                "SELECT total(length(thumbnail)) + total(length(picture)) FROM reading LEFT JOIN preview"
                " ON reading = id WHERE id > ? AND id < ?",
                ids_of(owner),
            ).fetchone()
        return int(found[0])

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.use`."""
        with self._file.lent() as connection:
            return counts(connection, owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.corrected`."""
        with self._file.lent() as connection:
            return corrected(connection, ids_of(owner), since)

    def unsent(self) -> int:
        """See `Store.unsent`: none ever waits."""
        return 0

    def check(self) -> str:
        """See `Store.check`."""
        self.recent("nobody", None, 1)
        return ""

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        with self._file.lent() as connection:
            (readings,) = connection.execute("SELECT count(*) FROM reading").fetchone()
            (documents,) = connection.execute("SELECT count(*) FROM document").fetchone()
        size = self._file.path.stat().st_size
        return {
            "file": f"{self._file.path}, {size:,} bytes", "readings": f"{readings:,}", "documents": f"{documents:,}",
        }  # fmt: skip

    def close(self) -> None:
        """See `Store.close`. Calls under way end first."""
        self._file.close()


def _condition(owner: str, wanted: ReadingQuery) -> tuple[str, list[str]]:
    """What stands after WHERE, and its values."""
    parts = ["id > ? AND id < ? AND discarded IS NULL"]
    values = [*ids_of(owner)]
    if wanted.text:
        like = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in wanted.text) + "%"
        matches = "{} LIKE ? ESCAPE '\\'".format
        corrected = f"EXISTS (SELECT 1 FROM correction AS c WHERE c.reading = reading.id AND {matches(SAID)})"
        parts.append(f"({matches('text')} OR {matches('name')} OR {corrected})")
        values += [like] * 3
    for moment, sign in ((wanted.since, ">="), (wanted.until, "<")):
        if moment:
            parts.append(f"created {sign} ?")
            values.append(moment)
    if wanted.doubtful:
        parts.append(f"EXISTS (SELECT 1 FROM doubt WHERE doubt.reading = reading.id AND {OPEN})")
    if wanted.corrected:
        parts.append("EXISTS (SELECT 1 FROM correction WHERE correction.reading = reading.id)")
    return " AND ".join(parts), values
