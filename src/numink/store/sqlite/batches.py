"""Batches in the SQLite file: what waits, who reads it, what became of it. See `batch.BatchStore`.

Every change of a batch gives it, and the items that changed, the next revision, so that who follows it asks for little.
Bytes are overwritten when they go (`secure_delete`). Knows the tables; nothing of pictures or HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any
from uuid import uuid4

from ...errors import StoreBusy
from ..batches import Announced, Batch, BatchLimits, File, Item, State
from ..ids import new_id, now, owner_of
from ..reading import Reading
from .batch_queue import SqliteBatchQueue, changing, forget_bytes
from .review_queue import OPEN
from .rows import PICTURE, ids_of, reading_of

TOGETHER = 8_000_000
"""Bytes that are written in one go, so that others, who write too, do not wait for long."""
ARRIVING = "arriving"
"""The state of what was in a ZIP file, until all of that is there. Nobody sees such."""
DOUBTS = f"(SELECT count(*) FROM doubt WHERE doubt.reading = reading.id AND {OPEN})"
KEPT = "EXISTS (SELECT 1 FROM original WHERE original.item = item.id)"
ITEM = f"""item.id, place, part, item.name, state, said, reading.id, coalesce(reading.text, ''), {DOUBTS},
    EXISTS (SELECT 1 FROM correction WHERE correction.reading = reading.id),
    {KEPT}"""
ITEMS = "item LEFT JOIN reading ON reading.id = item.reading AND state = 'read' AND discarded IS NULL"
"""Items with their readings, as long as those are there."""


class SqliteBatches(SqliteBatchQueue):
    """A `BatchStore` in an open file."""

    def open(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """See `BatchStore.open`."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO batch (id, created, name, options) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (batch_id, now(), name, json.dumps(dict(options))),
            )

    def announce(self, batch_id: str, files: Sequence[Announced], room: BatchLimits) -> list[str]:
        """See `BatchStore.announce`."""
        with changing(self._file, batch_id) as (connection, revision):
            last = "SELECT coalesce(max(place) + 1, 0) FROM item WHERE batch = ?"
            (first,) = connection.execute(last, (batch_id,)).fetchone()
            ids = [new_id(owner_of(batch_id)) for _ in files]
            connection.executemany(
                "INSERT INTO item (id, batch, place, part, name, size, state, said, revision)"
                " VALUES (?, ?, ?, 0, ?, 0, ?, ?, ?)",
                [
                    (one, batch_id, first + at, file.name, _begun(file.error, State.AWAITED), file.error, revision)
                    for at, (one, file) in enumerate(zip(ids, files, strict=True))
                ],
            )
            _check_room(connection, batch_id, room)
        return ids

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], room: BatchLimits) -> list[str]:
        """See `BatchStore.receive`."""
        arrival, ids = uuid4().hex, list[str]()
        try:
            for some in _parts(files):
                with self._file.writing() as connection:
                    place = _awaited(connection, batch_id, item_id)
                    if place is None:
                        return []
                    if not ids:  # what an attempt that was broken off has left
                        connection.execute(
                            "DELETE FROM item WHERE batch = ? AND place = ? AND state = ?", (batch_id, place, ARRIVING)
                        )
                    ids += _arrive(connection, batch_id, (place, len(ids), arrival), some)
                    _check_room(connection, batch_id, room, item_id)
            with changing(self._file, batch_id) as (connection, revision):
                if _awaited(connection, batch_id, item_id) is None:
                    return []
                connection.execute("DELETE FROM item WHERE id = ?", (item_id,))
                settled = connection.execute(
                    "UPDATE item SET state = iif(said = '', 'waiting', 'failed'), revision = ? WHERE arrival = ?",
                    (revision, arrival),
                )
                if settled.rowcount != len(ids):
                    raise StoreBusy("the same file was sent twice at once: try again in a moment")
            return ids
        finally:  # of this attempt where it failed
            with self._file.writing() as connection:
                connection.execute("DELETE FROM item WHERE arrival = ? AND state = ?", (arrival, ARRIVING))

    def get(self, batch_id: str) -> Batch | None:
        """See `BatchStore.get`."""
        with self._file.lent() as connection:
            row = connection.execute(
                "SELECT id, created, name, revision FROM batch WHERE id = ?", (batch_id,)
            ).fetchone()
            return None if row is None else _batch(connection, row)

    def recent(self, owner: str, limit: int, before: str | None = None) -> list[Batch]:
        """See `BatchStore.recent`."""
        first, last = ids_of(owner)
        with self._file.lent() as connection:
            rows = connection.execute(
                "SELECT id, created, name, revision FROM batch WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",
                (first, min(before or last, last), limit),
            ).fetchall()
            return [_batch(connection, row) for row in rows]

    def items(self, batch_id: str, since: int = 0) -> list[Item]:
        """See `BatchStore.items`."""
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {ITEM} FROM {ITEMS} WHERE batch = ? AND state <> ? AND revision > ? ORDER BY place, part",
                (batch_id, ARRIVING, since),
            ).fetchall()
        return [
            Item(one, (place, part), name, State(state), said, reading, text, doubts, bool(corrected), bool(kept))
            for one, place, part, name, state, said, reading, text, doubts, corrected, kept in rows
        ]

    def readings(self, batch_id: str, after: int, limit: int, *, pictures: bool) -> list[Reading]:
        """See `BatchStore.readings`."""
        picture = PICTURE if pictures else "NULL"
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT reading.id, created, reading.name, pages, {picture} FROM {ITEMS}"
                " WHERE batch = ? AND reading.id IS NOT NULL ORDER BY place, part LIMIT ? OFFSET ?",
                (batch_id, limit, after),
            ).fetchall()
        return [reading_of((*row[:4], b""), row[4] or b"") for row in rows]

    def cancel(self, batch_id: str) -> int:
        """See `BatchStore.cancel`."""
        with changing(self._file, batch_id) as (connection, revision):
            done = connection.execute(
                "UPDATE item SET state = 'cancelled', revision = ? WHERE batch = ? AND state IN ('awaited', 'waiting')",
                (revision, batch_id),
            )
            forget_bytes(connection, "batch = ? AND state IN ('cancelled', 'failed')", batch_id)
        return done.rowcount

    def retry(self, batch_id: str) -> int:
        """See `BatchStore.retry`."""
        with changing(self._file, batch_id) as (connection, revision):
            done = connection.execute(
                "UPDATE item SET state = 'waiting', said = '', tries = 0, revision = ? WHERE batch = ?"
                " AND state = 'failed' AND id IN (SELECT item FROM original)",
                (revision, batch_id),
            )
        return done.rowcount

    def delete(self, batch_id: str) -> None:
        """See `BatchStore.delete`."""
        self._remove("id = ?", batch_id)

    def forget(self, owner: str) -> None:
        """See `BatchStore.forget`."""
        self._remove("id > ? AND id < ?", *ids_of(owner))

    def waiting_bytes(self, owner: str) -> int:
        """See `BatchStore.waiting_bytes`."""
        with self._file.lent() as connection:
            found = connection.execute(
                f"SELECT total(size) FROM item WHERE id > ? AND id < ? AND {KEPT}", ids_of(owner)
            ).fetchone()
        return int(found[0])

    def expire(self, failed_before: str, made_before: str) -> None:
        """See `BatchStore.expire`."""
        old = "state = 'failed' AND batch IN (SELECT id FROM batch WHERE created < ?)"
        with self._file.writing() as connection:
            forget_bytes(connection, old, failed_before)
        self._remove("created < ?", made_before)

    def _remove(self, where: str, *values: str) -> None:
        with self._file.writing() as connection:
            batches = f"SELECT id FROM batch WHERE {where}"
            forget_bytes(connection, f"batch IN ({batches})", *values)
            connection.execute(f"DELETE FROM batch WHERE {where}", values)


