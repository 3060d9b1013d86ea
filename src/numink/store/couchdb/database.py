"""One database: documents by id, ranges of the primary index, views and writes. Created with its indexes on first use.

A range is read from a partition where the server has partitions, else from the whole primary index. Every write gets a
random signature (`by`), so that a conflict with our own write, of which no answer came, is recognized.
"""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ...errors import StoreBusy, StoreUnavailable
from .answers import Answer, ResourceMissing
from .client import CouchClient
from .design_documents import GLOBAL_DESIGN, OWNER_DESIGN
from .ids import NEXT_ID_SUFFIX, partition_of
from .recent_writes import RecentWrites
from .setup import ensure_database

Doc = dict[str, Any]
ROWS_PER_REQUEST = 2000
"""Most rows that Cloudant returns of a partition."""
DOCS_PER_REQUEST = 200
"""Documents that are read or written in one request."""
BYTES_PER_REQUEST = 4_000_000
CHANGE_ATTEMPTS = 20
"""Attempts of a change that conflicts with changes by others."""


class Database:
    """Database `name` of the account of `client`."""

    def __init__(self, client: CouchClient, name: str) -> None:
        self.client = client
        self.name = name
        self.recent_writes = RecentWrites()
        self._lock = threading.Lock()
        self._partitioned: bool | None = None

    @property
    def partitioned(self) -> bool:
        """True where the server has partitions; creates the database where it is missing."""
        if self._partitioned is None:
            with self._lock:
                if self._partitioned is None:
                    self._partitioned = ensure_database(self.client, self.name)
        return self._partitioned

    def get(self, doc_id: str) -> Doc | None:
        """Return a document, or None where there is none."""
        try:
            received: Doc | None = self._call("get_document", doc_id=doc_id).result
            deleted = False
        except ResourceMissing as error:
            received, deleted = None, error.deleted
        return self.recent_writes.latest(doc_id, received, deleted=deleted)

    def get_many(self, doc_ids: Sequence[str]) -> list[Doc]:
        """Return those documents that exist, in the order of `doc_ids`."""
        docs: list[Doc] = []
        for start in range(0, len(doc_ids), DOCS_PER_REQUEST):
            keys = list(doc_ids[start : start + DOCS_PER_REQUEST])
            if len(keys) == 1:  # costs less this way
                docs += [doc for doc in [self.get(keys[0])] if doc]
                continue
            for key, row in zip(keys, self._rows("post_all_docs", keys=keys, include_docs=True), strict=True):
                deleted = bool((row.get("value") or {}).get("deleted"))
                doc = self.recent_writes.latest(key, row.get("doc"), deleted=deleted)
                docs += [doc] if doc else []
        return docs

    def docs(self, partition: str, first: str, last: str, **options: Any) -> list[Doc]:
        """Return documents of a partition with ids from `first` to `last`; options are the server's."""
        return [row["doc"] for row in self._range(partition, first, last, include_docs=True, **options)]

    def all_docs(self, partition: str, first: str, last: str) -> list[Doc]:
        """Return all documents of a range, with recent writes of this process that the index does not have yet."""
        docs: list[Doc] = []
        start = first
        while part := self.docs(partition, start, last, limit=DOCS_PER_REQUEST):
            docs += part
            if len(part) < DOCS_PER_REQUEST:
                break
            start = part[-1]["_id"] + NEXT_ID_SUFFIX
        return self.recent_writes.merged(
            docs, lambda doc_id: doc_id.startswith(f"{partition}:") and first <= doc_id <= last
        )

    def deletions(self, partition: str, first: str, last: str) -> list[Doc]:
        """Return documents that delete each document of a range when they are written."""
        deletions: list[Doc] = []
        while part := self._range(partition, first, last, limit=ROWS_PER_REQUEST):
            deletions += [{"_id": row["id"], "_rev": row["value"]["rev"], "_deleted": True} for row in part]
            if len(part) < ROWS_PER_REQUEST:
                break
            first = part[-1]["id"] + NEXT_ID_SUFFIX
        return deletions

    def owner_view(
        self, view: str, owner: str, first: Sequence[Any] = (), last: Sequence[Any] = ({},), **options: Any
    ) -> Any:
        """Return rows of one owner; `first` and `last` bound the part of the key after the owner."""
        keys = {"start_key": [owner, *first], "end_key": [owner, *last]}
        if options.get("descending"):
            keys = {"start_key": keys["end_key"], "end_key": keys["start_key"]}
        options = {"ddoc": OWNER_DESIGN, "view": view, **keys, **options}
        if self.partitioned:
            return self._rows("post_partition_view", partition_key=partition_of(owner), **options)
        return self._rows("post_view", **options)

    def global_view(self, view: str, first: Sequence[Any] = (), last: Sequence[Any] = ({},), **options: Any) -> Any:
        """Return rows of all owners; `first` and `last` bound the key."""
        return self._rows(
            "post_view", ddoc=GLOBAL_DESIGN, view=view, start_key=list(first), end_key=list(last), **options
        )

    def all_rows(
        self, rows: Callable[..., Any], view: str, *arguments: Any, page: int = ROWS_PER_REQUEST, **options: Any
    ) -> Iterator[Any]:
        """Yield all rows of `owner_view` or `global_view`, which is called for one page after another."""
        skipped: dict[str, Any] = {}
        first = options.pop("first", ())
        while part := rows(view, *arguments, first=first, reduce=False, limit=page, **skipped, **options):
            yield from part
            if len(part) < page:
                return
            key = part[-1]["key"]
            first, skipped = (key[1:] if rows == self.owner_view else key), {"skip": 1}

    def reduced(self, view: str, owner: str) -> int:
        """Return the reduced value of all rows of an owner; 0 where there are none."""
        rows = self.owner_view(view, owner, reduce=True)
        return int(rows[0]["value"]) if rows else 0

    def write(self, docs: Sequence[Doc]) -> list[str | None]:
        """Write documents, each by itself; new ones have no `_rev`.

        Returns:
            The new revision of each; None where it was changed by others, or exists already.

        Raises:
            StoreAway: It is not known of all whether they were written.
        """
        signed = [{**doc, "by": secrets.token_hex(6)} for doc in docs]
        revisions: list[str | None] = []
        for part in _parts(signed):
            revisions += self._write(part)
        return revisions

    def change(self, doc_id: str, changed_doc: Callable[[Doc], Doc | None]) -> Doc | None:
        """Change a document, again where others change it at the same time.

        Args:
            doc_id: Id of the document.
            changed_doc: Returns the changed document, or None to leave it; may be called several times.

        Returns:
            The document as it is stored now; None where there is none.
        """
        for attempt in range(CHANGE_ATTEMPTS):
            doc = self.get(doc_id)
            changed = changed_doc(doc) if doc else None
            if doc is None or changed is None:
                return doc
            if revision := self.write([changed])[0]:
                return {**changed, "_rev": revision}
            self.recent_writes.forget(doc_id)
            time.sleep(random.uniform(0, min(0.01 * 2**attempt, 0.5)))  # noqa: S311 - no secret
        raise StoreBusy("this was changed by others again and again: try again in a moment")

    def _write(self, docs: Sequence[Doc]) -> list[str | None]:
        pending = {doc["_id"]: doc for doc in docs}
        revisions: dict[str, str | None] = {}
        repeated, deadline = False, time.monotonic() + self.client.timeouts.total
        while pending:
            answer = self._post(list(pending.values()))
            repeated |= answer.repeated
            for row in answer.result:
                doc = pending.get(row.get("id"))
                if doc is not None and (row.get("ok") or row.get("rev")):
                    revisions[doc["_id"]] = self.recent_writes.add(pending.pop(doc["_id"]), row["rev"])
                elif doc is not None and row.get("error") == "conflict":
                    revisions[doc["_id"]] = self._own_revision(pending.pop(doc["_id"])) if repeated else None
            repeated = True
            if pending and time.monotonic() > deadline:
                raise StoreUnavailable("Cloudant did not keep all that it was sent: try again in a moment")
        return [revisions[doc["_id"]] for doc in docs]

    def _post(self, docs: list[Doc]) -> Answer:
        try:
            return self._call("post_bulk_docs", bulk_docs={"docs": docs})
        except ResourceMissing:  # the database was deleted
            self._partitioned = None
            return self._call("post_bulk_docs", bulk_docs={"docs": docs})

    def _own_revision(self, doc: Doc) -> str | None:
        """Return the revision of a write of ours of which no answer came, even if others follow it; else None."""
        try:
            stored = self._call("get_document", doc_id=doc["_id"], revs_info=True).result
        except ResourceMissing:
            return self.recent_writes.add(doc, doc["_rev"]) if doc.get("_deleted") else None
        if stored.get("by") == doc["by"]:
            return self.recent_writes.add(doc, stored["_rev"])
        generation = int(doc.get("_rev", "0-").partition("-")[0]) + 1
        for entry in stored["_revs_info"]:
            if entry["rev"].startswith(f"{generation}-") and entry["status"] == "available":
                with suppress(ResourceMissing):
                    earlier = self._call("get_document", doc_id=doc["_id"], rev=entry["rev"]).result
                    return str(earlier["_rev"]) if earlier.get("by") == doc["by"] else None
        return None

    def _range(self, partition: str, first: str, last: str, **options: Any) -> list[Any]:
        start, end = (last, first) if options.get("descending") else (first, last)
        keys = {"start_key": start, "end_key": end}
        if self.partitioned:
            return self._rows("post_partition_all_docs", partition_key=partition, **keys, **options)
        return self._rows("post_all_docs", **keys, **options)

    def _rows(self, operation: str, **arguments: Any) -> list[Any]:
        rows: list[Any] = self._call(operation, **arguments).result["rows"]
        return rows

    def _call(self, operation: str, **arguments: Any) -> Answer:
        _ = self.partitioned  # creates the database where it is missing
        return self.client.call(operation, db=self.name, **arguments)


def _parts(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """Yield at most DOCS_PER_REQUEST documents, and little more than BYTES_PER_REQUEST, at a time."""
    part: list[Doc] = []
    size = 0
    for doc in docs:
        part.append(doc)
        size += len(json.dumps(doc)) if len(docs) > 1 else 0
        if len(part) >= DOCS_PER_REQUEST or size >= BYTES_PER_REQUEST:
            yield part
            part, size = [], 0
    if part:
        yield part
