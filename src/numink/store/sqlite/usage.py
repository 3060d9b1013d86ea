"""Counts of use and corrected numbers in SQLite's tables: sums that are kept as readings are, and one join."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Connection

from ..reading import Reading, ReviewedNumber
from ..usage import counted
from .corrections import SAID

DAY = 10
"""Signs of a moment that are its day."""


def add_counts(connection: Connection, reading: Reading) -> None:
    """Within the transaction that keeps the reading, so that none is counted twice or not at all."""
    connection.executemany(
        "INSERT INTO use VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        [(reading.owner, reading.created[:DAY], what, count) for what, count in counted(reading).items()],
    )


def counts(connection: Connection, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
    """See `Store.use`."""
    days: dict[str, dict[str, int]] = {}
    asked = "SELECT day, what, count FROM use WHERE owner = ? AND day >= ? ORDER BY day"
    for day, what, count in connection.execute(asked, (owner, since[:DAY])):
        days.setdefault(day, {})[what] = count
    return days


def corrected(connection: Connection, ids: tuple[str, str], since: str) -> list[ReviewedNumber]:
    """See `Store.corrected`; `ids` are the bounds of the owner's. max(id) takes the other columns from its row."""
    rows = connection.execute(
        f"""
        SELECT created, read, text FROM (
            SELECT max(c.id), c.created, {SAID} AS text,
                pages ->> ('$[' || c.page || '].numbers[' || c.number || '].text') AS read
            FROM correction AS c JOIN reading ON reading.id = c.reading
            WHERE c.reading > ? AND c.reading < ? AND discarded IS NULL AND c.number IS NOT NULL
            GROUP BY c.reading, c.page, c.number
        ) WHERE created >= ? AND read IS NOT NULL ORDER BY created
        """,
        (*ids, since),
    )
    return [ReviewedNumber(*row) for row in rows]
