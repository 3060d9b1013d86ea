"""From pictures to a stored reading: pages, reduced copies, quota, counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO

from ..imaging.decode import Picture
from ..imaging.documents import Pages
from ..reader import Reader
from ..results import Box, Page
from ..store.ids import now, owner_of
from ..store.protocol import Store
from ..store.reading import Reading
from .history import RetentionSweeper
from .metrics import Metrics
from .options import Options
from .page_pictures import stored_copies
from .parameters import ServiceParameters
from .quota import Quota
from .task_queue import RequestTimeout, Run, TaskQueue


class PictureReader:
    """Reads pictures of any owner and stores the readings; all its parts are given, and never change."""

    def __init__(
        self, reader: Reader, store: Store, quota: Quota, metrics: Metrics, parameters: ServiceParameters,
        queue: TaskQueue,
    ) -> None:  # fmt: skip
        self.reader = reader
        self.store = store
        self.quota = quota
        self.metrics = metrics
        self.parameters = parameters
        self._queue = queue
        self._sweeper = RetentionSweeper(store, parameters.keep_days)
        self._sweeper.sweep()

    def read_page(self, source: Picture, options: Options) -> Page:
        """Read one page without storing anything."""
        return self.reader.read(
            source, single=options.single, constraints=options.constraints(), options=options.read_options(),
            regions=options.boxes(),
        )  # fmt: skip

    def pages(self, file: IO[bytes]) -> Pages:
        """Return the pages of a document. Raises TooLarge."""
        return Pages(file, self.parameters.pictures, colour_side=self.parameters.preview_side)

    def read(
        self, reading_id: str, pictures: Iterator[Picture], name: str, options: Options, run: Run,
        fit: Callable[[Picture], tuple[Picture, Box]] | None = None,
    ) -> Reading:  # fmt: skip
        """Read the pages of a document, each by `run`, and store the reading; with `fit`, only a part of each.

        Raises RequestTimeout, InputError or StoreError.
        """
        started = time.perf_counter()
        pages: list[Page] = []
        previews: list[bytes] = []
        thumbnails: list[bytes] = []

        def read(picture: Picture) -> Page:
            picture, box = fit(picture) if fit else (picture, None)
            page = self.read_page(picture, options.with_region(box) if box else options)
            if self.parameters.keep_pictures:  # always drawn anew: the uploaded bytes are never stored
                upright, side = picture.turned(page.turned), self.parameters.preview_side
                preview, *thumbnail = stored_copies(upright, side, with_thumbnail=not thumbnails)
                previews.append(preview)
                thumbnails.extend(thumbnail)
            return replace(page, file=name, page=len(pages) + 1)

        while (page := self._queue.next_page(pictures, read, run)) is not None:
            pages.append(page)
            if time.perf_counter() - started > self.parameters.timeout:  # the client has been answered already
                raise RequestTimeout(
                    "the time limit was reached after page {page}: send fewer pages at once", page=len(pages)
                )
        reading = Reading(reading_id, now(), tuple(pages), name, thumbnails[0] if thumbnails else b"", tuple(previews))
        run(lambda: self._save(reading, time.perf_counter() - started))
        return reading

    def read_without_saving(self, file: IO[bytes], options: Options) -> Page:
        """Read the first page of a document. Raises RequestTimeout or InputError."""
        pages = self.pages(file)
        page = self._queue.next_page(pages, lambda picture: self.read_page(picture, options), self._queue.wait)
        assert page is not None  # noqa: S101 - a document has a page
        return page

    def _save(self, reading: Reading, seconds: float) -> None:
        self._sweeper.sweep()  # before anything is stored, so that what is swept makes room on a full disk
        self.store.save(reading)
        self.quota.reading_saved(owner_of(reading.id))
        numbers = [number for page in reading.pages for number in page.numbers]
        accepted = [digit.accepted for number in numbers for digit in number.digits]
        self.metrics.count_reading(seconds, len(numbers), sum(accepted), len(accepted) - sum(accepted))
