"""Quotas of accounts: readings per day, counted here, and storage for pictures, measured by the store.

Pictures of readings use storage, and so do files of batches until they are read.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import marked
from ..store.batches import File
from ..store.documents import Document, DocumentConflict
from ..store.ids import now
from ..store.protocol import Store
from ..store.reading import UNDO_PERIOD
from .links import LINK_PREFIX
from .people import People
from .person import PERSON_ID, Person
from .refusals import AccountNotFound, DailyQuotaExceeded, StorageQuotaExceeded

USAGE_PREFIX = "usage:"
RECHECK_BYTES = 8_000_000
"""Bytes of an upload after which the storage in use is measured again: the owner may have other uploads in progress."""
STORAGE_FULL = marked(
    "your pictures use all of your {room:.0f} MB of storage: "
    "delete readings in the history and wait {minutes} minutes, or ask the server's administrator for more storage"
)
STORAGE_FULL_OF_BATCHES = marked(
    "your pictures use all of your {room:.0f} MB of storage: "
    "wait until your batches are read, remove them, or delete readings in the history and wait {minutes} minutes; "
    "or ask the server's administrator for more storage"
)


@dataclass(frozen=True)
class Usage:
    """Use of an account's quotas."""

    readings: int
    """Readings of today, by UTC."""
    daily: int
    """Quota of readings per day; 0 is no limit."""
    pictures: int
    """Bytes of pictures stored with readings."""
    waiting: int
    """Bytes of files of batches that are not read yet."""
    room: int
    """Quota of bytes; 0 is no limit."""

    @property
    def bytes(self) -> int:
        """Storage in use."""
        return self.pictures + self.waiting


class Quotas:
    """Quotas of all accounts of a store; `daily` and `room` are for accounts without quotas of their own."""

    def __init__(self, store: Store, daily: int, room: int) -> None:
        self._store = store
        self._people = People(store.documents)
        self.daily = daily
        self.room = room

    def usage(self, person: Person) -> Usage:
        """Return the use of a person's quotas."""
        today = self._store.documents.get(_usage_id(person.id))
        return Usage(
            int(today.body["readings"]) if today else 0, self.daily if person.daily is None else person.daily,
            self._store.picture_bytes(person.id), self._store.batches.waiting_bytes(person.id),
            self.room if person.room is None else person.room,
        )  # fmt: skip

    def charge_reading(self, owner: str, *, queued: bool = False) -> None:
        """Count one more reading of an owner.

        Args:
            owner: Id of the person.
            queued: True for a file of a batch, which `admit_files` has admitted and which is deleted once it is read;
                then only pictures count as storage in use.

        Raises:
            DailyQuotaExceeded: All readings of today are used.
            StorageQuotaExceeded: All storage is used.
            AccountNotFound: The account is deleted or blocked.
        """
        usage = self._usage_of(owner)
        if usage.room and (usage.pictures if queued else usage.bytes) >= usage.room:
            raise _storage_full(usage)
        self._count_reading(owner, usage.daily)

    def admit_files(self, owner: str, files: Iterable[File]) -> Iterator[File]:
        """Pass on the files of an upload as long as there is storage for them.

        Uploads at the same time may each exceed the quota by RECHECK_BYTES. Raises StorageQuotaExceeded or
        AccountNotFound.
        """
        usage, uploaded = self._usage_of(owner), 0
        for file in files:
            if uploaded >= RECHECK_BYTES:
                usage, uploaded = self._usage_of(owner), 0
            uploaded += len(file.content)
            if usage.room and usage.bytes + uploaded > usage.room:
                raise _storage_full(usage)
            yield file

    def _usage_of(self, owner: str) -> Usage:
        self.reading_saved(owner)
        person = self._people.by_id(owner)
        if person is None or person.blocked:
            raise AccountNotFound("this account does not exist any more")
        return self.usage(person)

    def reading_saved(self, owner: str) -> None:
        """Delete an owner's data where their account was deleted while a reading was in progress."""
        if PERSON_ID.fullmatch(owner) and self._people.by_id(owner) is None:
            self.forget(owner)

    def forget(self, owner: str) -> None:
        """Delete the readings, batches and usage of an owner."""
        self._store.batches.forget(owner)
        self._store.forget(owner)
        self._store.documents.delete(Document(_usage_id(owner), {}))

    def _count_reading(self, owner: str, daily: int) -> None:
        documents, usage_id = self._store.documents, _usage_id(owner)
        while True:
            usage = documents.get(usage_id)
            count = int(usage.body["readings"]) if usage else 0
            if daily and count >= daily:
                raise DailyQuotaExceeded(
                    "all {daily} readings of today are used: there are new ones from 0:00 UTC on",
                    _seconds_left_today(),
                    daily=daily,
                )
            # "by" makes two documents that are created at once differ, so that one of them is a conflict
            body = {"readings": count + 1, "by": secrets.token_hex(4)}
            try:
                documents.put(Document(usage_id, body, usage.revision if usage else ""))
            except DocumentConflict:
                continue
            if not usage:
                self._delete_outdated()
            return

    def _delete_outdated(self) -> None:
        documents = self._store.documents
        for usage in documents.with_prefix(USAGE_PREFIX):
            if usage.id < USAGE_PREFIX + _today():
                documents.delete(usage)
        for link in documents.with_prefix(LINK_PREFIX):
            if str(link.body["until"]) < now():
                documents.delete(link)


def _storage_full(usage: Usage) -> StorageQuotaExceeded:
    message = STORAGE_FULL_OF_BATCHES if usage.waiting else STORAGE_FULL
    return StorageQuotaExceeded(message, room=usage.room / 1e6, minutes=UNDO_PERIOD // timedelta(minutes=1))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _usage_id(owner: str) -> str:
    return f"{USAGE_PREFIX}{_today()}:{owner}"


def _seconds_left_today() -> int:
    time = datetime.now(UTC)
    return int((time.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - time).total_seconds()) + 1
