"""The table of corrections in a SQLite file: kept, taken back, listed.

Statements are put together from the constants of this file and of `sqlite.py` alone; values are parameters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import ReadingNotFound
from ...results import Box
from ..correction import Correction
from .connection import SqliteFile
from .rows import MOMENT

GONE = "there is no such reading: it was deleted, or the id is wrong"
COLUMNS = "id, reading, created, page, number, text, digit, box, places, whole"
SAID = "iif(c.digit IS NULL, c.text, c.whole)"
"""What a correction `c` says that a number, or all of a page, is."""


def keep(file: SqliteFile, reading_id: str, corrections: Sequence[Correction]) -> None:
    """See `Store.correct`."""
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with file.writing() as connection:
        there = "SELECT 1 FROM reading WHERE id = ? AND discarded IS NULL"
        if connection.execute(there, (reading_id,)).fetchone() is None:
            raise ReadingNotFound(GONE)
        connection.executemany(
            f"INSERT INTO correction ({COLUMNS}) VALUES ({marks}) ON CONFLICT DO NOTHING",
            [_row(one, reading_id) for one in corrections],
        )


def take_back(file: SqliteFile, reading_id: str, correction_id: str) -> None:
    """See `Store.take_back`."""
    with file.writing() as connection:
        done = connection.execute(
            "DELETE FROM correction WHERE id = ? AND reading ="
            " (SELECT id FROM reading WHERE id = ? AND discarded IS NULL)",
            (correction_id, reading_id),
        )
        if not done.rowcount:
            raise ReadingNotFound("there is no such correction: it was taken back before, or the id is wrong")


def select(file: SqliteFile, where: str, value: str) -> list[Correction]:
    """Those for which the condition `where` holds, with `value` in it, oldest first."""
    with file.lent() as connection:
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM correction WHERE {where} ORDER BY {MOMENT}", (value,)
        ).fetchall()
    return [_correction(row) for row in rows]


def _row(one: Correction, reading_id: str) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    box, places = (json.dumps(part) if part else None for part in (one.box, one.order))
    return (one.id, reading_id, one.created, one.page, one.number, one.text, one.digit, box, places, one.whole)


def _correction(row: Sequence[Any]) -> Correction:
    *plain, box, places, whole = row
    stands = Box(*json.loads(box)) if box else None
    return replace(Correction(*plain), box=stands, order=tuple(json.loads(places or "[]")), whole=whole)
