"""Limits and durations that the service is made with."""

from __future__ import annotations

from dataclasses import dataclass

from ..imaging.limits import Limits
from ..store.batches import BatchLimits
from .uploads import ZipLimits


@dataclass(frozen=True, kw_only=True)
class ServiceParameters:
    """Parameters of a reading service.

    Attributes:
        threads: Pictures that are read at once.
        queue: Requests that may wait.
        timeout: Seconds after which a request is aborted.
        pictures: Limits of a picture or document.
        keep_pictures: True to store a copy of each page with its reading.
        preview_side: Longer side of such a copy in pixels.
        keep_days: Days after which a reading is deleted for good; 0 keeps all.
        batch_threads: Files of batches that are read at once.
        batch: Limits of a batch.
        zip: Limits of a ZIP file.
        max_zip_bytes: Bytes of a ZIP file as it is sent.
        max_valid_numbers: Valid numbers that a request may list.
        retry_hours: Hours to keep failed files of a batch for another attempt; 0 keeps none.
    """

    threads: int
    queue: int
    timeout: int
    pictures: Limits
    keep_pictures: bool
    preview_side: int
    keep_days: int
    batch_threads: int
    batch: BatchLimits
    zip: ZipLimits
    max_zip_bytes: int
    max_valid_numbers: int
    retry_hours: int
