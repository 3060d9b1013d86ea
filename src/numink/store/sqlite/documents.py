"""Documents in the SQLite file of the readings: one table with JSON."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from ..documents import Document, DocumentConflict
from .connection import SqliteFile

LAST_CHARACTER = "\U0010ffff"
"""Last code point of Unicode: a prefix followed by it sorts after all ids with the prefix."""
SELECT_ONE = "SELECT id, body, mark FROM document WHERE id = ?"


class SqliteDocuments:
    """Implementation of `Documents` in an open file; the column `mark` is the revision."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def get(self, document_id: str) -> Document | None:
        """See `Documents.get`."""
        with self._file.connection() as connection:
            row = connection.execute(SELECT_ONE, (document_id,)).fetchone()
        return _document(row) if row else None

    def put(self, document: Document) -> Document:
        """See `Documents.put`."""
        revision = secrets.token_hex(8)
        body = json.dumps(document.body, separators=(",", ":"), sort_keys=True)
        with self._file.transaction() as connection:
            row = connection.execute(SELECT_ONE, (document.id,)).fetchone()
            stored = _document(row) if row else None
            if stored and not document.revision and row[1] == body:
                return stored
            if (stored.revision if stored else "") != document.revision:
                raise DocumentConflict
            connection.execute(
                "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body,"
                " mark = excluded.mark",
                (document.id, body, revision),
            )
        return Document(document.id, json.loads(body), revision)

    def delete(self, document: Document) -> None:
        """See `Documents.delete`."""
        self._file.free(lambda connection: connection.execute("DELETE FROM document WHERE id = ?", (document.id,)))

    def with_prefix(self, prefix: str, after_id: str = "", limit: int = 100) -> Sequence[Document]:
        """See `Documents.with_prefix`."""
        with self._file.connection() as connection:
            rows = connection.execute(
                "SELECT id, body, mark FROM document WHERE id >= ? AND id < ? AND id > ? ORDER BY id LIMIT ?",
                (prefix, prefix + LAST_CHARACTER, after_id, max(limit, 0)),
            ).fetchall()
        return [_document(row) for row in rows]


def _document(row: tuple[str, str, str]) -> Document:
    return Document(row[0], json.loads(row[1]), row[2])
