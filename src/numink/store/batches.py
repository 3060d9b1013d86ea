"""Files that are read in the background, kept: what a batch and its items are, and the protocol of their store.

An item's reading has its id before the reading is begun, so that an item that is read again, because a process ended
in the middle, cannot make a second reading. This file knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import InputError

if TYPE_CHECKING:
    from .reading import Reading


class State(StrEnum):
    """What becomes of an item: a file on its way to a reading."""

    AWAITED = "awaited"
    """Announced; its bytes have not arrived."""
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.AWAITED, State.WAITING, State.READING)
"""States that are not the end."""


class BatchFull(InputError):
    """More files or bytes than a batch may have."""

    kind = "batch-full"


@dataclass(frozen=True)
class File:
    """What arrived: its bytes, or a sentence that says why it is not read."""

    name: str
    content: bytes = field(default=b"", repr=False)
    error: str = ""


@dataclass(frozen=True)
class Announced:
    """A file that is to arrive, or a sentence that says why it need not."""

    name: str
    error: str = ""


@dataclass(frozen=True)
class Item:
    """One file of a batch. `place` is where it stands; the files of a ZIP file stand in its place, by their part."""

    id: str
    position: tuple[int, int]
    name: str
    state: State
    error: str
    """Why it failed; a sentence."""
    reading_id: str | None
    """The id of its reading, where it is read and the reading is still there."""
    text: str
    """What was read."""
    doubts: int
    """Numbers that are not sure and that nobody has corrected."""
    corrected: bool
    has_bytes: bool
    """Whether its bytes are still there, so that it can be tried again."""


@dataclass(frozen=True)
class Batch:
    """Files that were sent together, and how many there are in each state. `revision` grows with every change."""

    id: str
    created: str
    name: str
    counts: Mapping[State, int]
    doubts: int
    """Files with numbers that are not sure and that nobody has corrected."""
    retryable: int
    """Files that failed and can be tried again."""
    revision: int

    @property
    def total(self) -> int:
        """All its items."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Items that have not come to an end."""
        return sum(self.counts.get(state, 0) for state in OPEN)

    @property
    def ended(self) -> int:
        """Items that have."""
        return self.total - self.open


@dataclass(frozen=True)
class BatchLimits:
    """What a batch may have at most: files, and bytes of all of them."""

    files: int
    bytes: int

    def check(self, files: int, size: int) -> None:
        """Raises BatchFull where a batch of so many files and bytes has no room."""
        if files > self.files:
            raise BatchFull("a batch has at most {most:,} files: send the others as another batch", most=self.files)
        if size > self.bytes:
            raise BatchFull(
                "the files of a batch have at most {most:,.0f} MB together: send the others as another batch",
                most=self.bytes / 1e6,
            )


@dataclass(frozen=True)
class Task:
    """An item that is to be read now: under which id, with which options, and its bytes."""

    item_id: str
    name: str
    batch_id: str
    reading_id: str
    options: Mapping[str, Any]
    content: bytes = field(repr=False)


class BatchQueue(Protocol):
    """Gives items to who reads them. Moments are in milliseconds, and of the one machine that the store is on."""

    def claim(self, holder: str, now: int, until: int, most_tries: int) -> Task | None:
        """The next item to be read, which is `holder`'s until a moment; None where nothing waits.

        Items whose holder has let the moment pass are taken over; after `most_tries` they have failed.
        """

    def renew(self, holder: str, until: int) -> None:
        """The holder goes on with what it has."""

    def finish(self, item_id: str) -> None:
        """The item's reading is in the store: its bytes go."""

    def fail(self, item_id: str, said: str, *, keep: bool) -> None:
        """The item cannot be read; its bytes stay where it may be tried again."""

    def release(self, item_id: str) -> None:
        """The item could not be read now: it waits again."""


class BatchStore(BatchQueue, Protocol):
    """Keeps batches. Every method may raise StoreError's kinds, and may be called by any thread of any process.

    Ids begin with the owner, as those of readings; a call that names an id is for who has made sure whose it is.
    """

    def open(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """Makes an empty batch. Making the same id again changes nothing."""

    def announce(self, batch_id: str, files: Sequence[Announced], room: BatchLimits) -> list[str]:
        """Adds files that are to arrive; their ids. One that has a sentence has failed already. Raises BatchFull."""

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], room: BatchLimits) -> list[str]:
        """What arrived in the place of an awaited item: itself, or what was in it; the ids of what stands there now.

        All or nothing: once this returns nothing of it is lost. Where the item is not awaited any more, as when it
        is sent a second time, nothing is done. Raises BatchFull, and what `files` raises.
        """

    def get(self, batch_id: str) -> Batch | None:
        """None where there is none."""

    def recent(self, owner: str, limit: int, before: str | None = None) -> list[Batch]:
        """The owner's batches, newest first, at most `limit`, those older than id `before`."""

    def items(self, batch_id: str, since: int = 0) -> list[Item]:
        """Those that have changed after revision `since`, in order."""

    def readings(self, batch_id: str, after: int, limit: int, *, pictures: bool) -> list[Reading]:
        """The batch's readings in order, `limit` after the first `after`; without thumbnails."""

    def cancel(self, batch_id: str) -> int:
        """Ends what has not been begun, and removes its bytes; how many."""

    def retry(self, batch_id: str) -> int:
        """Lets the failed items whose bytes are kept wait again; how many."""

    def delete(self, batch_id: str) -> None:
        """Removes a batch, its items and their bytes; its readings stay."""

    def waiting_bytes(self, owner: str) -> int:
        """Of the owner's files that are kept to be read, or to be tried again; those that are arriving among them."""

    def expire(self, failed_before: str, made_before: str) -> None:
        """Removes the bytes of what failed in batches made before one moment, and batches made before another.

        An empty moment is none.
        """

    def forget(self, owner: str) -> None:
        """Removes all of an owner's batches."""
