"""Conversion between readings and rows, for the history and for the queue of pending writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection

from ...results import Page
from ..previews import unpack_previews
from ..reading import Reading

READING_COLUMNS = "id, created, name, pages, thumbnail"
"""Columns of a reading in a list, without previews."""
TIME_KEY = "substr(id, instr(id, ':') + 1)"
"""Part of an id that sorts by time among all owners; must be written as in the index."""


def reading_of(row: Sequence[str | bytes], previews: bytes = b"") -> Reading:
    """Return the reading of a row of READING_COLUMNS and of its previews as they are stored."""
    reading_id, created, name, pages, thumbnail = row
    return Reading(
        id=str(reading_id), created=str(created), name=str(name), previews=unpack_previews(previews),
        pages=tuple(Page.from_dict(page) for page in json.loads(pages)),
        thumbnail=bytes(thumbnail) if isinstance(thumbnail, bytes) else b"",
    )  # fmt: skip


def pages_column(reading: Reading) -> str:
    """Return the pages of a reading as the column `pages` stores them."""
    return json.dumps([page.to_dict() for page in reading.pages], separators=(",", ":"))


def last_id(connection: Connection, owner: str) -> str:
    """Return the greatest id of an owner's readings and batches; empty where there is none."""
    greatest = "SELECT max(id) AS id FROM {} WHERE id > ? AND id < ?".format
    both = f"SELECT max(id) FROM ({greatest('reading')} UNION ALL {greatest('batch')})"
    (greatest_id,) = connection.execute(both, id_bounds(owner) * 2).fetchone()
    return str(greatest_id or "")


def id_bounds(owner: str) -> tuple[str, str]:
    """Return texts that sort before all ids of an owner and after them: `;` follows `:` in ASCII."""
    return f"{owner}:", f"{owner};"
