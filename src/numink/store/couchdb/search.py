"""Search among an owner's readings: the index holds all fields of a query, so that no document is fetched for it."""

from __future__ import annotations

from typing import Any

from ..reading import ReadingQuery
from .database import DOCS_PER_REQUEST, Database

Row = dict[str, Any]


def matching_rows(
    database: Database, owner: str, query: ReadingQuery, limit: int | None = None, offset: int = 0
) -> list[Row]:
    """Return rows of the index `live` that match a query, in its order: `limit` after `offset`, or all.

    For a small page without conditions the server skips and counts, and the rows have their documents. Otherwise all
    rows of the owner are compared here, since no index of CouchDB finds a part of a text.
    """
    if query.is_unconditional and limit is not None and limit <= DOCS_PER_REQUEST:
        rows: list[Row] = database.owner_view(
            "live",
            owner,
            reduce=False,
            include_docs=True,
            limit=limit,
            skip=offset,
            descending=not query.oldest_first,
        )
        return rows
    matches = [row for row in database.all_rows(database.owner_view, "live", owner) if _matches(row["value"], query)]
    if not query.oldest_first:
        matches.reverse()
    return matches[offset : None if limit is None else offset + limit]


def _matches(value: list[Any], query: ReadingQuery) -> bool:
    created, name, text, corrected_texts, doubts, corrections = value
    if query.text:
        part = query.text.casefold()
        if not any(part in candidate.casefold() for candidate in (text, name, *corrected_texts)):
            return False
    return (
        (not query.since or created >= query.since)
        and (not query.until or created < query.until)
        and (not query.doubtful or doubts > 0)
        and (not query.corrected or corrections > 0)
    )
