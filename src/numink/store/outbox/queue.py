"""Queue of readings that a remote store could not take yet, in a SQLite file: each stays until the store has it.

Several processes may share the file. One of them sends at a time, under a lock that ends with its process in any case.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreError, StoreFull
from ..previews import pack_previews
from ..reading import Reading
from ..sqlite.connection import FileKind, SqliteFile
from ..sqlite.rows import READING_COLUMNS, TIME_KEY, id_bounds, pages_column, reading_of

QUEUE_FILE = FileKind("outbox", "NUMINK_OUTBOX", "outbox_migrations")


@dataclass(frozen=True)
class QueueStatus:
    """State of a queue.

    Attributes:
        readings: Number of waiting readings.
        bytes: Bytes that they take.
        refusal: Why the remote store refused one of them; empty where it refused none.
    """

    readings: int
    bytes: int
    refusal: str


@dataclass(frozen=True)
class QueuedReading:
    """A waiting reading. `deleted` is true where it was deleted meanwhile, and must be deleted remotely."""

    reading: Reading
    deleted: bool


class WriteQueue:
    """Queue in a file, which is created where it is missing.

    Args:
        path: The file.
        max_bytes: Most bytes of all waiting readings together.

    Raises:
        StoreError: The file cannot be opened.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._file = SqliteFile(path, QUEUE_FILE)

    def put(self, reading: Reading) -> None:
        """Store a reading durably before returning. Raises StoreFull."""
        pages, previews = pages_column(reading), pack_previews(reading.previews)
        size = len(pages) + len(reading.thumbnail) + len(previews)
        with self._file.transaction() as connection:
            (stored,) = connection.execute("SELECT total(bytes) FROM waiting").fetchone()
            if stored + size > self._max_bytes:
                raise StoreFull(
                    f"the outbox {self.path} is full, and the history cannot be reached: see 'numink store check', "
                    "or give it more room with NUMINK_OUTBOX_BYTES"
                )
            connection.execute(
                "INSERT INTO waiting (id, owner, created, name, pages, thumbnail, preview, bytes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    reading.id,
                    reading.owner,
                    reading.created,
                    reading.name,
                    pages,
                    reading.thumbnail,
                    previews,
                    size,
                ),
            )

    def get(self, reading_id: str) -> Reading | None:
        """Return a waiting reading, or None where it does not wait."""
        with self._file.connection() as connection:
            row = connection.execute(
                f"SELECT {READING_COLUMNS}, preview FROM waiting WHERE id = ? AND NOT dropped", (reading_id,)
            ).fetchone()
        return reading_of(row[:5], row[5]) if row else None

    def recent(self, owner: str, before_id: str | None, limit: int) -> list[Reading]:
        """Return waiting readings of an owner. See `Store.recent`."""
        _, last = id_bounds(owner)
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {READING_COLUMNS} FROM waiting WHERE owner = ? AND id < ? AND NOT dropped"
                " ORDER BY id DESC LIMIT ?",
                (owner, min(before_id or last, last), max(limit, 0)),
            ).fetchall()
        return [reading_of(row) for row in rows]

    def last_id(self, owner: str) -> str:
        """Return the greatest id of an owner's waiting readings; empty where there is none."""
        with self._file.connection() as connection:
            (last,) = connection.execute("SELECT max(id) FROM waiting WHERE owner = ?", (owner,)).fetchone()
        return str(last or "")

    def next(self) -> QueuedReading | None:
        """Return the oldest reading, those that were refused after the others; None where none waits."""
        with self._file.connection() as connection:
            row = connection.execute(
                f"SELECT {READING_COLUMNS}, preview, dropped FROM waiting ORDER BY tries, {TIME_KEY} LIMIT 1"
            ).fetchone()
        return QueuedReading(reading_of(row[:5], row[5]), deleted=bool(row[6])) if row else None

    def remove(self, reading_id: str, *, deleted: bool = False) -> None:
        """Remove a reading that was saved remotely, or, with `deleted`, deleted remotely.

        A reading that was deleted here while it was saved stays, to be deleted remotely.
        """
        statement = "DELETE FROM waiting WHERE id = ? AND dropped = ?"
        self._file.free(lambda connection: connection.execute(statement, (reading_id, deleted)))

    def mark_deleted(self, reading_id: str) -> bool:
        """Delete a reading, which the remote store may have already; return False where it does not wait."""
        statement = "UPDATE waiting SET dropped = 1 WHERE id = ? AND NOT dropped"
        return bool(self._file.free(lambda connection: connection.execute(statement, (reading_id,)).rowcount))

    def postpone(self, reading_id: str, refusal: str) -> None:
        """Move a reading behind the others, because the remote store refused it."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE waiting SET tries = tries + 1, said = ? WHERE id = ?", (refusal, reading_id))

    def forget(self, owner: str) -> int:
        """Delete all readings of an owner and return their number."""
        statement = "UPDATE waiting SET dropped = 1 WHERE owner = ? AND NOT dropped"
        return self._file.free(lambda connection: connection.execute(statement, (owner,)).rowcount)

    def status(self, owner: str = "") -> QueueStatus:
        """Return the state of the queue, or of one owner's readings in it."""
        with self._file.connection() as connection:
            count, size, refusal = connection.execute(
                "SELECT count(*), total(bytes), max(said) FROM waiting WHERE ? IN ('', owner) AND NOT dropped", (owner,)
            ).fetchone()
        return QueueStatus(int(count), int(size), refusal or "")

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Take the lock of the sender; yield True where this process has it, False where another one has."""
        try:
            with self.path.with_name(f"{self.path.name}.lock").open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                    return
                yield True
        except OSError as error:
            raise StoreError(f"the outbox {self.path} cannot be locked ({error.strerror}): check its folder") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()
