"""Search among an owner's readings: conditions in SQL, with the values from outside as parameters."""

from __future__ import annotations

from ..reading import ReadingQuery
from .corrections import CORRECTED_TEXT_SQL
from .review_queue import DOUBT_IS_OPEN
from .rows import id_bounds


def query_condition(owner: str, query: ReadingQuery) -> tuple[str, list[str]]:
    """Return the condition of a WHERE clause for a query, and its parameters."""
    conditions = ["id > ? AND id < ? AND discarded IS NULL"]
    values = [*id_bounds(owner)]
    if query.text:
        escaped = "".join(f"\\{character}" if character in "%_\\" else character for character in query.text)
        contains = "{} LIKE ? ESCAPE '\\'".format
        corrected = (
            f"EXISTS (SELECT 1 FROM correction AS c WHERE c.reading = reading.id AND {contains(CORRECTED_TEXT_SQL)})"
        )
        conditions.append(f"({contains('text')} OR {contains('name')} OR {corrected})")
        values += [f"%{escaped}%"] * 3
    for moment, comparison in ((query.since, ">="), (query.until, "<")):
        if moment:
            conditions.append(f"created {comparison} ?")
            values.append(moment)
    if query.doubtful:
        conditions.append(f"EXISTS (SELECT 1 FROM doubt WHERE doubt.reading = reading.id AND {DOUBT_IS_OPEN})")
    if query.corrected:
        conditions.append("EXISTS (SELECT 1 FROM correction WHERE correction.reading = reading.id)")
    return " AND ".join(conditions), values
