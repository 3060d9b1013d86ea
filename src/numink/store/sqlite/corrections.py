"""Table of corrections in the SQLite file.

Statements are composed of constants of this package only; values are always parameters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import ReadingNotFound
from ...results import Box
from ..correction import CORRECTION_MISSING, Correction
from ..reading import READING_MISSING
from .connection import SqliteFile
from .rows import TIME_KEY

CORRECTION_COLUMNS = "id, reading, created, page, number, text, digit, box, places, whole"
CORRECTED_TEXT_SQL = "iif(c.digit IS NULL, c.text, c.whole)"
"""`Correction.corrected_text` of a row `c`."""


def insert_corrections(file: SqliteFile, reading_id: str, corrections: Sequence[Correction]) -> None:
    """Store corrections of a reading. See `Store.correct`."""
    placeholders = ", ".join("?" * len(CORRECTION_COLUMNS.split(",")))
    with file.transaction() as connection:
        reading = connection.execute("SELECT 1 FROM reading WHERE id = ? AND discarded IS NULL", (reading_id,))
        if reading.fetchone() is None:
            raise ReadingNotFound(READING_MISSING)
        connection.executemany(
            f"INSERT INTO correction ({CORRECTION_COLUMNS}) VALUES ({placeholders}) ON CONFLICT DO NOTHING",
            [_row(correction, reading_id) for correction in corrections],
        )


def delete_correction(file: SqliteFile, reading_id: str, correction_id: str) -> None:
    """Delete a correction of a reading. See `Store.withdraw_correction`."""
    statement = (
        "DELETE FROM correction WHERE id = ? AND reading = (SELECT id FROM reading WHERE id = ? AND discarded IS NULL)"
    )
    if not file.free(lambda connection: connection.execute(statement, (correction_id, reading_id)).rowcount):
        raise ReadingNotFound(CORRECTION_MISSING)


def select_corrections(file: SqliteFile, condition: str, value: str) -> list[Correction]:
    """Return the corrections that meet an SQL condition with one parameter, oldest first."""
    with file.connection() as connection:
        rows = connection.execute(
            f"SELECT {CORRECTION_COLUMNS} FROM correction WHERE {condition} ORDER BY {TIME_KEY}", (value,)
        ).fetchall()
    return [_correction(row) for row in rows]


def _row(correction: Correction, reading_id: str) -> tuple[Any, ...]:
    """Return the values of CORRECTION_COLUMNS."""
    box, order = (json.dumps(value) if value else None for value in (correction.box, correction.order))
    return (
        correction.id, reading_id, correction.created, correction.page, correction.number, correction.text,
        correction.digit, box, order, correction.whole,
    )  # fmt: skip


def _correction(row: Sequence[Any]) -> Correction:
    *plain, box, order, whole = row
    return replace(
        Correction(*plain), box=Box(*json.loads(box)) if box else None, order=tuple(json.loads(order or "[]")),
        whole=whole,
    )  # fmt: skip
