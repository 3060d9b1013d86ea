"""Usage counts and reviewed numbers in SQLite: a table of sums, and one join."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Connection

from ..ids import day_of
from ..reading import Reading, ReviewedNumber
from ..usage import usage_counts
from .corrections import CORRECTED_TEXT_SQL


def add_usage(connection: Connection, reading: Reading) -> None:
    """Add the counts of a reading, within the transaction that saves it, so that it is counted exactly once."""
    connection.executemany(
        "INSERT INTO use VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        [(reading.owner, day_of(reading.created), name, count) for name, count in usage_counts(reading).items()],
    )


def select_usage(connection: Connection, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
    """Return the counts of an owner by day and name. See `Store.usage`."""
    days: dict[str, dict[str, int]] = {}
    query = "SELECT day, what, count FROM use WHERE owner = ? AND day >= ? ORDER BY day"
    for day, name, count in connection.execute(query, (owner, day_of(since))):
        days.setdefault(day, {})[name] = count
    return days


def select_reviewed_numbers(connection: Connection, bounds: tuple[str, str], since: str) -> list[ReviewedNumber]:
    """Return the reviewed numbers of an owner. See `Store.reviewed_numbers`.

    `bounds` are those of `rows.id_bounds`. In SQLite max(id) takes the other columns from the row of the maximum.
    """
    rows = connection.execute(
        f"""
        SELECT created, read, text FROM (
            SELECT max(c.id), c.created, {CORRECTED_TEXT_SQL} AS text,
                pages ->> ('$[' || c.page || '].numbers[' || c.number || '].text') AS read
            FROM correction AS c JOIN reading ON reading.id = c.reading
            WHERE c.reading > ? AND c.reading < ? AND discarded IS NULL AND c.number IS NOT NULL
            GROUP BY c.reading, c.page, c.number
        ) WHERE created >= ? AND read IS NOT NULL ORDER BY created
        """,
        (*bounds, since),
    )
    return [ReviewedNumber(*row) for row in rows]
