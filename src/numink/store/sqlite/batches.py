"""Batches in the SQLite file. See `batch_protocol.BatchStore`.

Every change gives the batch, and the items that changed, the next revision, so that a page that follows a batch
fetches only changed items.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any
from uuid import uuid4

from ...errors import StoreBusy
from ..batches import ARRIVING, AnnouncedFile, Batch, BatchLimits, File, Item, State
from ..ids import new_id, now, owner_of
from ..reading import Reading
from .batch_queue import SqliteBatchQueue, batch_change, delete_bytes, next_revision
from .previews import with_previews
from .review_queue import DOUBT_IS_OPEN
from .rows import id_bounds, reading_of

TRANSACTION_BYTES = 8_000_000
"""Bytes written in one transaction, so that other writers do not wait long."""
OPEN_DOUBTS = f"(SELECT count(*) FROM doubt WHERE doubt.reading = reading.id AND {DOUBT_IS_OPEN})"
HAS_BYTES = "EXISTS (SELECT 1 FROM original WHERE original.item = item.id)"
ITEM_COLUMNS = f"""item.id, place, part, item.name, state, said, reading.id, coalesce(reading.text, ''), {OPEN_DOUBTS},
    EXISTS (SELECT 1 FROM correction WHERE correction.reading = reading.id),
    {HAS_BYTES}"""
ITEMS_WITH_READINGS = "item LEFT JOIN reading ON reading.id = item.reading AND state = 'read' AND discarded IS NULL"
BATCH_COLUMNS = "id, created, name, revision"


class SqliteBatches(SqliteBatchQueue):
    """Implementation of `BatchStore` in an open file."""

    def create(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """See `BatchStore.create`."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO batch (id, created, name, options) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (batch_id, now(), name, json.dumps(dict(options))),
            )

    def announce(self, batch_id: str, files: Sequence[AnnouncedFile], limits: BatchLimits) -> list[str]:
        """See `BatchStore.announce`."""
        with batch_change(self._file, batch_id) as (connection, revision):
            next_place = "SELECT coalesce(max(place) + 1, 0) FROM item WHERE batch = ?"
            (first,) = connection.execute(next_place, (batch_id,)).fetchone()
            item_ids = [new_id(owner_of(batch_id)) for _ in files]
            connection.executemany(
                "INSERT INTO item (id, batch, place, part, name, size, state, said, revision)"
                " VALUES (?, ?, ?, 0, ?, 0, ?, ?, ?)",
                [
                    (item_id, batch_id, place, file.name, State.FAILED if file.error else State.AWAITED, file.error,
                     revision)
                    for place, (item_id, file) in enumerate(zip(item_ids, files, strict=True), first)
                ],
            )  # fmt: skip
            _check_limits(connection, batch_id, limits)
        return item_ids

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], limits: BatchLimits) -> list[str]:
        """See `BatchStore.receive`."""
        upload_id, item_ids = uuid4().hex, list[str]()
        try:
            for part in _parts(files):
                with self._file.transaction() as connection:
                    place = _awaited_place(connection, batch_id, item_id)
                    if place is None:
                        return []
                    if not item_ids:  # an upload that was interrupted may have left some
                        connection.execute(
                            "DELETE FROM item WHERE batch = ? AND place = ? AND state = ?", (batch_id, place, ARRIVING)
                        )
                    item_ids += _insert_arriving(connection, batch_id, (place, len(item_ids)), upload_id, part)
                    _check_limits(connection, batch_id, limits, item_id)
            with batch_change(self._file, batch_id) as (connection, revision):
                if _awaited_place(connection, batch_id, item_id) is None:
                    return []
                connection.execute("DELETE FROM item WHERE id = ?", (item_id,))
                arrived = connection.execute(
                    "UPDATE item SET state = iif(said = '', 'waiting', 'failed'), revision = ? WHERE arrival = ?",
                    (revision, upload_id),
                )
                if arrived.rowcount != len(item_ids):
                    raise StoreBusy("the same file was sent twice at once: try again in a moment")
            return item_ids
        finally:  # items that are still arriving are those of a failed upload
            statement = "DELETE FROM item WHERE arrival = ? AND state = ?"
            self._file.free(lambda connection: connection.execute(statement, (upload_id, ARRIVING)))

    def get(self, batch_id: str) -> Batch | None:
        """See `BatchStore.get`."""
        with self._file.connection() as connection:
            row = connection.execute(f"SELECT {BATCH_COLUMNS} FROM batch WHERE id = ?", (batch_id,)).fetchone()
            return None if row is None else _batch(connection, row)

    def recent(self, owner: str, limit: int, before_id: str | None = None) -> list[Batch]:
        """See `BatchStore.recent`."""
        first, last = id_bounds(owner)
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {BATCH_COLUMNS} FROM batch WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",
                (first, min(before_id or last, last), limit),
            ).fetchall()
            return [_batch(connection, row) for row in rows]

    def items(self, batch_id: str, since_revision: int = 0) -> list[Item]:
        """See `BatchStore.items`."""
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {ITEM_COLUMNS} FROM {ITEMS_WITH_READINGS}"
                " WHERE batch = ? AND state <> ? AND revision > ? ORDER BY place, part",
                (batch_id, ARRIVING, since_revision),
            ).fetchall()
        return [
            Item(item_id, (place, part), name, State(state), error, reading_id, text, doubts, bool(corrected),
                 bool(has_bytes))
            for item_id, place, part, name, state, error, reading_id, text, doubts, corrected, has_bytes in rows
        ]  # fmt: skip

    def readings(self, batch_id: str, offset: int, limit: int, *, pictures: bool) -> list[Reading]:
        """See `BatchStore.readings`."""
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT reading.id, created, reading.name, pages, x'' FROM {ITEMS_WITH_READINGS}"
                " WHERE batch = ? AND reading.id IS NOT NULL ORDER BY place, part LIMIT ? OFFSET ?",
                (batch_id, limit, offset),
            )
            readings = [reading_of(row) for row in rows]
            return with_previews(connection, readings) if pictures else readings

    def cancel(self, batch_id: str) -> int:
        """See `BatchStore.cancel`."""

        def cancel_open(connection: Connection) -> int:
            cancelled = connection.execute(
                "UPDATE item SET state = 'cancelled', revision = ? WHERE batch = ? AND state IN ('awaited', 'waiting')",
                (next_revision(connection, batch_id), batch_id),
            )
            delete_bytes(connection, "batch = ? AND state IN ('cancelled', 'failed')", batch_id)
            return cancelled.rowcount

        return self._file.free(cancel_open)

    def retry(self, batch_id: str) -> int:
        """See `BatchStore.retry`."""
        with batch_change(self._file, batch_id) as (connection, revision):
            waiting = connection.execute(
                "UPDATE item SET state = 'waiting', said = '', tries = 0, revision = ? WHERE batch = ?"
                " AND state = 'failed' AND id IN (SELECT item FROM original)",
                (revision, batch_id),
            )
        return waiting.rowcount

    def delete(self, batch_id: str) -> None:
        """See `BatchStore.delete`."""
        self._delete_batches("id = ?", batch_id)

    def forget(self, owner: str) -> None:
        """See `BatchStore.forget`."""
        self._delete_batches("id > ? AND id < ?", *id_bounds(owner))

    def waiting_bytes(self, owner: str) -> int:
        """See `BatchStore.waiting_bytes`."""
        with self._file.connection() as connection:
            (total,) = connection.execute(
                f"SELECT total(size) FROM item WHERE id > ? AND id < ? AND {HAS_BYTES}", id_bounds(owner)
            ).fetchone()
        return int(total)

    def expire(self, failed_before: str, created_before: str) -> None:
        """See `BatchStore.expire`."""
        old_failures = "state = 'failed' AND batch IN (SELECT id FROM batch WHERE created < ?)"
        self._file.free(lambda connection: delete_bytes(connection, old_failures, failed_before))
        self._delete_batches("created < ?", created_before)

    def _delete_batches(self, condition: str, *values: str) -> None:
        def delete(connection: Connection) -> None:
            delete_bytes(connection, f"batch IN (SELECT id FROM batch WHERE {condition})", *values)
            connection.execute(f"DELETE FROM batch WHERE {condition}", values)

        self._file.free(delete)


