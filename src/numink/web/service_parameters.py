"""Parameters of the reading service from the settings."""

from __future__ import annotations

from ..service.parameters import ServiceParameters
from ..service.uploads import ZipLimits
from ..settings import Settings
from ..store.batches import BatchLimits


def service_parameters(settings: Settings) -> ServiceParameters:
    """Return the parameters of the reading service."""
    return ServiceParameters(
        threads=settings.threads, queue=settings.queue, timeout=settings.timeout, pictures=settings.limits,
        keep_pictures=settings.keep_pictures, preview_side=settings.preview_side, keep_days=settings.keep_days,
        batch_threads=settings.batch_threads, batch=BatchLimits(settings.batch_files, settings.batch_bytes),
        zip=ZipLimits(settings.batch_files, settings.max_bytes, settings.batch_bytes, settings.zip_ratio),
        max_zip_bytes=settings.zip_bytes, max_valid_numbers=settings.max_valid_numbers,
        retry_hours=settings.retry_hours,
    )  # fmt: skip
