"""Readings as rows of SQLite's tables, whichever file they are in: the history's, or what waits to be sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ...results import Page
from ..previews import unpacked
from ..reading import Reading

BRIEF = "id, created, name, pages, thumbnail"
"""What a list of readings needs: not the large picture."""
PICTURE = "(SELECT picture FROM preview WHERE preview.reading = reading.id)"
MOMENT = "substr(id, instr(id, ':') + 1)"
"""The part of an id that sorts by time whoever the owner is; as the index has it."""


def reading_of(row: Sequence[str | bytes], pictures: bytes = b"") -> Reading:
    """From the columns BRIEF, and its large pictures as they are kept."""
    reading_id, created, name, pages, thumbnail = row
    return Reading(
        id=str(reading_id), created=str(created), name=str(name), previews=unpacked(pictures),
        pages=tuple(Page.from_dict(page) for page in json.loads(pages)),
        thumbnail=bytes(thumbnail) if isinstance(thumbnail, bytes) else b"",
    )  # fmt: skip


def packed_pages(reading: Reading) -> str:
    """Its pages, as the column has them."""
    return json.dumps([page.to_dict() for page in reading.pages], separators=(",", ":"))


def ids_of(owner: str) -> tuple[str, str]:
    """Before the first and after the last id of this owner: no id sorts behind the sign that follows the colon."""
    return f"{owner}:", f"{owner};"
