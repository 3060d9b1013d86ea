"""Table of doubtful numbers in the SQLite file: one row for each, and the condition under which it needs a review."""

from __future__ import annotations

import json
from sqlite3 import Connection

from ...results import Number
from ..reading import Doubt, Reading

DOUBT_IS_OPEN = """NOT EXISTS (
    SELECT 1 FROM correction
    WHERE correction.reading = doubt.reading AND correction.page = doubt.page
    AND correction.number = doubt.number AND digit IS NULL AND box IS NULL AND places IS NULL
) AND NOT EXISTS (
    SELECT 1 FROM correction
    WHERE correction.reading = doubt.reading AND correction.page = doubt.page
    AND correction.number IS NULL AND digit IS NULL AND box IS NULL AND places IS NULL
) AND (doubt.digits = '[]' OR EXISTS (
    SELECT 1 FROM json_each(doubt.digits) AS unsure WHERE NOT EXISTS (
        SELECT 1 FROM correction
        WHERE correction.reading = doubt.reading AND correction.page = doubt.page
        AND correction.number = doubt.number AND digit = unsure.value
    )
))"""
"""Condition on a row of `doubt` that no correction has reviewed it: `correction.Review` in SQL."""
OPEN_DOUBTS_OF_OWNER = f"""FROM doubt JOIN reading ON reading.id = doubt.reading
    WHERE reading.id > ? AND reading.id < ? AND discarded IS NULL AND {DOUBT_IS_OPEN}"""


def add_doubts(connection: Connection, reading: Reading) -> None:
    """Add the doubtful numbers of a reading, within the transaction that saves it."""
    connection.executemany(
        "INSERT INTO doubt (reading, page, number, confidence, digits) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (reading.id, page_index, number_index, number.confidence, _doubtful_digits(number))
            for page_index, page in enumerate(reading.pages)
            for number_index, number in enumerate(page.numbers)
            if not number.accepted
        ],
    )


def select_doubts(connection: Connection, bounds: tuple[str, str], limit: int) -> list[Doubt]:
    """Return the open doubts of an owner. See `Store.doubts`; `bounds` are those of `rows.id_bounds`."""
    rows = connection.execute(
        f"SELECT reading, page, number, confidence {OPEN_DOUBTS_OF_OWNER} ORDER BY confidence, reading LIMIT ?",
        (*bounds, max(limit, 0)),
    )
    return [Doubt(*row) for row in rows]


def count_doubts(connection: Connection, bounds: tuple[str, str]) -> int:
    """Return the number of open doubts of an owner. See `Store.count_doubts`."""
    return int(connection.execute(f"SELECT count(*) {OPEN_DOUBTS_OF_OWNER}", bounds).fetchone()[0])


def _doubtful_digits(number: Number) -> str:
    """Return the indices of the digits that were not accepted, as JSON."""
    return json.dumps([index for index, digit in enumerate(number.digits) if not digit.accepted])
