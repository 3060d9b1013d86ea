"""All that one owner may do: read, look up, correct and delete, with their history and their batches.

API and pages use the same scope. It checks of each id whether it is the owner's, and runs each call on a thread of the
task queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from ..errors import ReadingNotFound
from ..reader import Reader
from ..results import Page
from ..store.batches import Task
from ..store.correction import Correction
from ..store.protocol import Store
from ..store.reading import READING_MISSING, Reading
from .batches import Batches
from .corrections import CorrectionRequest, NotTheLastCorrection, make_corrections
from .filenames import printable
from .history import History
from .options import Options
from .ownership import belongs_to
from .page_pictures import PageRegion, explain_digit
from .picture_reader import PictureReader
from .task_queue import TaskQueue, run_here


@dataclass(frozen=True)
class OwnerService:
    """Operations of one owner.

    Attributes:
        owner: The owner.
    """

    owner: str
    _pictures: PictureReader
    _queue: TaskQueue
    _wake_batch_worker: Callable[[], None]

    @property
    def reader(self) -> Reader:
        """Reader of all pictures."""
        return self._pictures.reader

    @property
    def history(self) -> History:
        """The owner's readings."""
        return History(self.owner, self._store, self._queue.run)

    @property
    def batches(self) -> Batches:
        """The owner's batches."""
        pictures = self._pictures
        return Batches(self.history, pictures.store, self._wake_batch_worker, pictures.parameters, pictures.quota)

    def read(self, upload: IO[bytes], name: str, options: Options) -> Reading:
        """Read a picture and store the reading before returning it. Raises InvalidConstraint for invalid options."""
        options.validate(self._pictures.parameters.max_valid_numbers)

        with self._queue.queue_slot():
            reading_id = self._queue.wait(self._charge)
            pages = self._pictures.pages(upload)
            return self._pictures.read(reading_id, pages, printable(name), options, self._queue.wait)

    def read_region(self, region: PageRegion, file: IO[bytes] | None, options: Options) -> Reading:
        """Read a part of a page that was read before, and store it as a reading of its own.

        `file` is the file of the page, at its full size; None stands for the stored copy. Raises ReadingNotFound,
        InputError (its subclass InvalidRegion for another file) or InvalidConstraint.
        """
        self._require_owner(region.reading_id)
        options.validate(self._pictures.parameters.max_valid_numbers)

        parameters = self._pictures.parameters
        with self._queue.queue_slot():
            reading_id = self._queue.wait(self._charge)
            limits, side = parameters.pictures, parameters.preview_side
            pages, name, fit = self._queue.wait(lambda: region.open(self._store, file, limits, side))
            return self._pictures.read(reading_id, pages, name, options, self._queue.wait, fit)

    def read_without_saving(self, upload: IO[bytes], options: Options) -> Page:
        """Read a picture without storing anything. Raises InvalidConstraint for invalid options."""
        options.validate(self._pictures.parameters.max_valid_numbers)
        with self._queue.queue_slot():
            return self._pictures.read_without_saving(upload, options)

    def read_batch_file(self, task: Task) -> None:
        """Read a file of a batch on this thread, unless a process that died had already stored its reading."""
        try:
            self._store.get(task.reading_id, pictures=False)
        except ReadingNotFound:
            self._pictures.quota.charge_reading(self.owner, queued=True)
            pages = self._pictures.pages(BytesIO(task.content))
            self._pictures.read(task.reading_id, pages, task.name, Options.from_dict(task.options), run_here)

    def get(self, reading_id: str, *, pictures: bool = False) -> Reading:
        """Return a reading of the owner's, with or without the previews of its pages. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        return self._queue.run(lambda: self._store.get(reading_id, pictures=pictures))

    def picture(self, reading_id: str, page: int) -> bytes:
        """Return the preview of a page, counted from 0; empty where none is stored. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        return self._queue.run(lambda: self._store.picture(reading_id, page))

    def recent(self, before: str | None, limit: int) -> list[Reading]:
        """Return the owner's newest readings, or those older than the id `before`. Raises ReadingNotFound."""
        if before is not None:
            self._require_owner(before)
        return self._queue.run(lambda: self._store.recent(self.owner, before, limit))

    def delete(self, reading_id: str) -> None:
        """Delete a reading of the owner's. Raises ReadingNotFound."""
        self._require_owner(reading_id)
        self._queue.run(lambda: self._store.delete(reading_id))

    def correct(self, reading_id: str, requests: Sequence[CorrectionRequest]) -> list[Correction]:
        """Store corrections of a reading. Raises ReadingNotFound, NoSuchNumber or InvalidCorrection."""
        self._require_owner(reading_id)
        return self._queue.run(lambda: self._correct(reading_id, requests))

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Remove the last correction of a reading. Raises ReadingNotFound or NotTheLastCorrection."""
        self._require_owner(reading_id)
        self._queue.run(lambda: self._withdraw_correction(reading_id, correction_id))

    def explain(self, reading_id: str, page: int, number: int, digit: int) -> bytes:
        """Return a PNG of the strokes that decided a digit; all from 0. Raises ReadingNotFound or NoSuchNumber."""
        self._require_owner(reading_id)
        return self._queue.run(
            lambda: explain_digit(self._store, self.reader, reading_id, page=page, number=number, digit=digit)
        )

    @property
    def _store(self) -> Store:
        return self._pictures.store

    def _charge(self) -> str:
        """Count a reading against the owner's quota, and return its id."""
        self._pictures.quota.charge_reading(self.owner)
        return self._store.new_id(self.owner)

    def _correct(self, reading_id: str, requests: Sequence[CorrectionRequest]) -> list[Correction]:
        reading, earlier = self._store.get(reading_id, pictures=False), self._store.corrections_of([reading_id])
        corrections = make_corrections(reading, earlier, requests)
        self._store.correct(reading_id, corrections)
        self._pictures.metrics.count_corrections(len(corrections))
        return corrections

    def _withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        stored_ids = [correction.id for correction in self._store.corrections_of([reading_id])]
        if correction_id in stored_ids[:-1]:
            raise NotTheLastCorrection("only the last correction can be taken back: take back the later ones first")
        self._store.withdraw_correction(reading_id, correction_id)

    def _require_owner(self, reading_id: str) -> None:
        """Raise ReadingNotFound for another owner's reading, as if it did not exist."""
        if not belongs_to(reading_id, self.owner):
            raise ReadingNotFound(READING_MISSING)