def _batch(connection: Connection, row: Sequence[Any]) -> Batch:
    batch_id, created, name, revision = row
    counted = connection.execute(
        f"SELECT state, count(*), sum({DOUBTS} > 0), sum({KEPT}) FROM {ITEMS}"
        " WHERE batch = ? AND state <> ? GROUP BY state",
        (batch_id, ARRIVING),
    ).fetchall()
    counts = {State(state): int(count) for state, count, *_ in counted}
    doubts = sum(doubtful for *_, doubtful, _ in counted)
    again = sum(kept for state, *_, kept in counted if state == State.FAILED)
    return Batch(batch_id, created, name, counts, doubts, again, revision)


def _awaited(connection: Connection, batch_id: str, item_id: str) -> int | None:
    """The place of an awaited item; None where it is none, or not any more."""
    row = connection.execute(
        "SELECT place FROM item WHERE id = ? AND batch = ? AND state = 'awaited'", (item_id, batch_id)
    ).fetchone()
    return None if row is None else int(row[0])


def _arrive(connection: Connection, batch_id: str, at: tuple[int, int, str], files: Sequence[File]) -> list[str]:
    """Adds files as arriving: at a place, from a part on, of an arrival."""
    place, part, arrival = at
    ids = [new_id(owner_of(batch_id)) for _ in files]
    for count, (one, file) in enumerate(zip(ids, files, strict=True)):
        connection.execute(
            "INSERT INTO item (id, batch, place, part, name, size, state, said, arrival)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (one, batch_id, place, part + count, file.name, len(file.content), ARRIVING, file.error, arrival),
        )
        if not file.error:
            connection.execute("INSERT INTO original VALUES (?, ?)", (one, file.content))
    return ids


def _parts(files: Iterable[File]) -> Iterator[list[File]]:
    """As they come, together TOGETHER bytes or little more."""
    part, size = list[File](), 0
    for file in files:
        part.append(file)
        size += len(file.content)
        if size >= TOGETHER:
            yield part
            part, size = [], 0
    if part:
        yield part


def _check_room(connection: Connection, batch_id: str, room: BatchLimits, replaced: str = "") -> None:
    """Within the transaction that fills it, so that nobody else fills it too. Raises BatchFull."""
    counted = "SELECT count(*), total(size) FROM item WHERE batch = ? AND id <> ?"
    files, size = connection.execute(counted, (batch_id, replaced)).fetchone()
    room.check(files, int(size))


def _begun(said: str, state: State) -> State:
    return State.FAILED if said else state
