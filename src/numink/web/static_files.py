"""Static files of the pages: their address, how long browsers cache them, and compression of text.

The address contains a digest of all files, so that browsers can cache them for good and a script never imports one of
another version. Pages themselves are not compressed: they contain tokens beside user input (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

FOLDER = Path(__file__).parent / "static"
COMPRESSED_TYPES = ("text/css", "text/javascript", "image/svg+xml")


def static_path() -> str:
    """Return the URL path of the static files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.iterdir() if path.is_file()):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"/static/{digest.hexdigest()[:16]}"


def init_static_files(app: Flask) -> None:
    """Make `app` send static text with gzip to clients that accept it."""

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in COMPRESSED_TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings.quality("gzip"):
            etag, _ = response.get_etag()
            response.close()  # the opened file, which is not sent
            response.direct_passthrough = False
            response.set_data(_compressed(FOLDER / (request.view_args or {})["filename"]))
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(etag or "", weak=True)  # the same text, but other bytes
        return response


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
