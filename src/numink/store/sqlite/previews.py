"""Previews in the SQLite file: a row for each page, so that the preview of one page costs the bytes of one page.

Those of first pages are in a table of their own, which is older: most readings have no other page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection

from ..previews import unpack_previews
from ..reading import Reading


def add_previews(connection: Connection, reading: Reading) -> None:
    """Add the previews of a reading, within the transaction that saves it."""
    for page, preview in enumerate(reading.previews):
        if preview and page:
            connection.execute("INSERT INTO later_preview VALUES (?, ?, ?)", (reading.id, page, preview))
        elif preview:
            connection.execute("INSERT INTO preview VALUES (?, ?)", (reading.id, preview))


def select_preview(connection: Connection, reading_id: str, page: int) -> bytes:
    """Return the preview of one page; empty where none is stored."""
    query = "SELECT picture FROM page_preview WHERE reading = ? AND page = ?"
    row = connection.execute(query, (reading_id, page)).fetchone()
    return bytes(row[0]) if row else b""


def with_previews(connection: Connection, readings: Sequence[Reading]) -> list[Reading]:
    """Return readings with their previews."""
    query = "SELECT page, picture FROM page_preview WHERE reading = ?"
    return [
        replace(reading, previews=_in_order(dict(connection.execute(query, (reading.id,))))) for reading in readings
    ]


def count_preview_bytes(connection: Connection, bounds: tuple[str, str]) -> int:
    """Return the bytes of the previews of an owner; `bounds` are those of `rows.id_bounds`. No picture is read."""
    size = "SELECT total(length(picture)) FROM {} WHERE reading > ? AND reading < ?".format
    query = f"SELECT ({size('preview')}) + ({size('later_preview')})"
    return int(connection.execute(query, bounds * 2).fetchone()[0])


def unpacked_preview(packed: bytes, page: int) -> bytes:
    """Return the preview of one page as versions before the table of later pages stored it, for the migration."""
    return (*unpack_previews(packed), *[b""] * (page + 1))[page]


def _in_order(previews: Mapping[int, bytes]) -> tuple[bytes, ...]:
    return tuple(previews.get(page, b"") for page in range(max(previews, default=-1) + 1))
