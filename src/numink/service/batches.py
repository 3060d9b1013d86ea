"""The owner's batches: opened, filled, followed, cancelled, tried again, taken along. Knows no HTTP.

What has arrived is in the store before a call returns. `BatchWorker` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

from ..errors import InputError, NuminkError, marked
from ..settings import Settings
from ..store.batches import AnnouncedFile, Batch, BatchLimits, File, Item, State
from ..store.ids import new_id, owner_of
from ..store.reading import Reading
from .batch_worker import BatchWorker
from .downloads import Missing, Readings
from .filenames import printable
from .history import History, Run
from .options import Options
from .quota import Quota
from .uploads import ZipLimits, files_in, too_large

NOT_SENT = marked("it has not arrived: send it again")
NOT_YET = marked("it has not been read yet")
STOPPED = marked("it was not read: the batch was cancelled")
GONE = marked("its reading was deleted")
NO_NUMBER = marked("no number was found")


class NoSuchBatch(NuminkError):
    """There is no batch of this owner's with that id."""

    kind = "no-such-batch"


@dataclass(frozen=True)
class Upload:
    """A file that is being sent."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True)
class Offer:
    """A file that is to be sent: its name and bytes."""

    name: str
    size: int


class Batches:
    """Each call goes through `run`, which does it on one of the desk's threads; `feeder` is told of work."""

    def __init__(
        self, owner: str, archive: History, feeder: BatchWorker, run: Run, settings: Settings, quota: Quota
    ) -> None:  # fmt: skip
        self._owner = owner
        self._archive = archive
        self._store = feeder.store
        self._feeder = feeder
        self._run = run
        self._quota = quota
        self._room = BatchLimits(settings.batch_files, settings.batch_bytes)
        self._limits = ZipLimits.of(settings)
        self._most_bytes = (settings.max_bytes, settings.zip_bytes)

    def open(self, name: str, offers: Sequence[Offer], options: Options) -> Batch:
        """Open a batch, shown as `name`, for files that are to be sent.

        Raises BatchFull, or BadKnowledge for options without sense.
        """
        options.constraints()
        self._room.check(len(offers), 0)
        return self._run(lambda: self._open(name, offers, options)[0])

    def take(self, name: str, uploads: Sequence[Upload], options: Options) -> Batch:
        """A batch of files that are here, all or none. Raises as `open` does."""
        options.constraints()
        files = self._quota.within(self._owner, chain.from_iterable(map(self._unpacked, uploads)))

        def made() -> str:
            batch, (item,) = self._open(name, [Offer(name, 0)], options)
            try:
                self._store.receive(batch.id, item, files, self._room)
            except NuminkError:
                self._store.delete(batch.id)
                raise
            return batch.id

        batch_id = self._run(made)
        self._feeder.wake()
        return self.get(batch_id)

    def receive(self, batch_id: str, item_id: str, upload: Upload) -> None:
        """What arrived for an item. Sent again, it changes nothing. Raises NoSuchBatch, as all that follows."""
        self.get(batch_id)
        self._run(lambda: self._receive(batch_id, item_id, upload))
        self._feeder.wake()

    def add(self, batch_id: str, uploads: Sequence[Upload]) -> None:
        """Files of a batch that were chosen again: each for an item of its name that was announced, or as a new one."""
        self.get(batch_id)
        awaited = [one for one in self.items(batch_id) if one.state is State.AWAITED]
        for upload in uploads:
            name = printable(upload.name)
            item = next((one for one in awaited if one.name == name), None)
            if item is None:
                self.receive(batch_id, self._announce(batch_id, name), upload)
            else:
                awaited.remove(item)
                self.receive(batch_id, item.id, upload)

    def get(self, batch_id: str) -> Batch:
        """How far it is."""
        self._own(batch_id)
        return _there(self._run(lambda: self._store.get(batch_id)))

    def recent(self, limit: int, before: str | None = None) -> list[Batch]:
        """Newest first, those older than `before`. Raises NoSuchBatch for an id that is not the owner's."""
        if before is not None:
            self._own(before)
        return self._run(lambda: self._store.recent(self._owner, limit, before))

    def items(self, batch_id: str, since: int = 0) -> list[Item]:
        """Those that have changed since a revision, in order."""
        self._own(batch_id)
        return self._run(lambda: self._store.items(batch_id, since))

    def cancel(self, batch_id: str) -> None:
        """Ends what has not been begun."""
        self.get(batch_id)
        self._run(lambda: self._store.cancel(batch_id))

    def retry(self, batch_id: str) -> int:
        """Tries again what failed and is kept; how many."""
        self.get(batch_id)
        count = self._run(lambda: self._store.retry(batch_id))
        self._feeder.wake()
        return count

    def delete(self, batch_id: str) -> None:
        """Removes the batch, and what of it has not been read; its readings stay in the history."""
        self.get(batch_id)
        self._run(lambda: self._store.delete(batch_id))

    def each(self, batch_id: str, *, pictures: bool = False) -> Readings:
        """All its readings in order, with their corrections; fetched as they are used."""
        self._own(batch_id)

        def part(many: int, after: int) -> Sequence[Reading]:
            return self._store.readings(batch_id, after, many, pictures=pictures)

        return self._archive.in_pages(part, pictures=pictures)

    def missing(self, batch_id: str) -> list[Missing]:
        """The files that have no number among `each`, and why, so that a table of the batch is silent about none."""
        self.get(batch_id)
        return [
            Missing(one.name, said, has_reading=one.reading_id is not None)
            for one in self.items(batch_id)
            if (said := why_missing(one))
        ]

    def _open(self, name: str, offers: Sequence[Offer], options: Options) -> tuple[Batch, list[str]]:
        batch_id = new_id(self._owner)
        self._store.create(batch_id, name, options.to_dict())
        items = self._store.announce(batch_id, [self._announced(one) for one in offers], self._room)
        return _there(self._store.get(batch_id)), items

    def _announce(self, batch_id: str, name: str) -> str:
        (item,) = self._run(lambda: self._store.announce(batch_id, [AnnouncedFile(name)], self._room))
        return item

    def _receive(self, batch_id: str, item_id: str, upload: Upload) -> None:
        files = self._quota.within(self._owner, files_in(upload.stream, upload.name, self._limits))
        try:
            self._store.receive(batch_id, item_id, files, self._room)
        except InputError as error:  # of this file: the others of the batch go on
            failed = File(printable(upload.name), error=str(error))
            self._store.receive(batch_id, item_id, [failed], self._room)

    def _unpacked(self, upload: Upload) -> Iterator[File]:
        try:
            yield from files_in(upload.stream, upload.name, self._limits)
        except InputError as error:
            yield File(printable(upload.name), error=str(error))

    def _announced(self, offer: Offer) -> AnnouncedFile:
        most = self._most_bytes[offer.name.lower().endswith(".zip")]
        return AnnouncedFile(printable(offer.name) or "unnamed", too_large(most) if offer.size > most else "")

    def _own(self, batch_id: str) -> None:
        """Whose batch it is stands in its id: another's is not there at all."""
        if owner_of(batch_id) != self._owner:
            _there(None)


def why_missing(item: Item) -> str:
    """Why there is no number of this file; empty where there is."""
    if item.state is State.READ:
        return GONE if item.reading_id is None else "" if item.text else NO_NUMBER
    return {State.FAILED: item.error, State.CANCELLED: STOPPED, State.AWAITED: NOT_SENT}.get(item.state, NOT_YET)


def _there(batch: Batch | None) -> Batch:
    if batch is None:
        raise NoSuchBatch("there is no such batch: it was removed, or the address is wrong")
    return batch
