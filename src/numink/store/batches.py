"""Values of batches: files that are stored first and read in the background.

An item gets the id of its reading before it is read for the first time. When a process ends in the middle and the item
is read again, the second reading has the same id and so does not appear twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..errors import InputError

TOO_MANY_ATTEMPTS = "numink ended {} times while this was read: read it by itself, to see why"
"""Error of an item whose reading ended the process too often; {} is the number of attempts."""

CLOCK_TOLERANCE_MS = 600_000
"""Milliseconds by which the clocks of workers may differ."""


def lease_is_over(lease_ends: int, now: int) -> bool:
    """Return whether a lease has ended, or ends so late that a clock which went back since then must have given it."""
    return not now <= lease_ends <= now + CLOCK_TOLERANCE_MS


class State(StrEnum):
    """State of an item on its way to a reading."""

    AWAITED = "awaited"
    """Announced; its bytes have not arrived."""
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (State.AWAITED, State.WAITING, State.READING)
"""States of items that are not done."""
ARRIVING = "arriving"
"""Stored state of a file of a ZIP archive until all its files are stored; such items are never shown."""


class BatchFull(InputError):
    """More files or bytes than a batch may have."""

    kind = "batch-full"


@dataclass(frozen=True)
class File:
    """A received file: its bytes, or an error that says why it will not be read."""

    name: str
    content: bytes = field(default=b"", repr=False)
    error: str = ""


@dataclass(frozen=True)
class AnnouncedFile:
    """A file that will be sent, or an error that says why it need not be."""

    name: str
    error: str = ""


@dataclass(frozen=True)
class Item:
    """One file of a batch.

    Attributes:
        id: `owner:...`.
        position: Index in the batch, and index in the ZIP file that was sent there; 0 for any other file.
        name: File name.
        state: Its present state.
        error: Sentence that says why it failed; empty otherwise.
        reading_id: Id of its reading; None before it is read, and after the reading was deleted.
        text: Text of the reading.
        doubts: Numbers of the reading that need a review.
        corrected: True where the reading has a correction.
        has_bytes: True while its bytes are stored, so that it can be read again.
    """

    id: str
    position: tuple[int, int]
    name: str
    state: State
    error: str
    reading_id: str | None
    text: str
    doubts: int
    corrected: bool
    has_bytes: bool


@dataclass(frozen=True)
class Batch:
    """Files that were sent together.

    Attributes:
        id: `owner:uuid7`.
        created: Moment of its creation, from `ids.now`.
        name: Name for people.
        counts: Number of items in each state; states without items may be missing.
        doubts: Items whose readings have numbers that need a review.
        retryable: Items that failed and whose bytes are still stored.
        revision: Grows with every change of the batch.
    """

    id: str
    created: str
    name: str
    counts: Mapping[State, int]
    doubts: int
    retryable: int
    revision: int

    @property
    def total(self) -> int:
        """Number of all items."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Number of items that are not done."""
        return sum(self.counts.get(state, 0) for state in OPEN_STATES)

    @property
    def ended(self) -> int:
        """Number of items that are done."""
        return self.total - self.open


@dataclass(frozen=True)
class BatchLimits:
    """Limits of a batch: number of files, and bytes of all files together."""

    files: int
    bytes: int

    def check(self, files: int, size: int) -> None:
        """Raise BatchFull where a batch with `files` files of `size` bytes is over the limits."""
        if files > self.files:
            raise BatchFull("a batch has at most {most:,} files: send the others as another batch", most=self.files)
        if size > self.bytes:
            raise BatchFull(
                "the files of a batch have at most {most:,.0f} MB together: send the others as another batch",
                most=self.bytes / 1e6,
            )


@dataclass(frozen=True)
class Task:
    """An item that a worker has claimed.

    Attributes:
        item_id: Id of the item.
        name: File name.
        batch_id: Id of its batch.
        reading_id: Id that the reading must get.
        options: Options of the batch, as they were given to `BatchStore.create`.
        content: Bytes of the file.
    """

    item_id: str
    name: str
    batch_id: str
    reading_id: str
    options: Mapping[str, Any]
    content: bytes = field(repr=False)
