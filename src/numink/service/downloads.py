"""Readings taken along: as a table, as JSON, or as both with the pictures in a ZIP file. Knows no routes."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from ..corrections import CorrectedNumber, apply_corrections, corrected_pages, corrected_text
from ..export.csv_rows import COLUMNS, harmless, rows
from ..results import Page
from ..store.correction import Correction
from ..store.reading import Reading
from .history import ReadingCorrections

HEAD = ("reading", "created", *COLUMNS, "read_as")
"""`number` is what counts, the correction where there is one; `read_as` what numink had read there.
A number that was missed has no confidence and no `read_as`."""
IN_MEMORY = 8_000_000
"""Bytes of a ZIP file; what is larger is written to the disk."""
Readings = Iterator[tuple[Reading, ReadingCorrections]]


@dataclass(frozen=True)
class Missing:
    """A file that has no number, and why; `kept` where it has a reading all the same."""

    file: str
    error: str
    has_reading: bool = False


def as_csv(readings: Readings, missing: Iterable[Missing] = ()) -> Iterator[str]:
    """Line by line, with a head; a reading without numbers has no line, those that are `missing` have one."""
    yield _line(HEAD)
    for reading, fixes in readings:
        for at, page in enumerate(reading.pages):
            read = list(rows(page))
            for number in apply_corrections(page, (fix for fix in fixes if fix.page == at)):
                row = read[number.index] if number.read else _missed(page, number)
                yield _line(_corrected((reading.id, reading.created, *row), number))
    for one in missing:
        yield _line(
            [{"file": harmless(one.file), "accepted": "no", "read_as": one.error}.get(name, "") for name in HEAD]
        )


def as_json(readings: Readings, missing: Iterable[Missing] = ()) -> Iterator[str]:
    """An array of readings as the API gives them, with `corrections`; and of those that are `missing`."""
    yield "["
    errors = ({"name": one.file, "error": one.error} for one in missing if not one.has_reading)
    objects = chain((_object(*one) for one in readings), errors)
    for at, one in enumerate(objects):
        yield (",\n" if at else "\n") + json.dumps(one, ensure_ascii=False)
    yield "\n]\n"


def as_zip(readings: Readings, missing: Sequence[Missing] = ()) -> IO[bytes]:
    """A file with readings.csv, readings.json and the pictures that were kept, named by their readings' ids."""
    held = list[tuple[Reading, ReadingCorrections]]()
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller sends and closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for reading, fixes in readings:
            for page, preview in enumerate(reading.previews):
                if preview:  # JPEG is compressed already
                    archive.writestr(_picture_name(reading, page), preview, zipfile.ZIP_STORED)
            held.append((Reading(reading.id, reading.created, reading.pages, reading.name), fixes))
        archive.writestr("readings.csv", "".join(as_csv(iter(held), missing)))
        archive.writestr("readings.json", "".join(as_json(iter(held), missing)))
    file.seek(0)
    return file


def _picture_name(reading: Reading, page: int) -> str:
    """Of a document's other pages with their number, as people count."""
    return f"pictures/{reading.id.rpartition(':')[2]}{f'-{page + 1}' if page else ''}.jpg"


def _missed(page: Page, number: CorrectedNumber) -> tuple[Any, ...]:
    """A row of COLUMNS for a number that numink did not see."""
    return (harmless(page.file), page.page, number.line, "", "", "no", *number.box)


def _corrected(row: tuple[Any, ...], number: CorrectedNumber) -> tuple[Any, ...]:
    """`row` with what counts in the place of the number; corrected is it where nothing is left to look at."""
    if not number.is_reviewed:
        return (*row, "")
    at, accepted = HEAD.index("number"), HEAD.index("accepted")
    sure = row[accepted] if number.open_digits else "corrected"
    return (*row[:at], number.text, *row[at + 1 : accepted], sure, *row[accepted + 1 :], row[at])


def _line(row: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def _object(reading: Reading, fixes: ReadingCorrections) -> dict[str, Any]:
    return {
        "id": reading.id, "created": reading.created, "name": reading.name,
        "pages": [page.to_dict() for page in reading.pages],
        "final": "\n".join(text for numbers in corrected_pages(reading, fixes) if (text := corrected_text(numbers))),
        "corrections": [_said(fix) for fix in fixes],
    }  # fmt: skip


def _said(fix: Correction) -> dict[str, Any]:
    """As the API takes it."""
    place = {"number": fix.number, "digit": fix.digit, "box": fix.box, "order": fix.order or None}
    text = {} if fix.order else {"text": fix.text}
    return {"page": fix.page, **{name: value for name, value in place.items() if value is not None}, **text}
