"""Documents stored beside readings, in a partition of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..documents import Document, DocumentConflict
from .database import Database
from .ids import AFTER_PREFIX, DOCUMENTS_PARTITION, NEXT_ID_SUFFIX, escaped


class CloudantDocuments:
    """Implementation of `Documents` in a database; the revision is the server's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, document_id: str) -> Document | None:
        """See `Documents.get`."""
        doc = self._database.get(_doc_id(document_id))
        return _document(doc) if doc else None

    def put(self, document: Document) -> Document:
        """See `Documents.put`."""
        doc = {"_id": _doc_id(document.id), "kind": "document", "id": document.id, "body": dict(document.body)}
        (revision,) = self._database.write([{**doc, "_rev": document.revision} if document.revision else doc])
        if revision is None:
            self._database.recent_writes.forget(_doc_id(document.id))
            stored = None if document.revision else self.get(document.id)
            if stored is None or stored.body != document.body:
                raise DocumentConflict
            return stored
        return Document(document.id, document.body, revision)

    def delete(self, document: Document) -> None:
        """See `Documents.delete`."""
        self._database.change(
            _doc_id(document.id), lambda doc: {"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True}
        )

    def with_prefix(self, prefix: str, after_id: str = "", limit: int = 100) -> Sequence[Document]:
        """See `Documents.with_prefix`."""
        if limit <= 0:
            return []
        first = max(_doc_id(prefix), _doc_id(after_id) + NEXT_ID_SUFFIX if after_id else "")
        docs = self._database.docs(DOCUMENTS_PARTITION, first, _doc_id(prefix) + AFTER_PREFIX, limit=limit)
        return [_document(doc) for doc in docs]


def _doc_id(document_id: str) -> str:
    return f"{DOCUMENTS_PARTITION}:{escaped(document_id)}"


def _document(doc: dict[str, Any]) -> Document:
    return Document(doc["id"], doc["body"], doc["_rev"])
