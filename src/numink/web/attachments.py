"""Readings as a file to download, for the pages of the history and of batches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import Protocol

from flask import Response, send_file

from ..service.downloads import CorrectedReadings, UnreadFile, as_csv, as_json, as_zip


class ReadingsSource(Protocol):
    """Returns readings, with their pictures if asked to."""

    def __call__(self, *, pictures: bool) -> CorrectedReadings:
        """Return the readings."""


def send_readings(name: str, kind: str, source: ReadingsSource, unread: Sequence[UnreadFile] = ()) -> Response:
    """Send the readings of `source`, and the files in `unread`, as a file of a `kind`: csv, json or zip."""
    if kind == "zip":
        return send_file(
            as_zip(source(pictures=True), unread), "application/zip", as_attachment=True, download_name=f"{name}.zip"
        )
    lines = (as_csv if kind == "csv" else as_json)(source(pictures=False), unread)
    first_lines = list(islice(lines, 2))  # so that an error of the store becomes an error response, not half a file
    content_type = "text/csv" if kind == "csv" else "application/json"
    response = Response(chain(first_lines, lines), content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{kind}"
    return response
