"""Who reads what of the batches in the SQLite file: items are claimed for a while, and done with. See `batch.Work`.

The batch that was served longest ago comes first, so that a few files do not wait behind a thousand of somebody else's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from ..batches import Task
from ..ids import new_id, owner_of
from .connection import SqliteFile

WORK = "(state = 'waiting' OR (state = 'reading' AND held_until < :now))"
"""Items that may be claimed; with the states named, so that their own index is used."""
NEXT_BATCH = f"""SELECT id FROM batch WHERE EXISTS (
    SELECT 1 FROM item WHERE item.batch = batch.id AND state IN ('waiting', 'reading') AND {WORK}
) ORDER BY served LIMIT 1"""
NEXT_ITEM = f"""SELECT item.id, item.name, item.reading, item.tries, batch.options, original.content
    FROM item JOIN batch ON batch.id = item.batch LEFT JOIN original ON original.item = item.id
    WHERE item.batch = :batch AND state IN ('waiting', 'reading') AND {WORK} ORDER BY place, part LIMIT 1"""
TIRED = "numink ended {} times while this was read: read it by itself, to see why"


class SqliteBatchQueue:
    """A `BatchQueue` in an open file."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def claim(self, holder: str, now: int, until: int, most_tries: int) -> Task | None:
        """See `BatchQueue.claim`."""
        while True:
            with self._file.lent() as connection:  # most often there is nothing, and nobody needs to wait for that
                if connection.execute(NEXT_BATCH, {"now": now}).fetchone() is None:
                    return None
            with self._file.writing() as connection:
                batch = connection.execute(NEXT_BATCH, {"now": now}).fetchone()
                if batch is None:
                    return None
                row = connection.execute(NEXT_ITEM, {"now": now, "batch": batch[0]}).fetchone()
                item, name, reading, tries, options, content = row
                revision = next_revision(connection, batch[0])
                if tries >= most_tries:
                    end(connection, item, "failed", TIRED.format(tries), revision)
                    continue
                reading = reading or new_id(owner_of(batch[0]))
                connection.execute("UPDATE batch SET served = ? WHERE id = ?", (now, batch[0]))
                connection.execute(
                    "UPDATE item SET state = 'reading', reading = ?, tries = tries + 1, holder = ?, held_until = ?,"
                    " revision = ? WHERE id = ?",
                    (reading, holder, until, revision, item),
                )
                return Task(item, name, batch[0], reading, json.loads(options), content or b"")

    def renew(self, holder: str, until: int) -> None:
        """See `BatchQueue.renew`."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE item SET held_until = ? WHERE state IN ('waiting', 'reading') AND state = 'reading'"
                " AND holder = ?",
                (until, holder),
            )

    def finish(self, item_id: str) -> None:
        """See `BatchQueue.finish`."""
        self._end(item_id, "read", "", keep=False)

    def fail(self, item_id: str, said: str, *, keep: bool) -> None:
        """See `BatchQueue.fail`."""
        self._end(item_id, "failed", said, keep=keep)

    def release(self, item_id: str) -> None:
        """See `BatchQueue.release`."""
        with self._file.writing() as connection:
            connection.execute("UPDATE item SET tries = tries - 1 WHERE id = ?", (item_id,))
        self._end(item_id, "waiting", "", keep=True)

    def _end(self, item_id: str, state: str, said: str, *, keep: bool) -> None:
        with self._file.writing() as connection:
            batch = connection.execute("SELECT batch FROM item WHERE id = ?", (item_id,)).fetchone()
            if batch is None:  # somebody removed the batch meanwhile
                return
            end(connection, item_id, state, said, next_revision(connection, batch[0]))
            if not keep:
                forget_bytes(connection, "id = ?", item_id)


@contextmanager
def changing(file: SqliteFile, batch_id: str) -> Iterator[tuple[Connection, int]]:
    """A transaction on a batch, and the revision of what changes in it."""
    with file.writing() as connection:
        yield connection, next_revision(connection, batch_id)


def next_revision(connection: Connection, batch_id: str) -> int:
    """Counts a batch's revision up; 0 where there is no such batch."""
    connection.execute("UPDATE batch SET revision = revision + 1 WHERE id = ?", (batch_id,))
    row = connection.execute("SELECT revision FROM batch WHERE id = ?", (batch_id,)).fetchone()
    return int(row[0]) if row else 0


def end(connection: Connection, item_id: str, state: str, said: str, revision: int) -> None:
    """An item is nobody's any more."""
    connection.execute(
        "UPDATE item SET state = ?, said = ?, holder = NULL, held_until = 0, revision = ? WHERE id = ?",
        (state, said, revision, item_id),
    )


def forget_bytes(connection: Connection, where: str, *values: str) -> None:
    """Removes the bytes of items, and overwrites them."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"DELETE FROM original WHERE item IN (SELECT id FROM item WHERE {where})", values)
