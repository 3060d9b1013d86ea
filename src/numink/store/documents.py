"""Values and protocol of a small document store: accounts and daily counts.

The protocol asks for no more than any document database offers: documents by id, a revision that changes with each
write, lists by a prefix of the id. A value that must be unique, such as an e-mail address, is made an id.

>>> import tempfile
>>> from numink.store.sqlite.store import SqliteStore
>>> with tempfile.TemporaryDirectory() as folder:
...     store = SqliteStore(f"{folder}/numink.db")
...     stored = store.documents.put(Document("person:1", {"name": "Anna"}))
...     _ = store.documents.put(Document(stored.id, {"name": "Anne"}, stored.revision))
...     print([document.body for document in store.documents.with_prefix("person:")])
...     store.close()
[{'name': 'Anne'}]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import StoreError


class DocumentConflict(StoreError):
    """Conflict with a write by somebody else since the document was read: it was not changed; read it and try again."""

    kind = "changed"

    def __init__(self) -> None:
        super().__init__("this was changed by somebody else at the same time: load the page, and try again")


@dataclass(frozen=True)
class Document:
    """A JSON object with an id.

    Attributes:
        id: The id, unique in the store.
        body: The JSON object.
        revision: Opaque name of one write, given by the store; empty for a document that was never stored.
    """

    id: str
    body: Mapping[str, Any] = field(repr=False)
    revision: str = ""


class Documents(Protocol):
    """A store of documents. Methods are thread-safe and may raise `StoreError` and its subclasses."""

    def get(self, document_id: str) -> Document | None:
        """Return a document.

        Args:
            document_id: Id of the document.

        Returns:
            The document as it was written last, or None where there is none.
        """

    def put(self, document: Document) -> Document:
        """Write a new document (no revision), or a new body for one that was read (its revision).

        To create a document that is there with the same body succeeds, so that a write may be repeated.

        Args:
            document: Id, new body, and the revision that it replaces.

        Returns:
            The document as it is stored, with its new revision.

        Raises:
            DocumentConflict: The stored document has another revision. An old revision with the same body is one, too:
                two processes may have counted to the same number.
        """

    def delete(self, document: Document) -> None:
        """Delete a document, whatever its revision; do nothing where there is none.

        Args:
            document: The document; only its id is used.
        """

    def with_prefix(self, prefix: str, after_id: str = "", limit: int = 100) -> Sequence[Document]:
        """Return documents whose ids begin with a prefix, sorted by id.

        Args:
            prefix: Beginning of the ids.
            after_id: Only ids that sort after this one.
            limit: Most documents to return.
        """


def all_with_prefix(documents: Documents, prefix: str = "") -> Iterator[Document]:
    """Yield all documents whose ids begin with a prefix, sorted by id.

    They are fetched in parts as they are consumed, so that documents already consumed may be deleted.
    """
    last_id = ""
    while part := documents.with_prefix(prefix, last_id):
        yield from part
        last_id = part[-1].id