def _batch(connection: Connection, row: Sequence[Any]) -> Batch:
    """Return the batch of a row of BATCH_COLUMNS."""
    batch_id, created, name, revision = row
    groups = connection.execute(
        f"SELECT state, count(*), sum({OPEN_DOUBTS} > 0), sum({HAS_BYTES}) FROM {ITEMS_WITH_READINGS}"
        " WHERE batch = ? AND state <> ? GROUP BY state",
        (batch_id, ARRIVING),
    ).fetchall()
    counts = {State(state): int(count) for state, count, *_ in groups}
    doubts = sum(doubtful for *_, doubtful, _ in groups)
    retryable = sum(with_bytes for state, *_, with_bytes in groups if state == State.FAILED)
    return Batch(batch_id, created, name, counts, doubts, retryable, revision)


def _awaited_place(connection: Connection, batch_id: str, item_id: str) -> int | None:
    """Return the place of an awaited item; None where it is not awaited, or not any more."""
    row = connection.execute(
        "SELECT place FROM item WHERE id = ? AND batch = ? AND state = 'awaited'", (item_id, batch_id)
    ).fetchone()
    return None if row is None else int(row[0])


def _insert_arriving(
    connection: Connection, batch_id: str, position: tuple[int, int], upload_id: str, files: Sequence[File]
) -> list[str]:
    """Insert arriving items of an upload, the first of them at `position`, and return their ids."""
    place, first_part = position
    item_ids = [new_id(owner_of(batch_id)) for _ in files]
    for part, (item_id, file) in enumerate(zip(item_ids, files, strict=True), first_part):
        connection.execute(
            "INSERT INTO item (id, batch, place, part, name, size, state, said, arrival)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (item_id, batch_id, place, part, file.name, len(file.content), ARRIVING, file.error, upload_id),
        )
        if not file.error:
            connection.execute("INSERT INTO original VALUES (?, ?)", (item_id, file.content))
    return item_ids


def _parts(files: Iterable[File]) -> Iterator[list[File]]:
    """Yield files in lists of TRANSACTION_BYTES or little more."""
    part, size = list[File](), 0
    for file in files:
        part.append(file)
        size += len(file.content)
        if size >= TRANSACTION_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _check_limits(connection: Connection, batch_id: str, limits: BatchLimits, replaced_id: str = "") -> None:
    """Raise BatchFull where a batch is over its limits, within the transaction that fills it.

    The item `replaced_id` is not counted.
    """
    totals = "SELECT count(*), total(size) FROM item WHERE batch = ? AND id <> ?"
    files, size = connection.execute(totals, (batch_id, replaced_id)).fetchone()
    limits.check(files, int(size))
