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

from ..store import Reading
from ..table import COLUMNS, harmless, rows
from .archive import Fixed

HEAD = ("reading", "created", *COLUMNS, "read_as")
"""`number` is what counts, the correction where there is one; `read_as` what numink had read there."""
IN_MEMORY = 8_000_000
"""Bytes of a ZIP file; what is larger is written to the disk."""
Readings = Iterator[tuple[Reading, Fixed]]


@dataclass(frozen=True)
class Missing:
    """A file that has no number, and why; `kept` where it has a reading all the same."""

    file: str
    said: str
    kept: bool = False


def as_csv(readings: Readings, missing: Iterable[Missing] = ()) -> Iterator[str]:
    """Line by line, with a head; a reading without numbers has no line, those that are `missing` have one."""
    yield _line(HEAD)
    for reading, fixes in readings:
        for at, page in enumerate(reading.pages):
            for place, row in enumerate(rows(page)):
                yield _line(_corrected((reading.id, reading.created, *row), fixes.get((at, place))))
    for one in missing:
        yield _line(
            [{"file": harmless(one.file), "accepted": "no", "read_as": one.said}.get(name, "") for name in HEAD]
        )


def as_json(readings: Readings, missing: Iterable[Missing] = ()) -> Iterator[str]:
    """An array of readings as the API gives them, with `corrections`; and of those that are `missing`."""
    yield "["
    errors = ({"name": one.file, "error": one.said} for one in missing if not one.kept)
    objects = chain((_object(*one) for one in readings), errors)
    for at, one in enumerate(objects):
        yield (",\n" if at else "\n") + json.dumps(one, ensure_ascii=False)
    yield "\n]\n"


def as_zip(readings: Readings, missing: Sequence[Missing] = ()) -> IO[bytes]:
    """A file with readings.csv, readings.json and the pictures that were kept, named by their readings' ids."""
    held = list[tuple[Reading, Fixed]]()
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller sends and closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for reading, fixes in readings:
            if reading.preview:  # JPEG is compressed already
                archive.writestr(_picture_name(reading), reading.preview, zipfile.ZIP_STORED)
            held.append((Reading(reading.id, reading.created, reading.pages, reading.name), fixes))
        archive.writestr("readings.csv", "".join(as_csv(iter(held), missing)))
        archive.writestr("readings.json", "".join(as_json(iter(held), missing)))
    file.seek(0)
    return file


def _picture_name(reading: Reading) -> str:
    return f"pictures/{reading.id.rpartition(':')[2]}.jpg"


def _corrected(row: tuple[Any, ...], fix: str | None) -> tuple[Any, ...]:
    """`row` with the correction in the place of the number."""
    if fix is None:
        return (*row, "")
    number, accepted = HEAD.index("number"), HEAD.index("accepted")
    return (*row[:number], fix, *row[number + 1 : accepted], "corrected", *row[accepted + 1 :], row[number])


def _line(row: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def _object(reading: Reading, fixes: Fixed) -> dict[str, Any]:
    return {
        "id": reading.id, "created": reading.created, "name": reading.name,
        "pages": [page.to_dict() for page in reading.pages],
        "corrections": [{"page": page, "number": number, "text": text} for (page, number), text in fixes.items()],
    }  # fmt: skip
