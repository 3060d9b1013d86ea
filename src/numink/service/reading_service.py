"""The reading service: a fixed number of threads behind a bounded queue do all reading and storing.

So memory does not grow with the number of clients, and requests that exceed the queue are refused at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from copy import copy
from dataclasses import replace
from typing import IO, TypeVar

from ..errors import NuminkError, ReadingNotFound
from ..imaging.decode import Picture
from ..imaging.documents import open_pages
from ..reader import Reader
from ..results import Page
from ..settings import Settings
from ..store.batches import Task
from ..store.correction import Correction
from ..store.ids import new_id, now, owner_of
from ..store.protocol import Store
from ..store.reading import READING_MISSING, Reading
from .batch_worker import BatchWorker
from .batches import Batches
from .corrections import CorrectionRequest, NotTheLastCorrection, make_corrections
from .filenames import printable
from .history import History, RetentionSweeper
from .metrics import Metrics
from .options import Options
from .ownership import belongs_to
from .page_pictures import PageRegion, explain_digit, stored_copies
from .quota import NoQuota, Quota

Result = TypeVar("Result")


class QueueFull(NuminkError):
    """The queue is full, and the request was not started."""

    kind = "queue-full"


class RequestTimeout(NuminkError):
    """The request took longer than the time limit."""

    kind = "took-too-long"


class ReadingService:
    """Reads, stores, finds and corrects for one owner; `for_owner` returns the service of another owner."""

    def __init__(self, settings: Settings, reader: Reader, store: Store, metrics: Metrics) -> None:
        self.settings = settings
        self.reader = reader
        self.metrics = metrics
        self.owner = settings.owner
        self.quota: Quota = NoQuota()
        self._store = store
        self._pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="reading")
        self.history = History(self.owner, store, self._run)
        self._sweeper = RetentionSweeper(store, settings.keep_days)
        self._sweeper.sweep()
        self._queue_slots = threading.BoundedSemaphore(settings.threads + settings.queue)
        self._batch_worker = BatchWorker(store.batches, self._read_batch_file, self._pool, settings)

    @property
    def batches(self) -> Batches:
        """The owner's batches."""
        return Batches(self.owner, self.history, self._batch_worker, self._run, self.settings, self.quota)

    def for_owner(self, owner: str) -> ReadingService:
        """Return the service of another owner, which shares the threads, the queue and the store."""
        other = copy(self)
        other.owner = owner
        other.history = History(owner, self._store, self._run)
        return other

    def warm_up(self, picture: bytes) -> None:
        """Read a picture once on every thread, so that the first request is not slower, then start the batch worker."""
        for done in [self._pool.submit(self.reader.read, picture) for _ in range(self.settings.threads)]:
            done.result()
        self._batch_worker.start()

    def read(self, upload: IO[bytes], name: str, options: Options) -> Reading:
        """Read a picture and store the reading before returning it. Raises InvalidConstraint for invalid options."""
        options.validate(self.settings.max_valid_numbers)

        def charge_and_read() -> Reading:
            self.quota.charge_reading(self.owner)
            pictures = open_pages(upload.read(), self.settings.limits)
            return self._read(new_id(self.owner), pictures, printable(name), options)

        return self._run(charge_and_read)

    def read_region(self, region: PageRegion, file: IO[bytes] | None, options: Options) -> Reading:
        """Read a part of a page that was read before, and store it as a reading of its own.

        `file` is the file of the page, at its full size; None stands for the stored copy. Raises ReadingNotFound,
        InputError (its subclass InvalidRegion for another file) or InvalidConstraint.
        """
        self._require_owner(region.reading_id)
        options.validate(self.settings.max_valid_numbers)

        def charge_and_read() -> Reading:
            self.quota.charge_reading(self.owner)
            picture, box, name = region.picture(self._store, file.read() if file else b"", self.settings.limits)
            return self._read(new_id(self.owner), [picture], name, options.with_region(box))

        return self._run(charge_and_read)

    def read_without_saving(self, upload: IO[bytes], options: Options) -> Page:
        """Read a picture without storing anything. Raises InvalidConstraint for invalid options."""
        options.validate(self.settings.max_valid_numbers)
        return self._run(lambda: self._read_page(upload.read(), options))

    def get(self, reading_id: str, *, pictures: bool = False) -> Reading:
        """Return a reading of the owner's, with or without the previews of its pages. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        return self._run(lambda: self._store.get(reading_id, pictures=pictures))

    def picture(self, reading_id: str, page: int) -> bytes:
        """Return the preview of a page, counted from 0; empty where none is stored. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        return self._run(lambda: self._store.picture(reading_id, page))

    def recent(self, before: str | None, limit: int) -> list[Reading]:
        """Return the owner's newest readings, or those older than the id `before`. Raises ReadingNotFound."""
        if before is not None:
            self._require_owner(before)
        return self._run(lambda: self._store.recent(self.owner, before, limit))

    def delete(self, reading_id: str) -> None:
        """Delete a reading of the owner's. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        self._run(lambda: self._store.delete(reading_id))

    def correct(self, reading_id: str, requests: Sequence[CorrectionRequest]) -> list[Correction]:
        """Store corrections of a reading. Raises ReadingNotFound, NoSuchNumber or InvalidCorrection."""
        self._require_owner(reading_id)
        return self._run(lambda: self._correct(reading_id, requests))

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Remove the last correction of a reading. Raises ReadingNotFound or NotTheLastCorrection."""
        self._require_owner(reading_id)
        self._run(lambda: self._withdraw_correction(reading_id, correction_id))

    def explain(self, reading_id: str, page: int, number: int, digit: int) -> bytes:
        """Return a PNG of the strokes that decided a digit; all from 0. Raises ReadingNotFound or NoSuchNumber."""
        self._require_owner(reading_id)
        return self._run(
            lambda: explain_digit(self._store, self.reader, reading_id, page=page, number=number, digit=digit)
        )

    def check(self) -> str:
        """Return a warning where the store works with restrictions, else an empty text. Raises StoreError."""
        return self._run(self._store.check)

    def unsent(self) -> int:
        """Return the number of readings in the write queue, even while the request queue is full."""
        return self._store.pending_writes()

    def close(self) -> None:
        """Finish the running tasks, stop all threads and close the store."""
        self._batch_worker.close()
        self._pool.shutdown(wait=True)
        self._store.close()

    def _run(self, task: Callable[[], Result]) -> Result:
        """Run a task on a thread of the pool and wait for its result. Raises QueueFull or RequestTimeout."""
        if not self._queue_slots.acquire(blocking=False):
            raise QueueFull("numink is busy with other pictures: try again in a few seconds")
        self.metrics.add_waiting(+1)
        future = self._pool.submit(task)
        future.add_done_callback(self._release_slot)
        try:
            return future.result(timeout=self.settings.timeout)
        except FutureTimeout:
            future.cancel()
            raise RequestTimeout(
                "reading took longer than {most} seconds: try a smaller picture", most=self.settings.timeout
            ) from None

    def _release_slot(self, _done: Future[Result]) -> None:
        self.metrics.add_waiting(-1)
        self._queue_slots.release()

    def _read_batch_file(self, task: Task) -> None:
        """Read a file of a batch, unless a process that died had already stored its reading."""
        try:
            self._store.get(task.reading_id, pictures=False)
        except ReadingNotFound:
            self.quota.charge_reading(owner_of(task.reading_id), queued=True)
            pictures = open_pages(task.content, self.settings.limits)
            self._read(task.reading_id, pictures, task.name, Options.from_dict(task.options))

    def _read_page(self, source: bytes | Picture, options: Options) -> Page:
        return self.reader.read(
            source, single=options.single, constraints=options.constraints(), options=options.read_options(),
            regions=options.boxes(),
        )  # fmt: skip

    def _read(self, reading_id: str, pictures: Iterable[Picture], name: str, options: Options) -> Reading:
        started = time.perf_counter()
        pages: list[Page] = []
        previews: list[bytes] = []
        thumbnail = b""
        for picture in pictures:
            page = self._read_page(picture, options)
            pages.append(replace(page, file=name, page=len(pages) + 1))
            if self.settings.keep_pictures:  # always drawn anew: the uploaded bytes are never stored
                upright, side = picture.turned(page.turned), self.settings.preview_side
                preview, *thumbnails = stored_copies(upright, side, with_thumbnail=not thumbnail)
                previews.append(preview)
                thumbnail = thumbnail or thumbnails[0]
            if time.perf_counter() - started > self.settings.timeout:  # the client has been answered already
                raise RequestTimeout(
                    "the time limit was reached after page {page}: send fewer pages at once", page=len(pages)
                )
        reading = Reading(reading_id, now(), tuple(pages), name, thumbnail, tuple(previews))
        self._store.save(reading)
        self.quota.reading_saved(owner_of(reading_id))  # a file of a batch may belong to another owner than self.owner
        self._sweeper.sweep()
        numbers = [number for page in pages for number in page.numbers]
        accepted = [digit.accepted for number in numbers for digit in number.digits]
        seconds = time.perf_counter() - started
        self.metrics.count_reading(seconds, len(numbers), sum(accepted), len(accepted) - sum(accepted))
        return reading

    def _correct(self, reading_id: str, requests: Sequence[CorrectionRequest]) -> list[Correction]:
        reading, earlier = self._store.get(reading_id, pictures=False), self._store.corrections_of([reading_id])
        corrections = make_corrections(reading, earlier, requests)
        self._store.correct(reading_id, corrections)
        self.metrics.count_corrections(len(corrections))
        return corrections

    def _withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        stored_ids = [correction.id for correction in self._store.corrections_of([reading_id])]
        if correction_id in stored_ids[:-1]:
            raise NotTheLastCorrection("only the last correction can be taken back: take back the later ones first")
        self._store.withdraw_correction(reading_id, correction_id)

    def _require_owner(self, reading_id: str) -> None:
        """Raise NotStored for another owner's reading, as if it did not exist."""
        if not belongs_to(reading_id, self.owner):
            raise ReadingNotFound(READING_MISSING)
