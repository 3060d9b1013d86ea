"""What is kept beside readings, as documents of a partition of their own. Knows no accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..documents import Changed, Document
from .database import NEXT, Database
from .ids import DOCUMENTS, LAST, escaped


class CloudantDocuments:
    """`Documents` in a database; the mark is the server's revision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, document_id: str) -> Document | None:
        """See `Documents.get`."""
        doc = self._database.get(_id(document_id))
        return _document(doc) if doc else None

    def put(self, document: Document) -> Document:
        """See `Documents.put`."""
        doc = {"_id": _id(document.id), "kind": "document", "id": document.id, "body": dict(document.body)}
        (revision,) = self._database.write([{**doc, "_rev": document.mark} if document.mark else doc])
        if revision is None:
            self._database.written.forget(_id(document.id))
            there = None if document.mark else self.get(document.id)
            if there is None or there.body != document.body:
                raise Changed("this was changed by somebody else at the same time: load the page, and try again")
            return there
        return Document(document.id, document.body, revision)

    def delete(self, document: Document) -> None:
        """See `Documents.delete`."""
        self._database.change(_id(document.id), lambda doc: {"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True})

    def starting(self, beginning: str, after: str = "", limit: int = 100) -> Sequence[Document]:
        """See `Documents.starting`."""
        if limit <= 0:
            return []
        first = max(_id(beginning), _id(after) + NEXT if after else "")
        found = self._database.range(DOCUMENTS, first, _id(beginning) + LAST, limit=limit)
        return [_document(doc) for doc in found]


def _id(document_id: str) -> str:
    return f"{DOCUMENTS}:{escaped(document_id)}"


def _document(doc: dict[str, Any]) -> Document:
    return Document(doc["id"], doc["body"], doc["_rev"])
