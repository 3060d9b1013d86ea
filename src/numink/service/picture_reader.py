"""From pictures to a stored reading: pages, reduced copies, quota, counts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from ..imaging.decode import Picture
from ..reader import Reader
from ..results import Page
from ..store.ids import now, owner_of
from ..store.protocol import Store
from ..store.reading import Reading
from .history import RetentionSweeper
from .metrics import Metrics
from .options import Options
from .page_pictures import stored_copies
from .parameters import ServiceParameters
from .quota import Quota
from .task_queue import RequestTimeout


class PictureReader:
    """Reads pictures of any owner and stores the readings; all its parts are given, and never change."""

    def __init__(
        self, reader: Reader, store: Store, quota: Quota, metrics: Metrics, parameters: ServiceParameters
    ) -> None:  # fmt: skip
        self.reader = reader
        self.store = store
        self.quota = quota
        self.metrics = metrics
        self.parameters = parameters
        self._sweeper = RetentionSweeper(store, parameters.keep_days)
        self._sweeper.sweep()

    def read_page(self, source: bytes | Picture, options: Options) -> Page:
        """Read one page without storing anything."""
        return self.reader.read(
            source, single=options.single, constraints=options.constraints(), options=options.read_options(),
            regions=options.boxes(),
        )  # fmt: skip

    def read(self, reading_id: str, pictures: Iterable[Picture], name: str, options: Options) -> Reading:
        """Read the pages of a document and store the reading. Raises RequestTimeout, InputError or StoreError."""
        started = time.perf_counter()
        pages: list[Page] = []
        previews: list[bytes] = []
        thumbnail = b""
        for picture in pictures:
            page = self.read_page(picture, options)
            pages.append(replace(page, file=name, page=len(pages) + 1))
            if self.parameters.keep_pictures:  # always drawn anew: the uploaded bytes are never stored
                upright, side = picture.turned(page.turned), self.parameters.preview_side
                preview, *thumbnails = stored_copies(upright, side, with_thumbnail=not thumbnail)
                previews.append(preview)
                thumbnail = thumbnail or thumbnails[0]
            if time.perf_counter() - started > self.parameters.timeout:  # the client has been answered already
                raise RequestTimeout(
                    "the time limit was reached after page {page}: send fewer pages at once", page=len(pages)
                )
        reading = Reading(reading_id, now(), tuple(pages), name, thumbnail, tuple(previews))
        self._sweeper.sweep()  # before anything is stored, so that what is swept makes room on a full disk
        self.store.save(reading)
        self.quota.reading_saved(owner_of(reading_id))
        numbers = [number for page in pages for number in page.numbers]
        accepted = [digit.accepted for number in numbers for digit in number.digits]
        seconds = time.perf_counter() - started
        self.metrics.count_reading(seconds, len(numbers), sum(accepted), len(accepted) - sum(accepted))
        return reading
