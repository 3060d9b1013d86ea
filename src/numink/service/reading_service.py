"""Where requests meet the reader and the store: a few threads that work, and a line of bounded length.

All reading and storing is done by `threads` threads, however many connections wait, so that memory does not
grow with the number of clients. Who finds the line full is turned away at once. This file does not know HTTP.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from copy import copy
from dataclasses import replace
from typing import IO, TypeVar

from ..errors import NuminkError, ReadingNotFound
from ..export.overlay import draw_explanation
from ..imaging.decode import open_picture
from ..imaging.documents import open_pages
from ..reader import Reader
from ..recognition.constraints import Constraints
from ..results import Box, Page
from ..settings import Settings
from ..store.batches import Task
from ..store.correction import Correction
from ..store.ids import new_id, now, owner_of
from ..store.protocol import Store
from ..store.reading import Reading
from .batch_worker import BatchWorker
from .batches import Batches
from .corrections import CorrectionRequest, NoSuchNumber, corrections_of
from .filenames import printable
from .history import History, RetentionSweeper
from .metrics import Metrics
from .options import Options
from .quota import NoQuota, Quota

Result = TypeVar("Result")
THUMBNAIL_SIDE = 240
"""Longer side of the small copy, in pixels: twice what a page shows, for fine screens."""


class QueueFull(NuminkError):
    """The line is full: nothing was begun."""

    kind = "queue-full"


class TookTooLong(NuminkError):
    """No answer within the time of a request."""

    kind = "took-too-long"


class NotTheLast(NuminkError):
    """Later corrections stand on this one."""

    kind = "not-the-last"


class ReadingService:
    """Reads, keeps, finds and corrects, for one owner; `of` gives another owner's, which shares all parts."""

    def __init__(self, settings: Settings, reader: Reader, store: Store, metrics: Metrics) -> None:
        self.settings = settings
        self.reader = reader
        self.metrics = metrics
        self.owner = settings.owner
        self.quota: Quota = NoQuota()
        self._store = store
        self._pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="desk")
        self.history = History(self.owner, store, self._run)
        self._tidying = RetentionSweeper(store, settings.keep_days)
        self._tidying.look()
        self._places = threading.BoundedSemaphore(settings.threads + settings.queue)
        self._feeder = BatchWorker(store.batches, self._do, self._pool, settings)

    @property
    def batches(self) -> Batches:
        """The owner's."""
        return Batches(self.owner, self.history, self._feeder, self._run, self.settings, self.quota)

    def for_owner(self, owner: str) -> ReadingService:
        """The same threads, line and store, for an owner."""
        other = copy(self)
        other.owner = owner
        other.history = History(owner, self._store, self._run)
        return other

    def warm_up(self, picture: bytes) -> None:
        """Reads a picture once on every thread, so that the first client does not wait for that."""
        for done in [self._pool.submit(self.reader.read, picture) for _ in range(self.settings.threads)]:
            done.result()
        self._feeder.start()

    def read(self, upload: IO[bytes], name: str, *, single: bool, constraints: Constraints | None = None) -> Reading:
        """Reads a picture and keeps the reading; once this returns it is in the store."""

        def read() -> Reading:
            self.quota.take(self.owner)
            return self._read(new_id(self.owner), upload.read(), printable(name), single, constraints)

        return self._run(read)

    def read_without_saving(self, upload: IO[bytes], *, single: bool) -> Page:
        """Reads a picture, and keeps nothing of it."""
        return self._run(lambda: self.reader.read(upload.read(), single=single))

    def get(self, reading_id: str, *, pictures: bool = False) -> Reading:
        """A reading of the owner's, with its large pictures or without. Raises ReadingNotFound."""
        self._owned(reading_id)
        return self._run(lambda: self._store.get(reading_id, pictures=pictures))

    def picture(self, reading_id: str, page: int) -> bytes:
        """The large copy of a page's picture, from 0; empty where none is kept. Raises ReadingNotFound."""
        self._owned(reading_id)
        return self._run(lambda: self._store.picture(reading_id, page))

    def recent(self, before: str | None, limit: int) -> list[Reading]:
        """The owner's readings, newest first."""
        if before is not None:
            self._owned(before)
        return self._run(lambda: self._store.recent(self.owner, before, limit))

    def delete(self, reading_id: str) -> None:
        """Removes a reading of the owner's. Raises ReadingNotFound."""
        self._owned(reading_id)
        self._run(lambda: self._store.delete(reading_id))

    def correct(self, reading_id: str, fixes: Sequence[CorrectionRequest]) -> list[Correction]:
        """Keeps what a reading should have said. Raises ReadingNotFound, NoSuchNumber or WrongFix."""
        self._owned(reading_id)
        return self._run(lambda: self._correct(reading_id, fixes))

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Removes the last correction of a reading. Raises ReadingNotFound, or NotTheLast for another one."""
        self._owned(reading_id)
        self._run(lambda: self._take_back(reading_id, correction_id))

    def explain(self, reading_id: str, place: tuple[int, int, int]) -> bytes:
        """A PNG of what counted for a digit: page, number and digit, from 0. Raises ReadingNotFound or NoSuchNumber."""
        self._owned(reading_id)
        return self._run(lambda: self._explain(reading_id, place))

    def check(self) -> str:
        """What is wrong with the history, though pictures are read; empty: nothing. Raises StoreError."""
        return self._run(self._store.check)

    def unsent(self) -> int:
        """See `Store.unsent`; told though the line is full."""
        return self._store.unsent()

    def close(self) -> None:
        """Ends the threads, after what they are doing, and closes the store."""
        self._feeder.close()
        self._pool.shutdown(wait=True)
        self._store.close()

    def _run(self, task: Callable[[], Result]) -> Result:
        if not self._places.acquire(blocking=False):
            raise QueueFull("numink is busy with other pictures: try again in a few seconds")
        self.metrics.waits(+1)
        future = self._pool.submit(task)
        future.add_done_callback(self._leave)
        try:
            return future.result(timeout=self.settings.timeout)
        except FutureTimeout:
            future.cancel()
            raise TookTooLong(
                "there was no answer within {most} seconds: try a smaller picture", most=self.settings.timeout
            ) from None

    def _leave(self, _done: Future[Result]) -> None:
        self.metrics.waits(-1)
        self._places.release()

    def _do(self, task: Task) -> None:
        """Reads a file of a batch, but where that was done before its reader ended; see `BatchWorker`."""
        try:
            self._store.get(task.reading_id, pictures=False)
        except ReadingNotFound:
            self.quota.take(owner_of(task.reading_id), waited=True)
            options = Options.from_dict(task.options)
            self._read(task.reading_id, task.content, task.name, options.single, options.constraints())

    def _read(
        self, reading_id: str, content: bytes, name: str, single: bool, constraints: Constraints | None
    ) -> Reading:
        started = time.perf_counter()
        pages: list[Page] = []
        previews: list[bytes] = []
        thumbnail = b""
        for picture in open_pages(content, self.settings.limits):
            read = self.reader.read(picture, single=single, constraints=constraints)
            pages.append(replace(read, file=name, page=len(pages) + 1))
            if self.settings.keep_pictures:  # drawn anew, never the bytes that were sent
                sides = (self.settings.preview_side, *(() if thumbnail else (THUMBNAIL_SIDE,)))
                preview, *small = picture.turned(read.turned).previews(*sides)
                previews.append(preview)
                thumbnail = thumbnail or small[0]
            if time.perf_counter() - started > self.settings.timeout:  # nobody waits any more: others are in line
                raise TookTooLong(
                    "page {page} was reached in the time of a request: send fewer pages at once", page=len(pages)
                )
        reading = Reading(reading_id, now(), tuple(pages), name, thumbnail, tuple(previews))
        self._store.save(reading)
        self.quota.settle(owner_of(reading_id))  # of a batch's file it is not the owner of this desk
        self._tidying.look()
        self._count(pages, time.perf_counter() - started)
        return reading

    def _count(self, pages: Sequence[Page], seconds: float) -> None:
        numbers = [number for page in pages for number in page.numbers]
        digits = [digit.accepted for number in numbers for digit in number.digits]
        self.metrics.read(seconds, len(numbers), sum(digits), len(digits) - sum(digits))

    def _correct(self, reading_id: str, fixes: Sequence[CorrectionRequest]) -> list[Correction]:
        reading, before = self._store.get(reading_id, pictures=False), self._store.corrections_of([reading_id])
        corrections = corrections_of(reading, before, fixes)
        self._store.correct(reading_id, corrections)
        self.metrics.corrected(len(corrections))
        return corrections

    def _take_back(self, reading_id: str, correction_id: str) -> None:
        kept = [one.id for one in self._store.corrections_of([reading_id])]
        if correction_id in kept[:-1]:
            raise NotTheLast("only the last correction of a reading can be taken back: take back those after it first")
        self._store.withdraw_correction(reading_id, correction_id)

    def _explain(self, reading_id: str, place: tuple[int, int, int]) -> bytes:
        """From the kept copy, which may be smaller than the picture that the boxes are of."""
        reading = self._store.get(reading_id, pictures=False)
        if not (preview := self._store.picture(reading_id, place[0])):
            raise ReadingNotFound("no copy of this picture was kept")
        try:
            page = reading.pages[place[0]]
            digit = page.numbers[place[1]].digits[place[2]]
        except IndexError:
            raise NoSuchNumber("the reading has no such digit: page, number and digit count from 0") from None
        picture = open_picture(preview)
        scale = picture.width / page.width
        box = Box(*(round(value * scale) for value in digit.box))
        return draw_explanation(self.reader.explain(picture, box, digit.text))

    def _owned(self, reading_id: str) -> None:
        """Whose reading it is stands in its id: another's is not there at all."""
        if owner_of(reading_id) != self.owner:
            raise ReadingNotFound("there is no such reading: it was deleted, or the id is wrong")
