"""What is kept beside readings, as documents with ids: accounts, links sent by mail, counts of a day.

The protocol asks for no more than a document store of any kind has: documents by id, a mark that changes with each
write, lists by the beginning of an id. What must be there once only, such as an e-mail address, is an id. This file
knows no database and no accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import StoreError


class Changed(StoreError):
    """Somebody else has written the document since it was read: nothing was written; read it, and try again."""

    kind = "changed"


@dataclass(frozen=True)
class Document:
    """A JSON object with an id. `mark` is the store's and tells one writing from another; empty: never stored."""

    id: str
    body: Mapping[str, Any] = field(repr=False)
    mark: str = ""


class Documents(Protocol):
    """Keeps documents. Every method may raise StoreError's kinds, and may be called by any thread."""

    def get(self, document_id: str) -> Document | None:
        """None where there is none."""

    def put(self, document: Document) -> Document:
        """Keeps a new document (no mark), or one that was read (its mark); what was kept, with its new mark.

        Raises Changed where another is there, or another mark. To make what is there with the same body, as when a
        write is tried again, has succeeded; to change it with an old mark has not, since two may count to the same.
        """

    def delete(self, document: Document) -> None:
        """Removes it, whatever its mark; one that is not there is removed already."""

    def starting(self, beginning: str, after: str = "", limit: int = 100) -> Sequence[Document]:
        """Documents whose ids begin so, by id, those whose ids come after `after`."""
