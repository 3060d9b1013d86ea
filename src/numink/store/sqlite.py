"""Readings in one SQLite file: one transaction a save, lists and searches in SQL.

Knows the tables (`migrations/`); nothing of pictures or HTTP. Statements are put together from the constants and
conditions of this file alone; what comes from outside is always a parameter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import NotStored
from ..results import Page
from . import Corrected, Correction, Doubt, Reading, Wanted
from .sqlite_file import SqliteFile
from .sqlite_use import add_counts, corrected, counts

GONE = "there is no such reading: it was deleted, or the id is wrong"
BRIEF = "id, created, name, pages, thumbnail"
"""What a list of readings needs: not the large picture."""
MOMENT = "substr(id, instr(id, ':') + 1)"
"""The part of an id that sorts by time whoever the owner is; as the index has it."""
OPEN = """NOT EXISTS (
    SELECT 1 FROM correction
    WHERE correction.reading = doubt.reading AND correction.page = doubt.page AND digit IS NULL
    AND (correction.number IS NULL OR correction.number = doubt.number)
)"""
"""Whether nobody has said what a doubtful number is."""
OWN_DOUBTS = f"""FROM doubt JOIN reading ON reading.id = doubt.reading
    WHERE reading.id > ? AND reading.id < ? AND discarded IS NULL AND {OPEN}"""


class SqliteStore:
    """A `Store` in the file `path`, made with its folder where it is missing. Raises StoreError's kinds."""

    def __init__(self, path: str | Path) -> None:
        self._file = SqliteFile(Path(path))

    def save(self, reading: Reading) -> None:
        """See `Store.save`."""
        pages = json.dumps([page.to_dict() for page in reading.pages], separators=(",", ":"))
        doubts = [
            (reading.id, at, place, number.confidence)
            for at, page in enumerate(reading.pages)
            for place, number in enumerate(page.numbers)
            if not number.accepted
        ]
        with self._file.writing() as connection:
            fresh = connection.execute(
                "INSERT INTO reading (id, created, name, pages, thumbnail, text) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (reading.id, reading.created, reading.name, pages, reading.thumbnail, reading.text),
            ).rowcount
            if fresh:
                add_counts(connection, reading)
            connection.executemany("INSERT INTO doubt VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", doubts)
            if reading.preview:
                connection.execute(
                    "INSERT INTO preview VALUES (?, ?) ON CONFLICT DO NOTHING", (reading.id, reading.preview)
                )

    def get(self, reading_id: str) -> Reading:
        """See `Store.get`."""
        with self._file.lent() as connection:
            row = connection.execute(
                f"SELECT {BRIEF}, picture FROM reading LEFT JOIN preview ON reading = id"
                " WHERE id = ? AND discarded IS NULL",
                (reading_id,),
            ).fetchone()
        if row is None:
            raise NotStored(GONE)
        return _reading(row[:5], row[5] or b"")

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`."""
        first, last = _ids_of(owner)
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF} FROM reading WHERE id > ? AND id < ? AND discarded IS NULL ORDER BY id DESC LIMIT ?",
                (first, min(before or last, last), max(limit, 0)),
            ).fetchall()
        return [_reading(row) for row in rows]

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        with self._file.writing() as connection:
            if not connection.execute("DELETE FROM reading WHERE id = ? AND discarded IS NULL", (reading_id,)).rowcount:
                raise NotStored(GONE)

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        rows = [(one.id, reading_id, one.created, one.page, one.number, one.digit, one.text) for one in corrections]
        with self._file.writing() as connection:
            there = "SELECT 1 FROM reading WHERE id = ? AND discarded IS NULL"
            if connection.execute(there, (reading_id,)).fetchone() is None:
                raise NotStored(GONE)
            connection.executemany("INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return self._corrections(
            f"{MOMENT} > ? AND reading NOT IN (SELECT id FROM reading WHERE discarded IS NOT NULL)",
            since.rpartition(":")[2],
        )

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`."""
        return self._corrections("reading IN (SELECT value FROM json_each(?))", json.dumps(list(readings)))

    def _corrections(self, where: str, value: str) -> list[Correction]:
        columns = "id, reading, created, page, number, text, digit"
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM correction WHERE {where} ORDER BY {MOMENT}", (value,)
            ).fetchall()
        return [Correction(*row) for row in rows]

    def find(self, owner: str, wanted: Wanted, limit: int = 50, offset: int = 0) -> list[Reading]:
        """See `Store.find`."""
        where, values = _condition(owner, wanted)
        order = "ASC" if wanted.oldest_first else "DESC"
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF} FROM reading WHERE {where} ORDER BY id {order} LIMIT ? OFFSET ?",
                (*values, max(limit, 0), max(offset, 0)),
            ).fetchall()
        return [_reading(row) for row in rows]

    def count(self, owner: str, wanted: Wanted) -> int:
        """See `Store.count`."""
        where, values = _condition(owner, wanted)
        with self._file.lent() as connection:
            found = connection.execute(f"SELECT count(*) FROM reading WHERE {where}", values).fetchone()
        return int(found[0])

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT reading, page, number, confidence {OWN_DOUBTS} ORDER BY confidence, reading LIMIT ?",
                (*_ids_of(owner), max(limit, 0)),
            ).fetchall()
        return [Doubt(*row) for row in rows]

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        with self._file.lent() as connection:
            found = connection.execute(f"SELECT count(*) {OWN_DOUBTS}", _ids_of(owner)).fetchone()
        return int(found[0])

    def discard(self, owner: str, wanted: Wanted | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if isinstance(wanted, Wanted):
            where, values = _condition(owner, wanted)
        else:
            where, values = _condition(owner, Wanted())
            where, values = f"{where} AND id IN (SELECT value FROM json_each(?))", [*values, json.dumps(list(wanted))]
        with self._file.writing() as connection:
            done = connection.execute(f"UPDATE reading SET discarded = ? WHERE {where}", [moment, *values])
        return done.rowcount

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        with self._file.writing() as connection:
            done = connection.execute(
                "UPDATE reading SET discarded = NULL WHERE id > ? AND id < ? AND discarded = ?",
                (*_ids_of(owner), moment),
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

    def use(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.use`."""
        with self._file.lent() as connection:
            return counts(connection, owner, since)

    def corrected(self, owner: str, since: str) -> list[Corrected]:
        """See `Store.corrected`."""
        with self._file.lent() as connection:
            return corrected(connection, _ids_of(owner), since)

    def close(self) -> None:
        """See `Store.close`. Calls under way end first."""
        self._file.close()


def _reading(row: Sequence[str | bytes], preview: bytes = b"") -> Reading:
    reading_id, created, name, pages, thumbnail = row
    return Reading(
        id=str(reading_id), created=str(created), name=str(name), preview=preview,
        pages=tuple(Page.from_dict(page) for page in json.loads(pages)),
        thumbnail=bytes(thumbnail) if isinstance(thumbnail, bytes) else b"",
    )  # fmt: skip


def _ids_of(owner: str) -> tuple[str, str]:
    """Before the first and after the last id of this owner: no id sorts behind the sign that follows the colon."""
    return f"{owner}:", f"{owner};"


def _condition(owner: str, wanted: Wanted) -> tuple[str, list[str]]:
    """What stands after WHERE, and its values."""
    parts = ["id > ? AND id < ? AND discarded IS NULL"]
    values = [*_ids_of(owner)]
    if wanted.text:
        like = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in wanted.text) + "%"
        matches = "{} LIKE ? ESCAPE '\\'".format
        corrected = f"EXISTS (SELECT 1 FROM correction AS c WHERE c.reading = reading.id AND {matches('c.text')})"
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
