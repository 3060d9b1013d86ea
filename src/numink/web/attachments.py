"""Readings sent as a file to be kept: the answer to a download, of the history or of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import Protocol

from flask import Response, send_file

from ..service.downloads import Missing, Readings, as_csv, as_json, as_zip


class Each(Protocol):
    """Gives readings, with their pictures where asked to."""

    def __call__(self, *, pictures: bool) -> Readings:
        """See the class."""


def attached(name: str, kind: str, each: Each, missing: Sequence[Missing] = ()) -> Response:
    """The readings that `each` gives, and what is `missing`, as a file of a `kind`: csv, json or zip."""
    if kind == "zip":
        return send_file(
            as_zip(each(pictures=True), missing), "application/zip", as_attachment=True, download_name=f"{name}.zip"
        )
    lines = (as_csv if kind == "csv" else as_json)(each(pictures=False), missing)
    first = list(islice(lines, 2))  # an error of the store is an error, not half a file
    response = Response(chain(first, lines), content_type="text/csv" if kind == "csv" else "application/json")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{kind}"
    return response
