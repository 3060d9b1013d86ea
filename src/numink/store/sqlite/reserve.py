"""Space on the disk that is kept for deletions: SQLite has to write before it frees anything.

A file beside the database holds the space. Where the disk is full, a deletion gives the file up, and writes into the
space of it; nothing is stored until the file is there again, so that whatever is left serves further deletions.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = (8_000_000, 4_000_000, 2_000_000, 1_000_000)
"""Sizes of the file, of which the first one that fits is taken. The first is more than SQLite's write-ahead log before
a checkpoint (1,000 pages) and a reading together; where it does not fit, the rest is left to that log."""
ROOM_BYTES = 1_000_000
"""Room in the log, and in the database, without which nothing is stored: a reading with its pictures takes less."""


class Reserve:
    """Reserve of a database file; shared by all processes that use it."""

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(f"{database.name}-reserve")

    @property
    def free_bytes(self) -> int:
        """Space that the disk has left beside the reserve."""
        disk = os.statvfs(self._file.parent)
        return disk.f_bavail * disk.f_frsize

    @property
    def disk_is_scarce(self) -> bool:
        """True where the disk has less space left than the reserve takes."""
        return self.free_bytes < RESERVE_BYTES[0]

    def take(self) -> bool:
        """Make sure that the reserve is there; return False where the disk has no room for it."""
        try:
            size = self._file.stat().st_size
        except FileNotFoundError:
            size = 0
        return size >= RESERVE_BYTES[0 if not self.disk_is_scarce else -1] or self._allocate()

    def give_up(self) -> bool:
        """Free the space; return False where there was none."""
        with suppress(OSError):
            self._file.unlink()
            return True
        return False

    def _allocate(self) -> bool:
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            return error.errno not in (errno.ENOSPC, errno.EDQUOT)  # a folder without rights has no reserve
        try:
            for size in RESERVE_BYTES:
                with suppress(OSError):
                    os.posix_fallocate(descriptor, 0, size)
                    return True
        finally:
            os.close(descriptor)
        self.give_up()
        return False
