"""Style sheet, scripts and pictures of the pages: where they lie, how long they are kept, and their text made small.

Their address has a digest of all of them, so that browsers keep them for good, and so that a script never imports one
of another version. Pages themselves are not made small: they hold tokens beside what was sent (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

FOLDER = Path(__file__).parent / "static"
FOR_EVER = 31_536_000
"""Seconds of a year: what lies at an address with a digest never changes."""
TEXT = ("text/css", "text/javascript", "image/svg+xml")


def static_path() -> str:
    """Where they are served."""
    found = hashlib.sha256()
    for path in sorted(path for path in FOLDER.iterdir() if path.is_file()):
        found.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"/static/{found.hexdigest()[:16]}"


def serve_small(app: Flask) -> None:
    """Sends text with gzip to who takes it, and says that it never changes."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = FOR_EVER

    @app.after_request
    def shrink(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in TEXT:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings.quality("gzip"):
            etag, _ = response.get_etag()
            response.close()  # the file, which is not sent
            response.direct_passthrough = False
            response.set_data(_small(FOLDER / (request.view_args or {})["filename"]))
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(etag or "", weak=True)  # the same text, not the same bytes
        return response


@cache
def _small(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
