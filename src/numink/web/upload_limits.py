"""Limits of requests with files: their size and number, and how many of them are parsed at the same time.

Werkzeug parses a form before the view is called, and holds small files in memory: hence both limits. Requests that
exceed the number are refused at once with Retry-After.
"""

from __future__ import annotations

import threading

from flask import Flask, g, request
from werkzeug.datastructures import FileStorage

from ..service.task_queue import QueueFull
from ..settings import Settings
from .problems import RequestError
from .reading_endpoints import MULTI_FILE_ENDPOINTS, READING_ENDPOINTS
from .security import MAX_FORM_BYTES

MAX_CONCURRENT_UPLOADS = 16
"""Number of such requests that are parsed at the same time."""
MAX_FILES = 100
"""Number of files in one request; a ZIP file counts as one."""
MAX_FIELDS = 50


MAX_JSON_BYTES = 1_000_000
"""Size of a JSON body that holds no picture."""
MAX_BYTES_IN_MEMORY = 500_000
"""Size of a file above which it is received on disk; so does Werkzeug's parser."""
MAX_LARGE_JSON = 4
"""Number of larger JSON bodies, with pictures in base64, that are parsed at the same time: each is held three times."""


def init_upload_limits(app: Flask, settings: Settings) -> None:
    """Set the limits of requests with many files, before their forms are parsed."""
    slots, json_slots = (threading.BoundedSemaphore(count) for count in (MAX_CONCURRENT_UPLOADS, MAX_LARGE_JSON))

    @app.url_value_preprocessor
    def set_limits(endpoint: str | None, _values: object) -> None:
        if request.method != "POST":
            return
        if endpoint in MULTI_FILE_ENDPOINTS:
            request.max_content_length = settings.zip_bytes + MAX_FORM_BYTES
            request.max_form_parts = MAX_FILES + MAX_FIELDS
            take_slot(slots)
        elif request.is_json and endpoint in READING_ENDPOINTS:
            request.max_content_length = settings.max_bytes * 3 // 2 + MAX_FORM_BYTES  # base64, with line breaks
            if request.content_length is None or request.content_length > MAX_JSON_BYTES:
                take_slot(json_slots)
        elif request.is_json:
            request.max_content_length = MAX_JSON_BYTES

    def take_slot(kind: threading.BoundedSemaphore) -> None:
        if not kind.acquire(blocking=False):
            raise QueueFull("numink is busy receiving other files: try again in a few seconds")
        g.upload_slot = kind

    @app.teardown_request
    def release_slot(_error: BaseException | None) -> None:
        if kind := g.pop("upload_slot", None):
            kind.release()


def single_file() -> FileStorage | None:
    """Return the file in the field `file`; None where there is none. Raises RequestError for several."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if len(files) > 1:
        raise RequestError(
            "several-files",
            "there are {count} files in the field 'file', and one is read at a time: send a batch for several",
            count=len(files),
        )
    return files[0] if files else None
