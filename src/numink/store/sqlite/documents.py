"""Documents in the SQLite file of the readings: one table, JSON in it. Knows no accounts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from ..documents import Changed, Document
from .connection import SqliteFile

LAST = "\U0010ffff"
"""The last sign of all: no id that begins as another comes after that one with this sign."""


class SqliteDocuments:
    """`Documents` in an open file."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def get(self, document_id: str) -> Document | None:
        """See `Documents.get`."""
        with self._file.lent() as connection:
            row = connection.execute("SELECT id, body, mark FROM document WHERE id = ?", (document_id,)).fetchone()
        return _document(row) if row else None

    def put(self, document: Document) -> Document:
        """See `Documents.put`."""
        mark = secrets.token_hex(8)
        body = json.dumps(document.body, separators=(",", ":"), sort_keys=True)
        with self._file.writing() as connection:
            find = "SELECT id, body, mark FROM document WHERE id = ?"
            row = connection.execute(find, (document.id,)).fetchone()
            there = _document(row) if row else None
            if there and not document.mark and row[1] == body:
                return there
            if (there.mark if there else "") != document.mark:
                raise Changed("this was changed by somebody else at the same time: load the page, and try again")
            connection.execute(
                "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body,"
                " mark = excluded.mark",
                (document.id, body, mark),
            )
        return Document(document.id, json.loads(body), mark)

    def delete(self, document: Document) -> None:
        """See `Documents.delete`."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM document WHERE id = ?", (document.id,))

    def starting(self, beginning: str, after: str = "", limit: int = 100) -> Sequence[Document]:
        """See `Documents.starting`."""
        with self._file.lent() as connection:
            rows = connection.execute(
                "SELECT id, body, mark FROM document WHERE id >= ? AND id < ? AND id > ? ORDER BY id LIMIT ?",
                (beginning, beginning + LAST, after, max(limit, 0)),
            ).fetchall()
        return [_document(row) for row in rows]


def _document(row: tuple[str, str, str]) -> Document:
    return Document(row[0], json.loads(row[1]), row[2])
