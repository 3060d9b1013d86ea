"""What an account may use: readings a day, counted here, and room for pictures, which the store knows.

Room is taken by the pictures of readings, and by files of batches until they are read.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import marked
from ..store.batches import File
from ..store.documents import Changed, Document
from ..store.protocol import Store
from .people import People
from .person import ID, Person
from .refusals import AccountNotFound, DailyQuotaExceeded, StorageQuotaExceeded

PREFIX = "usage:"
ASKED_AFTER = 8_000_000
"""Bytes of arriving files after which is asked anew how much there is: others of the same owner may arrive too."""
ROOM_FULL = marked(
    "there is no room for more in the {room:.0f} MB that your pictures may take: "
    "delete readings in the history and wait ten minutes, or ask who runs this server for more room"
)
ROOM_WAITED_FOR = marked(
    "there is no room for more in the {room:.0f} MB that your pictures may take: "
    "wait until your batches are read, or remove them, or "
    "delete readings in the history and wait ten minutes, or ask who runs this server for more room"
)


@dataclass(frozen=True)
class Used:
    """What an account has used, and what it may; 0: no limit."""

    readings: int
    daily: int
    pictures: int
    """Bytes of those that are kept with readings."""
    waiting: int
    """Bytes of files of batches that are not read yet."""
    room: int

    @property
    def bytes(self) -> int:
        """All that takes room."""
        return self.pictures + self.waiting


class Quotas:
    """Over a store; `daily` and `room` hold for who has no quota of his own."""

    def __init__(self, store: Store, daily: int, room: int) -> None:
        self._store = store
        self._people = People(store.documents)
        self.daily = daily
        self.room = room

    def used(self, person: Person) -> Used:
        """Today, by UTC."""
        found = self._store.documents.get(_today(person.id))
        return Used(
            int(found.body["readings"]) if found else 0, self.daily if person.daily is None else person.daily,
            self._store.picture_bytes(person.id), self._store.batches.waiting_bytes(person.id),
            self.room if person.room is None else person.room,
        )  # fmt: skip

    def take(self, owner: str, *, waited: bool = False) -> None:
        """Counts one reading more. Raises DailyQuotaExceeded, RoomFull, or NobodyThere for an account that is gone.

        What `waited` was let in by `within`, and goes once it is read: then only pictures count.
        """
        used = self._used_by(owner)
        if used.room and (used.pictures if waited else used.bytes) >= used.room:
            raise _no_room(used)
        self._count(owner, used.daily)

    def within(self, owner: str, files: Iterable[File]) -> Iterator[File]:
        """Files as they arrive, as long as there is room for them. Raises StorageQuotaExceeded, NobodyThere.

        Others that arrive at the same moment may pass the limit by ASKED_AFTER each.
        """
        used, since = self._used_by(owner), 0
        for file in files:
            if since >= ASKED_AFTER:
                used, since = self._used_by(owner), 0
            since += len(file.content)
            if used.room and used.bytes + since > used.room:
                raise _no_room(used)
            yield file

    def _used_by(self, owner: str) -> Used:
        """Raises AccountNotFound."""
        self.settle(owner)
        person = self._people.by_id(owner)
        if person is None or person.blocked:
            raise AccountNotFound("there is no such account any more")
        return self.used(person)

    def settle(self, owner: str) -> None:
        """After a reading was kept: it goes at once where its owner has gone while it was read."""
        if ID.fullmatch(owner) and self._people.by_id(owner) is None:
            self.forget(owner)

    def forget(self, owner: str) -> None:
        """Removes all that was read, is to be read, and was counted."""
        self._store.batches.forget(owner)
        self._store.forget(owner)
        self._store.documents.delete(Document(_today(owner), {}))

    def _count(self, owner: str, daily: int) -> None:
        documents, name = self._store.documents, _today(owner)
        while True:
            there = documents.get(name)
            count = int(there.body["readings"]) if there else 0
            if daily and count >= daily:
                raise DailyQuotaExceeded(
                    "all {daily} readings of today are spent: there are new ones from 0:00 UTC on",
                    _left_today(),
                    daily=daily,
                )
            # by: so that two that make the day's first document at once do not make the same
            body = {"readings": count + 1, "by": secrets.token_hex(4)}
            try:
                documents.put(Document(name, body, there.mark if there else ""))
            except Changed:
                continue
            if not there:
                self._forget_other_days()
            return

    def _forget_other_days(self) -> None:
        for old in self._store.documents.starting(PREFIX):
            if old.id < PREFIX + _day():
                self._store.documents.delete(old)


def _no_room(used: Used) -> StorageQuotaExceeded:
    return StorageQuotaExceeded(ROOM_WAITED_FOR if used.waiting else ROOM_FULL, room=used.room / 1e6)


def _day() -> str:
    return datetime.now(UTC).date().isoformat()


def _today(owner: str) -> str:
    return f"{PREFIX}{_day()}:{owner}"


def _left_today() -> int:
    """Seconds until the next day of UTC."""
    now = datetime.now(UTC)
    return int((now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now).total_seconds()) + 1
