"""What this process wrote a moment ago: Cloudant answers from any of three copies, and one may not have it yet."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

Doc = dict[str, Any]
KEPT = 3.0
"""Seconds in which copies are expected to become alike."""
MOST = 20_000_000
"""Signs of all documents together."""
LARGE = 100_000
"""Signs of a field that is not worth keeping: a piece of a picture."""


class Written:
    """Safe for many threads."""

    def __init__(self) -> None:
        self._docs: OrderedDict[str, tuple[float, Doc]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def keep(self, doc: Doc, revision: str) -> str:
        """Has been written; the revision."""
        doc["_rev"] = revision
        if any(isinstance(value, str) and len(value) > LARGE for value in doc.values()):
            return revision
        with self._lock:
            self._drop(doc["_id"])
            self._docs[doc["_id"]] = (time.monotonic() + KEPT, doc)
            self._size += _size(doc)
            while self._size > MOST or next(iter(self._docs.values()))[0] < time.monotonic():
                self._drop(next(iter(self._docs)))
        return revision

    def forget(self, doc_id: str) -> None:
        """Others know better."""
        with self._lock:
            self._drop(doc_id)

    def newer(self, doc_id: str, found: Doc | None, *, deleted: bool) -> Doc | None:
        """What the server found, or what was written where that is newer; `deleted`: it knows that it is gone."""
        with self._lock:
            until, own = self._docs.get(doc_id, (0.0, None))
        if own is None or until < time.monotonic() or deleted or (found and _generation(found) >= _generation(own)):
            return found
        return None if own.get("_deleted") else dict(own)

    def among(self, docs: Sequence[Doc], belongs: Callable[[str], bool]) -> list[Doc]:
        """Those that the server found, with those written that belong there, by id."""
        found = {doc["_id"]: doc for doc in docs}
        with self._lock:
            own = [one for one in self._docs if belongs(one)]
        for one in own:
            newer = self.newer(one, found.get(one), deleted=False)
            if newer:
                found[one] = newer
            else:
                found.pop(one, None)
        return [found[one] for one in sorted(found)]

    def _drop(self, doc_id: str) -> None:
        _, doc = self._docs.pop(doc_id, (0.0, None))
        self._size -= _size(doc) if doc else 0


def _size(doc: Doc) -> int:
    return 1000 + sum(len(value) for value in doc.values() if isinstance(value, str))


def _generation(doc: Doc) -> int:
    return int(str(doc["_rev"]).partition("-")[0])
