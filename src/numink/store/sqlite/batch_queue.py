"""Queue of the items of batches in the SQLite file. See `batch_protocol.BatchQueue`.

The batch that was served longest ago comes first, so that a few files do not wait behind a thousand of somebody else's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from ..batches import CLOCK_TOLERANCE_MS, TOO_MANY_ATTEMPTS, State, Task
from ..ids import new_id, owner_of
from .connection import SqliteFile
from .rows import last_id

IN_WORK_INDEX = "state IN ('waiting', 'reading')"
"""Condition of the index `item_work`, which SQLite uses only where a statement repeats it."""
CLAIMABLE = f"""(state = 'waiting' OR (
    state = 'reading' AND held_until NOT BETWEEN :now AND :now + {CLOCK_TOLERANCE_MS}
))"""
"""Condition that `batches.lease_is_over`, or that there is none."""
NEXT_BATCH = f"""SELECT id FROM batch WHERE EXISTS (
    SELECT 1 FROM item WHERE item.batch = batch.id AND {IN_WORK_INDEX} AND {CLAIMABLE}
) ORDER BY served LIMIT 1"""
NEXT_ITEM = f"""SELECT item.id, item.name, item.reading, item.tries, batch.options, original.content
    FROM item JOIN batch ON batch.id = item.batch LEFT JOIN original ON original.item = item.id
    WHERE item.batch = :batch AND {IN_WORK_INDEX} AND {CLAIMABLE} ORDER BY place, part LIMIT 1"""


class SqliteBatchQueue:
    """Implementation of `BatchQueue` in an open file."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def claim(self, worker_id: str, now: int, lease_ends: int, max_attempts: int) -> Task | None:
        """See `BatchQueue.claim`."""
        while True:
            with self._file.connection() as connection:  # most often nothing waits, and no lock is needed to see that
                if connection.execute(NEXT_BATCH, {"now": now}).fetchone() is None:
                    return None
            with self._file.transaction() as connection:
                batch = connection.execute(NEXT_BATCH, {"now": now}).fetchone()
                if batch is None:
                    return None
                (batch_id,) = batch
                row = connection.execute(NEXT_ITEM, {"now": now, "batch": batch_id}).fetchone()
                item_id, name, reading_id, attempts, options, content = row
                revision = next_revision(connection, batch_id)
                if attempts >= max_attempts:
                    update_item(connection, item_id, State.FAILED, TOO_MANY_ATTEMPTS.format(attempts), revision)
                    continue
                owner = owner_of(batch_id)
                reading_id = reading_id or new_id(owner, last_id(connection, owner))
                connection.execute(
                    "UPDATE batch SET served = max(?, 1 + (SELECT max(served) FROM batch)) WHERE id = ?",
                    (now, batch_id),
                )
                connection.execute(
                    "UPDATE item SET state = 'reading', reading = ?, tries = tries + 1, holder = ?, held_until = ?,"
                    " revision = ? WHERE id = ?",
                    (reading_id, worker_id, lease_ends, revision, item_id),
                )
                return Task(item_id, name, batch_id, reading_id, json.loads(options), content or b"")

    def renew(self, worker_id: str, lease_ends: int) -> None:
        """See `BatchQueue.renew`."""
        with self._file.transaction() as connection:
            connection.execute(
                f"UPDATE item SET held_until = ? WHERE {IN_WORK_INDEX} AND state = 'reading' AND holder = ?",
                (lease_ends, worker_id),
            )

    def finish(self, item_id: str) -> None:
        """See `BatchQueue.finish`."""
        self._end_claim(item_id, State.READ, "", keep_bytes=False)

    def fail(self, item_id: str, error: str, *, keep_bytes: bool) -> None:
        """See `BatchQueue.fail`."""
        self._end_claim(item_id, State.FAILED, error, keep_bytes=keep_bytes)

    def release(self, item_id: str) -> None:
        """See `BatchQueue.release`."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE item SET tries = tries - 1 WHERE id = ?", (item_id,))
        self._end_claim(item_id, State.WAITING, "", keep_bytes=True)

    def _end_claim(self, item_id: str, state: State, error: str, *, keep_bytes: bool) -> None:
        def end(connection: Connection) -> None:
            batch = connection.execute("SELECT batch FROM item WHERE id = ?", (item_id,)).fetchone()
            if batch is None:  # the batch was deleted meanwhile
                return
            update_item(connection, item_id, state, error, next_revision(connection, batch[0]))
            if not keep_bytes:
                delete_bytes(connection, "id = ?", item_id)

        self._file.free(end)


@contextmanager
def batch_change(file: SqliteFile, batch_id: str) -> Iterator[tuple[Connection, int]]:
    """Open a transaction that changes a batch; yield the connection and the new revision of the batch."""
    with file.transaction() as connection:
        yield connection, next_revision(connection, batch_id)


def next_revision(connection: Connection, batch_id: str) -> int:
    """Increment the revision of a batch and return it; 0 where there is no such batch."""
    connection.execute("UPDATE batch SET revision = revision + 1 WHERE id = ?", (batch_id,))
    row = connection.execute("SELECT revision FROM batch WHERE id = ?", (batch_id,)).fetchone()
    return int(row[0]) if row else 0


def update_item(connection: Connection, item_id: str, state: State, error: str, revision: int) -> None:
    """Set the state of an item and end its claim."""
    connection.execute(
        "UPDATE item SET state = ?, said = ?, holder = NULL, held_until = 0, revision = ? WHERE id = ?",
        (str(state), error, revision, item_id),
    )


def delete_bytes(connection: Connection, condition: str, *values: str) -> None:
    """Delete the bytes of the items that meet an SQL condition."""
    connection.execute(f"DELETE FROM original WHERE item IN (SELECT id FROM item WHERE {condition})", values)
