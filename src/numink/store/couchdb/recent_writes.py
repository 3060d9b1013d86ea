"""Documents that this process wrote a moment ago: Cloudant answers from any of three replicas, and one may be late."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

Doc = dict[str, Any]
RETENTION = 3.0
"""Seconds in which all replicas are expected to have a write."""
MAX_CHARACTERS = 20_000_000
"""Most characters of all remembered documents together."""
MAX_FIELD_CHARACTERS = 100_000
"""Most characters of one field; a document with a longer one, a chunk of a picture, is not remembered."""


class RecentWrites:
    """Thread-safe memory of recent writes."""

    def __init__(self) -> None:
        self._docs: OrderedDict[str, tuple[float, Doc]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def add(self, doc: Doc, revision: str) -> str:
        """Remember that `doc` was written as `revision`, and return the revision."""
        doc["_rev"] = revision
        if any(isinstance(value, str) and len(value) > MAX_FIELD_CHARACTERS for value in doc.values()):
            return revision
        with self._lock:
            self._remove(doc["_id"])
            self._docs[doc["_id"]] = (time.monotonic() + RETENTION, doc)
            self._size += _size(doc)
            while self._size > MAX_CHARACTERS or next(iter(self._docs.values()))[0] < time.monotonic():
                self._remove(next(iter(self._docs)))
        return revision

    def forget(self, doc_id: str) -> None:
        """Forget a document, because another process has changed it."""
        with self._lock:
            self._remove(doc_id)

    def latest(self, doc_id: str, received: Doc | None, *, deleted: bool) -> Doc | None:
        """Return the newer one of the document that the server returned and of the one written here.

        `deleted` is true where the server knows that the document was deleted, which is final.
        """
        with self._lock:
            expires, written = self._docs.get(doc_id, (0.0, None))
        if written is None or expires < time.monotonic() or deleted:
            return received
        if received and _generation(received) >= _generation(written):
            return received
        return None if written.get("_deleted") else dict(written)

    def merged(self, docs: Sequence[Doc], belongs: Callable[[str], bool]) -> list[Doc]:
        """Return the documents that the server returned and those written here whose ids belong among them, by id."""
        latest_docs = {doc["_id"]: doc for doc in docs}
        with self._lock:
            written_ids = [doc_id for doc_id in self._docs if belongs(doc_id)]
        for doc_id in written_ids:
            latest = self.latest(doc_id, latest_docs.get(doc_id), deleted=False)
            if latest:
                latest_docs[doc_id] = latest
            else:
                latest_docs.pop(doc_id, None)
        return [latest_docs[doc_id] for doc_id in sorted(latest_docs)]

    def _remove(self, doc_id: str) -> None:
        _, doc = self._docs.pop(doc_id, (0.0, None))
        self._size -= _size(doc) if doc else 0


def _size(doc: Doc) -> int:
    return 1000 + sum(len(value) for value in doc.values() if isinstance(value, str))


def _generation(doc: Doc) -> int:
    return int(str(doc["_rev"]).partition("-")[0])
