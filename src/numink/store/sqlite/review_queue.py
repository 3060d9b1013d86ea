"""The table of doubtful numbers in a SQLite file: one row for each, and which of them corrections leave open."""

from __future__ import annotations

import json
from sqlite3 import Connection

from ...results import Number
from ..reading import Doubt, Reading

OPEN = """NOT EXISTS (
    SELECT 1 FROM correction
    WHERE correction.reading = doubt.reading AND correction.page = doubt.page
    AND digit IS NULL AND box IS NULL AND places IS NULL
    AND (correction.number IS NULL OR correction.number = doubt.number)
) AND (doubt.digits = '[]' OR EXISTS (
    SELECT 1 FROM json_each(doubt.digits) AS unsure WHERE NOT EXISTS (
        SELECT 1 FROM correction
        WHERE correction.reading = doubt.reading AND correction.page = doubt.page
        AND correction.number = doubt.number AND digit = unsure.value
    )
))"""
"""Whether nobody has said what a doubtful number is, nor what each of its doubtful digits is."""
OWN_DOUBTS = f"""FROM doubt JOIN reading ON reading.id = doubt.reading
    WHERE reading.id > ? AND reading.id < ? AND discarded IS NULL AND {OPEN}"""


def add_doubts(connection: Connection, reading: Reading) -> None:
    """Those of a reading, within the transaction that keeps it."""
    connection.executemany(
        "INSERT INTO doubt (reading, page, number, confidence, digits) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (reading.id, at, place, number.confidence, _doubtful(number))
            for at, page in enumerate(reading.pages)
            for place, number in enumerate(page.numbers)
            if not number.accepted
        ],
    )


def doubts(connection: Connection, ids: tuple[str, str], limit: int) -> list[Doubt]:
    """See `Store.doubts`; `ids` are the bounds of the owner's."""
    rows = connection.execute(
        f"SELECT reading, page, number, confidence {OWN_DOUBTS} ORDER BY confidence, reading LIMIT ?",
        (*ids, max(limit, 0)),
    )
    return [Doubt(*row) for row in rows]


def count_doubts(connection: Connection, ids: tuple[str, str]) -> int:
    """See `Store.count_doubts`."""
    return int(connection.execute(f"SELECT count(*) {OWN_DOUBTS}", ids).fetchone()[0])


def _doubtful(number: Number) -> str:
    """The places of its digits that are not accepted, as JSON."""
    return json.dumps([at for at, digit in enumerate(number.digits) if not digit.accepted])
