"""What was read, kept: the protocol of a store, what it keeps, and the choice of a store by its URL.

A reading is never changed once saved; a correction is a document of its own. Ids are made here, by the client, and
sort by time, so that a write that is tried again cannot make a second reading, and a history is a range of the
primary index. This file knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ..errors import SettingsError
from ..patience import Patience
from ..results import Page
from .batch import BatchStore
from .correction import Correction as Correction
from .documents import Documents
from .ids import uuid7

OWNER = re.compile(r"[A-Za-z0-9_.@+-]{1,128}")


@dataclass(frozen=True)
class Reading:
    """One answer: its pages, a small copy of the first one's picture (JPEG), and a large one of each; empty where none
    is kept."""

    id: str
    created: str
    pages: tuple[Page, ...]
    name: str = ""
    thumbnail: bytes = field(default=b"", repr=False)
    previews: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def owner(self) -> str:
        """Whose it is."""
        return owner_of(self.id)

    def preview(self, page: int) -> bytes:
        """The large copy of a page's picture, from 0; empty where none is kept."""
        return self.previews[page] if 0 <= page < len(self.previews) else b""

    @property
    def text(self) -> str:
        """All that was read, pages apart by a newline."""
        return "\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class Doubt:
    """A number that is not sure and that nobody has corrected or confirmed; `page` and `number` count from 0.

    Done with when somebody said what the number or its page is, or what each of its digits is that is not accepted.
    """

    reading: str
    page: int
    number: int
    confidence: float


@dataclass(frozen=True)
class Corrected:
    """A number that a person looked at: when, what had been read, and what is right (empty: no number at all)."""

    created: str
    read: str
    right: str


@dataclass(frozen=True)
class Wanted:
    """Which readings are looked for; all conditions hold, and one that is empty is none.

    `text` is part of what was read, of a correction, or of the file's name, in any case; `since` and `until` are
    moments as `now` gives them, the first included and the last not.
    """

    text: str = ""
    since: str = ""
    until: str = ""
    doubtful: bool = False
    corrected: bool = False
    oldest_first: bool = False


class Store(Protocol):
    """Keeps readings and corrections. Every method may raise StoreError's kinds, and may be called by any thread.

    Nothing here needs more than documents with ids, ranges of ids, and a list of corrections by time.
    """

    def save(self, reading: Reading) -> None:
        """Keeps a reading; once this returns it is not lost. Saving the same id again changes nothing."""

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """With previews or without. Raises NotStored."""

    def picture(self, reading_id: str, page: int) -> bytes:
        """A reading's `Reading.preview`, and no other page's. Raises NotStored."""

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """The owner's readings, newest first, at most `limit`, those older than id `before`; without previews."""

    def delete(self, reading_id: str) -> None:
        """Removes a reading and its corrections. Raises NotStored."""

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """Keeps what the reading should have said, all or none. Raises NotStored."""

    def take_back(self, reading_id: str, correction_id: str) -> None:
        """Removes one of a reading's corrections. Raises NotStored."""

    def corrections(self, since: str = "") -> list[Correction]:
        """Everybody's corrections made after the moment that the id `since` was made, oldest first."""

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """The corrections of some readings, by id, oldest first."""

    def find(
        self, owner: str, wanted: Wanted, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """The owner's readings that are wanted, newest first unless it says otherwise; with previews or without."""

    def count(self, owner: str, wanted: Wanted) -> int:
        """How many `find` would bring without a limit."""

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """The owner's doubtful numbers, the least sure first."""

    def count_doubts(self, owner: str) -> int:
        """How many there are."""

    def discard(self, owner: str, wanted: Wanted | Sequence[str], moment: str) -> int:
        """Puts readings, those `wanted` or by id, aside at `moment`: they are not there any more but for `restore`.

        How many; ids that are not the owner's are none.
        """

    def restore(self, owner: str, moment: str) -> int:
        """Brings back what was discarded at that moment; how many."""

    def purge(self, before: str) -> int:
        """Removes for good what was discarded, by anybody, before a moment; how many."""

    def expire(self, before: str) -> int:
        """Removes for good what was read, by anybody, before a moment; how many."""

    def forget(self, owner: str) -> int:
        """Removes all of an owner's readings for good, those that were discarded too; how many."""

    def picture_bytes(self, owner: str) -> int:
        """Bytes of the pictures that are kept of an owner's readings, those that were discarded too."""

    @property
    def documents(self) -> Documents:
        """What is kept beside readings."""

    @property
    def batches(self) -> BatchStore:
        """What is read in the background."""

    def use(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """What `use.counted` counted of the owner's readings, summed by day (2026-11-25) from the day `since` on.

        Counts are kept apart from readings, and stay when these are deleted.
        """

    def corrected(self, owner: str, since: str) -> list[Corrected]:
        """The last correction of each of the owner's numbers, those made at the moment `since` or later."""

    def unsent(self) -> int:
        """How many readings wait here to be sent to a store elsewhere."""

    def check(self) -> str:
        """Empty where all is well; else a sentence about what keeps nobody from reading. Raises StoreError's kinds."""

    def describe(self) -> Mapping[str, str]:
        """What it says of itself, by name, for who runs it. Raises StoreError's kinds."""

    def close(self) -> None:
        """Gives back what is open."""


def open_store(url: str, patience: Patience | None = None) -> Store:
    """The store that `url` names: sqlite:///relative.db, sqlite:////absolute.db, or cloudant://DATABASE.

    `cloudant://` alone is the database `numink`; `?service=NAME` names the variables that hold the credentials, which
    else begin with CLOUDANT. `patience` is for a store elsewhere. Raises SettingsError for a URL of another kind,
    StoreError where it cannot be opened.
    """
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from .sqlite import SqliteStore  # noqa: PLC0415 - only the store in use is loaded

        return SqliteStore(url.removeprefix("sqlite:///"))
    if url.startswith("cloudant://"):
        try:
            from .cloudant import CloudantStore  # noqa: PLC0415 - IBM's library takes half a second to load
        except ImportError as error:
            raise SettingsError(f"a store in Cloudant needs {error.name}: pip install 'numink[cloudant]'") from None
        return CloudantStore(url, patience or Patience())
    kind = url.partition(":")[0]
    raise SettingsError(f"there is no store of the kind '{kind}': use sqlite:///FILE, or cloudant://DATABASE")


def now() -> str:
    """This moment, UTC, as ISO 8601 with milliseconds."""
    return ago(timedelta())


def ago(past: timedelta) -> str:
    """The moment so long ago, likewise."""
    return (datetime.now(UTC) - past).isoformat(timespec="milliseconds")


def new_id(owner: str) -> str:
    """An id of `owner`'s that sorts after all that this process made before. Raises ValueError for a bad owner."""
    if not OWNER.fullmatch(owner):
        raise ValueError(f"'{owner}' cannot own readings: letters, digits and _ . @ + - only, at most 128")
    return f"{owner}:{uuid7()}"


def owner_of(one: str) -> str:
    """Whose it is that has this id."""
    return one.partition(":")[0]
