"""Readings as files to download: a CSV table, JSON, or a ZIP file with both and the pictures."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from ..corrections import CorrectedNumber, apply_corrections, corrected_pages, corrected_text
from ..export.csv_rows import COLUMNS, csv_line, harmless, rows, value_cell
from ..export.json_array import json_array
from ..results import Page
from ..store.correction import Correction
from ..store.reading import Reading
from .history import ReadingCorrections

ADDED_COLUMNS = ("kind", "value", "table", "row", "column")
"""Columns that came after version 1.0.0, and stand behind all others."""
CSV_HEADER = (
    "reading", "created", *(name for name in COLUMNS if name not in ADDED_COLUMNS), "read_as", *ADDED_COLUMNS,
)  # fmt: skip
"""Columns of the table. `number`, `kind` and `value` are those after corrections, `read_as` the text before, empty
where nobody has reviewed the number. A number that numink missed has no confidence and no `read_as`."""
MAX_ZIP_BYTES_IN_MEMORY = 8_000_000
"""Size above which a ZIP file is written to disk."""
CorrectedReadings = Iterator[tuple[Reading, ReadingCorrections]]


@dataclass(frozen=True)
class UnreadFile:
    """A file without a number and the reason for that; `has_reading` where it was read all the same."""

    file: str
    error: str
    has_reading: bool = False


def as_csv(readings: CorrectedReadings, unread: Iterable[UnreadFile] = ()) -> Iterator[str]:
    """Yield the lines of a CSV table: a header, a line for each number, and a line for each file in `unread`."""
    yield csv_line(CSV_HEADER)
    for reading, corrections in readings:
        for page_index, page in enumerate(reading.pages):
            page_rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows(page)]
            page_corrections = (correction for correction in corrections if correction.page == page_index)
            for number in apply_corrections(page, page_corrections):
                row = page_rows[number.index] if number.read else _row_of_missed(page, number)
                values = {"reading": reading.id, "created": reading.created, **row, **_corrected_cells(row, number)}
                yield csv_line(values.get(name, "") for name in CSV_HEADER)
    for file in unread:
        values = {"file": harmless(file.file), "accepted": "no", "read_as": file.error}
        yield csv_line(values.get(name, "") for name in CSV_HEADER)


def as_json(readings: CorrectedReadings, unread: Iterable[UnreadFile] = ()) -> Iterator[str]:
    """Yield a JSON array of readings as the API returns them with `corrections`, and of files without a reading."""
    errors = ({"name": file.file, "error": file.error} for file in unread if not file.has_reading)
    return json_array(chain((_reading_object(*reading) for reading in readings), errors))


def as_zip(readings: CorrectedReadings, unread: Sequence[UnreadFile] = ()) -> IO[bytes]:
    """Return a ZIP file with readings.csv, readings.json and the stored pictures, named by their readings' ids."""
    without_pictures = list[tuple[Reading, ReadingCorrections]]()
    file = tempfile.SpooledTemporaryFile(MAX_ZIP_BYTES_IN_MEMORY)  # noqa: SIM115 - the caller sends and closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for reading, corrections in readings:
            for page, preview in enumerate(reading.previews):
                if preview:  # JPEG is compressed already
                    archive.writestr(_picture_name(reading, page), preview, zipfile.ZIP_STORED)
            without_pictures.append((Reading(reading.id, reading.created, reading.pages, reading.name), corrections))
        archive.writestr("readings.csv", "".join(as_csv(iter(without_pictures), unread)))
        archive.writestr("readings.json", "".join(as_json(iter(without_pictures), unread)))
    file.seek(0)
    return file


def _picture_name(reading: Reading, page: int) -> str:
    """Name of a page's picture; pages after the first have their number, counted from 1."""
    return f"pictures/{reading.id.rpartition(':')[2]}{f'-{page + 1}' if page else ''}.jpg"


def _row_of_missed(page: Page, number: CorrectedNumber) -> dict[str, Any]:
    """Values of COLUMNS for a number that numink missed."""
    box = zip("xywh", number.box, strict=True)
    return {"file": harmless(page.file), "page": page.page, "line": number.line, "accepted": "no", **dict(box)}


def _corrected_cells(row: Mapping[str, Any], number: CorrectedNumber) -> dict[str, Any]:
    """Cells that a correction changes; `accepted` is 'corrected' once nothing of the number is left to review."""
    if not number.is_reviewed:
        return {}
    parsed = number.parsed
    return {
        "number": harmless(number.text), "read_as": row.get("number", ""),
        "accepted": row["accepted"] if number.needs_review else "corrected",
        "kind": parsed.kind if number.text else "", "value": value_cell(parsed.value),
    }  # fmt: skip


def _reading_object(reading: Reading, corrections: ReadingCorrections) -> dict[str, Any]:
    return {
        "id": reading.id, "created": reading.created, "name": reading.name,
        "pages": [page.to_dict() for page in reading.pages],
        "final": "\n".join(filter(None, map(corrected_text, corrected_pages(reading, corrections)))),
        "corrections": [_correction_object(correction) for correction in corrections],
    }  # fmt: skip


def _correction_object(correction: Correction) -> dict[str, Any]:
    """The correction in the form in which the API accepts it."""
    target = {
        "number": correction.number, "digit": correction.digit, "box": correction.box,
        "order": correction.order or None,
    }  # fmt: skip
    text = {} if correction.order else {"text": correction.text}
    return {"page": correction.page, **{key: value for key, value in target.items() if value is not None}, **text}
