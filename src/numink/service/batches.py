"""An owner's batches: created, filled, followed, cancelled, retried, downloaded and deleted.

Files are in the store before a call returns; the BatchWorker reads them afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

from ..errors import InputError, NuminkError, marked
from ..store.batches import AnnouncedFile, Batch, File, Item, State
from ..store.protocol import Store
from ..store.reading import Reading
from .downloads import CorrectedReadings, UnreadFile
from .filenames import printable
from .history import History
from .options import FormFile, Options
from .ownership import belongs_to
from .parameters import ServiceParameters
from .quota import Quota
from .uploads import files_in, too_large

NOT_ARRIVED = marked("the file has not arrived: send it again")
NOT_READ_YET = marked("the file has not been read yet")
CANCELLED = marked("the file was not read: the batch was cancelled")
READING_DELETED = marked("the reading of this file was deleted")
NO_NUMBER = marked("no number was found")


class NoSuchBatch(NuminkError):
    """The owner has no batch with that id."""

    kind = "no-such-batch"


@dataclass(frozen=True)
class Upload:
    """A file that a client is sending."""

    name: str
    stream: IO[bytes]

    @classmethod
    def from_form(cls, file: FormFile) -> Upload:
        """Wrap a file of a form."""
        return cls(file.filename or "", file.stream)


@dataclass(frozen=True)
class Offer:
    """Name and size in bytes of a file that a client is going to send."""

    name: str
    size: int


class Batches:
    """The batches of one owner.

    Args:
        history: The owner's history, whose threads run each call to the store.
        store: Store of batches and readings.
        wake: Makes the batch worker look for files.
        parameters: Limits of batches and files.
        quota: The owner's limits.
    """

    def __init__(
        self, history: History, store: Store, wake: Callable[[], None], parameters: ServiceParameters, quota: Quota
    ) -> None:  # fmt: skip
        self._owner = history.owner
        self._history = history
        self._store = store.batches
        self._new_id = store.new_id
        self._wake = wake
        self._run = history.run
        self._quota = quota
        self._most_valid_numbers = parameters.max_valid_numbers
        self._batch_limits = parameters.batch
        self._zip_limits = parameters.zip
        self._max_file_bytes = parameters.pictures.max_bytes
        self._max_zip_bytes = parameters.max_zip_bytes

    def open(self, name: str, offers: Sequence[Offer], options: Options) -> Batch:
        """Open a batch, displayed as `name`, for files that will be sent later.

        Raises BatchFull, or InvalidConstraint for invalid options.
        """
        options.validate(self._most_valid_numbers)
        self._batch_limits.check(len(offers), 0)
        return self._run(lambda: self._open(name, offers, options)[0])

    def create(self, name: str, uploads: Sequence[Upload], options: Options) -> Batch:
        """Create a batch of files that are here, either of all of them or not at all. Raises as `open` does."""
        options.validate(self._most_valid_numbers)
        files = self._quota.admit_files(self._owner, chain.from_iterable(map(self._unpack, uploads)))

        def store_files() -> str:
            batch, (item_id,) = self._open(name, [Offer(name, 0)], options)
            try:
                self._store.receive(batch.id, item_id, files, self._batch_limits)
            except NuminkError:
                self._store.delete(batch.id)
                raise
            return batch.id

        batch_id = self._run(store_files)
        self._wake()
        return self.get(batch_id)

    def receive(self, batch_id: str, item_id: str, upload: Upload) -> None:
        """Store the file of an announced item; sending it again changes nothing. Raises NoSuchBatch."""
        self.get(batch_id)
        self._run(lambda: self._receive(batch_id, item_id, upload))
        self._wake()

    def add(self, batch_id: str, uploads: Sequence[Upload]) -> None:
        """Store each file for an announced item of the same name, or else as a new item. Raises NoSuchBatch."""
        self.get(batch_id)
        awaited = [item for item in self.items(batch_id) if item.state is State.AWAITED]
        for upload in uploads:
            name = printable(upload.name)
            item = next((item for item in awaited if item.name == name), None)
            if item is None:
                self.receive(batch_id, self._announce(batch_id, name), upload)
            else:
                awaited.remove(item)
                self.receive(batch_id, item.id, upload)

    def get(self, batch_id: str) -> Batch:
        """Return a batch with its progress. Raises NoSuchBatch."""
        self._require_owner(batch_id)
        return _require_batch(self._run(lambda: self._store.get(batch_id)))

    def recent(self, limit: int, before: str | None = None) -> list[Batch]:
        """Return the newest batches, or those older than `before`. Raises NoSuchBatch for an id of another owner."""
        if before is not None:
            self._require_owner(before)
        return self._run(lambda: self._store.recent(self._owner, limit, before))

    def items(self, batch_id: str, since: int = 0) -> list[Item]:
        """Return the items that have changed since a revision, in order. Raises NoSuchBatch."""
        self._require_owner(batch_id)
        return self._run(lambda: self._store.items(batch_id, since))

    def cancel(self, batch_id: str) -> None:
        """Cancel all items whose reading has not started. Raises NoSuchBatch."""
        self.get(batch_id)
        self._run(lambda: self._store.cancel(batch_id))

    def retry(self, batch_id: str) -> int:
        """Queue the failed items whose files are still stored again, and return their number. Raises NoSuchBatch."""
        self.get(batch_id)
        count = self._run(lambda: self._store.retry(batch_id))
        self._wake()
        return count

    def delete(self, batch_id: str) -> None:
        """Delete a batch and its unread files; its readings stay in the history. Raises NoSuchBatch."""
        self.get(batch_id)
        self._run(lambda: self._store.delete(batch_id))

    def readings(self, batch_id: str, *, pictures: bool = False) -> CorrectedReadings:
        """Iterate over all readings of a batch with their corrections, in order. Raises NoSuchBatch."""
        self._require_owner(batch_id)

        def fetch(limit: int, offset: int) -> Sequence[Reading]:
            return self._store.readings(batch_id, offset, limit, pictures=pictures)

        return self._history.fetch_all(fetch, pictures=pictures)

    def unread_files(self, batch_id: str) -> list[UnreadFile]:
        """Return the files without a number, so that a download of the batch omits none. Raises NoSuchBatch."""
        self.get(batch_id)
        return [
            UnreadFile(item.name, reason, has_reading=item.reading_id is not None)
            for item in self.items(batch_id)
            if (reason := reason_without_number(item))
        ]

    def _open(self, name: str, offers: Sequence[Offer], options: Options) -> tuple[Batch, list[str]]:
        batch_id = self._new_id(self._owner)
        self._store.create(batch_id, name, options.to_dict())
        item_ids = self._store.announce(batch_id, [self._announced(offer) for offer in offers], self._batch_limits)
        return _require_batch(self._store.get(batch_id)), item_ids

    def _announce(self, batch_id: str, name: str) -> str:
        (item_id,) = self._run(lambda: self._store.announce(batch_id, [AnnouncedFile(name)], self._batch_limits))
        return item_id

    def _receive(self, batch_id: str, item_id: str, upload: Upload) -> None:
        files = self._quota.admit_files(self._owner, files_in(upload.stream, upload.name, self._zip_limits))
        try:
            self._store.receive(batch_id, item_id, files, self._batch_limits)
        except InputError as error:  # it concerns this file alone: the batch goes on with the others
            failed = File(printable(upload.name), error=str(error))
            self._store.receive(batch_id, item_id, [failed], self._batch_limits)

    def _unpack(self, upload: Upload) -> Iterator[File]:
        try:
            yield from files_in(upload.stream, upload.name, self._zip_limits)
        except InputError as error:
            yield File(printable(upload.name), error=str(error))

    def _announced(self, offer: Offer) -> AnnouncedFile:
        limit = self._max_zip_bytes if offer.name.lower().endswith(".zip") else self._max_file_bytes
        return AnnouncedFile(printable(offer.name) or "unnamed", too_large(limit) if offer.size > limit else "")

    def _require_owner(self, batch_id: str) -> None:
        """Raise NoSuchBatch for another owner's batch, as if it did not exist."""
        if not belongs_to(batch_id, self._owner):
            _require_batch(None)


def count_by_state(batch: Batch) -> dict[str, int]:
    """Return the number of files in each state, for the states that occur."""
    return {str(state): count for state, count in batch.counts.items() if count}


def reason_without_number(item: Item) -> str:
    """Return the reason why an item has no number, empty where it has one."""
    if item.state is State.READ:
        return READING_DELETED if item.reading_id is None else "" if item.text else NO_NUMBER
    reasons = {State.FAILED: item.error, State.CANCELLED: CANCELLED, State.AWAITED: NOT_ARRIVED}
    return reasons.get(item.state, NOT_READ_YET)


def _require_batch(batch: Batch | None) -> Batch:
    if batch is None:
        raise NoSuchBatch("there is no such batch: it was deleted, or the address is wrong")
    return batch
