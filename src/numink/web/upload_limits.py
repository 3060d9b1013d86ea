"""Room for requests with many files, and a door that lets in few of them at a time.

Werkzeug takes a request's form apart before a view is called, its small files in memory: so their count is limited, and
how many such requests there are at once. Who finds the door shut is told at once when to come back.
"""

from __future__ import annotations

import threading

from flask import Flask, g, request

from ..service.reading_service import QueueFull
from ..settings import Settings
from .reading_endpoints import MANY
from .security import FORM_ROOM

AT_ONCE = 16
"""Such requests that are taken apart at a time."""
FILES = 100
"""Files of one of them; a ZIP file is one."""
FIELDS = 50


def make_room(app: Flask, settings: Settings) -> None:
    """Sets the limits of those requests, before anything looks at their forms."""
    door = threading.BoundedSemaphore(AT_ONCE)

    @app.url_value_preprocessor
    def enter(endpoint: str | None, _values: object) -> None:
        if endpoint not in MANY or request.method != "POST":
            return
        request.max_content_length = settings.zip_bytes + FORM_ROOM
        request.max_form_parts = FILES + FIELDS
        if not door.acquire(blocking=False):
            raise QueueFull("numink is taking other files just now: try again in a few seconds")
        g.inside = True

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("inside", False):
            door.release()
