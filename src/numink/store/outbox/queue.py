"""Readings that could not be sent yet, in a SQLite file: each is there until the store elsewhere has it.

Several processes may share the file; one of them sends at a time, by a lock that ends with its process, however that
ends. Knows no service.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreError, StoreFull
from ..previews import packed
from ..reading import Reading
from ..sqlite.connection import Kind, SqliteFile
from ..sqlite.rows import BRIEF, MOMENT, ids_of, packed_pages, reading_of

OUTBOX = Kind("outbox", "NUMINK_OUTBOX", "outbox_migrations")


@dataclass(frozen=True)
class Held:
    """How much waits, and what the service said last of what it does not take."""

    readings: int
    bytes: int
    said: str


class Outbox:
    """The file `path`, made where it is missing; `room` in bytes. Raises StoreError's kinds."""

    def __init__(self, path: Path, room: int) -> None:
        self.path = path
        self._room = room
        self._file = SqliteFile(path, OUTBOX)

    def put(self, reading: Reading) -> None:
        """Keeps a reading; once this returns it is not lost. Raises StoreFull."""
        pages, pictures = packed_pages(reading), packed(reading.previews)
        size = len(pages) + len(reading.thumbnail) + len(pictures)
        with self._file.writing() as connection:
            (there,) = connection.execute("SELECT total(bytes) FROM waiting").fetchone()
            if there + size > self._room:
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
                    pictures,
                    size,
                ),
            )

    def get(self, reading_id: str) -> Reading | None:
        """None where it does not wait here."""
        with self._file.lent() as connection:
            row = connection.execute(
                f"SELECT {BRIEF}, preview FROM waiting WHERE id = ? AND NOT dropped", (reading_id,)
            ).fetchone()
        return reading_of(row[:5], row[5]) if row else None

    def recent(self, owner: str, before: str | None, limit: int) -> list[Reading]:
        """As `Store.recent`."""
        _, last = ids_of(owner)
        with self._file.lent() as connection:
            rows = connection.execute(
                f"SELECT {BRIEF} FROM waiting WHERE owner = ? AND id < ? AND NOT dropped ORDER BY id DESC LIMIT ?",
                (owner, min(before or last, last), max(limit, 0)),
            ).fetchall()
        return [reading_of(row) for row in rows]

    def next(self) -> tuple[Reading, bool] | None:
        """The oldest, those that the service did not take after the others; and whether it was deleted meanwhile."""
        with self._file.lent() as connection:
            row = connection.execute(
                f"SELECT {BRIEF}, preview, dropped FROM waiting ORDER BY tries, {MOMENT} LIMIT 1"
            ).fetchone()
        return (reading_of(row[:5], row[5]), bool(row[6])) if row else None

    def sent(self, reading_id: str, *, dropped: bool = False) -> None:
        """The service has it, or has it no more. One that was deleted while it was sent stays, to be deleted there."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM waiting WHERE id = ? AND dropped = ?", (reading_id, dropped))

    def drop(self, reading_id: str) -> bool:
        """Somebody deletes what waits: it is not there any more. Whether it was; the service may have it already."""
        with self._file.writing() as connection:
            done = connection.execute("UPDATE waiting SET dropped = 1 WHERE id = ? AND NOT dropped", (reading_id,))
        return bool(done.rowcount)

    def put_off(self, reading_id: str, said: str) -> None:
        """The service does not take it: the others come first."""
        with self._file.writing() as connection:
            connection.execute("UPDATE waiting SET tries = tries + 1, said = ? WHERE id = ?", (said, reading_id))

    def forget(self, owner: str) -> int:
        """Drops all of an owner's; how many."""
        with self._file.writing() as connection:
            done = connection.execute("UPDATE waiting SET dropped = 1 WHERE owner = ? AND NOT dropped", (owner,))
        return done.rowcount

    def held(self, owner: str = "") -> Held:
        """What waits; of an owner, or in all."""
        with self._file.lent() as connection:
            count, size, said = connection.execute(
                "SELECT count(*), total(bytes), max(said) FROM waiting WHERE ? IN ('', owner) AND NOT dropped", (owner,)
            ).fetchone()
        return Held(int(count), int(size), said or "")

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Whether this process may send now, while the context is open: no other does."""
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
        """Gives back what is open."""
        self._file.close()
