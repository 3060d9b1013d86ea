"""Which of an owner's readings are wanted: the index tells all that is asked about, nothing else is fetched."""

from __future__ import annotations

from typing import Any

from ..reading import ReadingQuery
from .database import AT_ONCE, Database

Row = dict[str, Any]


def matching(
    database: Database, owner: str, wanted: ReadingQuery, limit: int | None = None, offset: int = 0
) -> list[Row]:
    """Rows of the index `live`, newest first unless it says otherwise: `limit` after `offset`, or all.

    Without conditions the server skips and counts, and gives the documents with them. With some, the owner's rows are
    looked through here, since no index of CouchDB finds part of a text.
    """
    if wanted in (ReadingQuery(), ReadingQuery(oldest_first=True)) and limit is not None and limit <= AT_ONCE:
        rows: list[Row] = database.view(
            "live",
            owner,
            reduce=False,
            include_docs=True,
            limit=limit,
            skip=offset,
            descending=not wanted.oldest_first,
        )
        return rows
    found = [row for row in database.each(database.view, "live", owner) if _fits(row["value"], wanted)]
    if not wanted.oldest_first:
        found.reverse()
    return found[offset : None if limit is None else offset + limit]


def _fits(value: list[Any], wanted: ReadingQuery) -> bool:
    created, name, text, said, doubts, corrections = value
    if wanted.text:
        looked_for = wanted.text.casefold()
        if not any(looked_for in one.casefold() for one in (text, name, *said)):
            return False
    return (
        (not wanted.since or created >= wanted.since)
        and (not wanted.until or created < wanted.until)
        and (not wanted.doubtful or doubts > 0)
        and (not wanted.corrected or corrections > 0)
    )
