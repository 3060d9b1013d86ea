"""Limits of requests with many files: their size, and the number of them that are parsed at the same time.

Werkzeug parses a form before the view is called, and holds small files in memory: hence both limits. Requests that
exceed the number are refused at once with Retry-After.
"""

from __future__ import annotations

import threading

from flask import Flask, g, request

from ..service.reading_threads import QueueFull
from ..settings import Settings
from .reading_endpoints import MULTI_FILE_ENDPOINTS
from .security import MAX_FORM_BYTES

MAX_CONCURRENT_UPLOADS = 16
"""Number of such requests that are parsed at the same time."""
MAX_FILES = 100
"""Number of files in one request; a ZIP file counts as one."""
MAX_FIELDS = 50


def init_upload_limits(app: Flask, settings: Settings) -> None:
    """Set the limits of requests with many files, before their forms are parsed."""
    slots = threading.BoundedSemaphore(MAX_CONCURRENT_UPLOADS)

    @app.url_value_preprocessor
    def take_slot(endpoint: str | None, _values: object) -> None:
        if endpoint not in MULTI_FILE_ENDPOINTS or request.method != "POST":
            return
        request.max_content_length = settings.zip_bytes + MAX_FORM_BYTES
        request.max_form_parts = MAX_FILES + MAX_FIELDS
        if not slots.acquire(blocking=False):
            raise QueueFull("numink is busy receiving other files: try again in a few seconds")
        g.has_upload_slot = True

    @app.teardown_request
    def release_slot(_error: BaseException | None) -> None:
        if g.pop("has_upload_slot", False):
            slots.release()
