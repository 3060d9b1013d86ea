"""One database: made with its indexes at the first use; documents by id, ranges of the primary index, views, writing.

A range is asked of a partition where the server has partitions, else of the whole primary index. Every writing carries
a sign of its own, so that a conflict with our own writing, of which no answer came, is seen to be none. Knows nothing
of readings.
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
from .client import Service
from .design_documents import ALL, OWN
from .ids import LAST, partition_of
from .recent_writes import Written
from .retry import Answer, Missing
from .setup import make

Doc = dict[str, Any]
ROWS = 2000
"""Rows of one answer, the most that Cloudant gives of a partition."""
AT_ONCE = 200
"""Documents that are fetched or written together."""
BYTES_AT_ONCE = 4_000_000
NEXT = "\x01"
"""What makes an id the first that comes after it."""
CHANGES = 20
"""How often a change is tried where others change the same document."""


class Database:
    """`name` of the database in the account of `service`."""

    def __init__(self, service: Service, name: str) -> None:
        self.service = service
        self.name = name
        self.written = Written()
        self._lock = threading.Lock()
        self._partitioned: bool | None = None

    @property
    def partitioned(self) -> bool:
        """Whether the server keeps an owner's documents together; the database is made where it is missing."""
        if self._partitioned is None:
            with self._lock:
                if self._partitioned is None:
                    self._partitioned = make(self.service, self.name)
        return self._partitioned

    def get(self, doc_id: str) -> Doc | None:
        """None where there is none."""
        try:
            found: Doc | None = self._call("get_document", doc_id=doc_id).result
            deleted = False
        except Missing as error:
            found, deleted = None, error.deleted
        return self.written.newer(doc_id, found, deleted=deleted)

    def many(self, doc_ids: Sequence[str]) -> list[Doc]:
        """Those of them that are there, in this order."""
        docs: list[Doc] = []
        for at in range(0, len(doc_ids), AT_ONCE):
            keys = list(doc_ids[at : at + AT_ONCE])
            if len(keys) == 1:  # by itself it costs less
                docs += [doc for doc in [self.get(keys[0])] if doc]
                continue
            for key, row in zip(keys, self._rows("post_all_docs", keys=keys, include_docs=True), strict=True):
                deleted = bool((row.get("value") or {}).get("deleted"))
                doc = self.written.newer(key, row.get("doc"), deleted=deleted)
                docs += [doc] if doc else []
        return docs

    def range(self, partition: str, first: str, last: str, **options: Any) -> list[Doc]:
        """Documents with ids from first to last within a partition; `limit`, `descending` as the server has them."""
        return [row["doc"] for row in self._range(partition, first, last, include_docs=True, **options)]

    def all_in(self, partition: str, first: str, last: str) -> list[Doc]:
        """All of a range, with what this process wrote a moment ago, however far behind the server's index is."""
        docs: list[Doc] = []
        begin = first
        while part := self.range(partition, begin, last, limit=AT_ONCE):
            docs += part
            if len(part) < AT_ONCE:
                break
            begin = part[-1]["_id"] + NEXT
        return self.written.among(docs, lambda one: one.startswith(f"{partition}:") and first <= one <= last)

    def stubs(self, partition: str, first: str, last: str) -> list[Doc]:
        """What deletes each document of a range."""
        stubs: list[Doc] = []
        while part := self._range(partition, first, last, limit=ROWS):
            stubs += [{"_id": row["id"], "_rev": row["value"]["rev"], "_deleted": True} for row in part]
            if len(part) < ROWS:
                break
            first = part[-1]["id"] + NEXT
        return stubs

    def view(
        self, view: str, owner: str, first: Sequence[Any] = (), last: Sequence[Any] = ({},), **options: Any
    ) -> Any:
        """Rows of an owner's, keys from first to last after the owner; see `everybodys`."""
        keys = {"start_key": [owner, *first], "end_key": [owner, *last]}
        if options.get("descending"):
            keys = {"start_key": keys["end_key"], "end_key": keys["start_key"]}
        if self.partitioned:
            rows = self._rows(
                "post_partition_view", partition_key=partition_of(owner), ddoc=OWN, view=view, **keys, **options
            )
        else:
            rows = self._rows("post_view", ddoc=OWN, view=view, **keys, **options)
        return rows

    def everybodys(self, view: str, first: Sequence[Any] = (), last: Sequence[Any] = ({},), **options: Any) -> Any:
        """Rows of all owners', keys from first to last."""
        return self._rows("post_view", ddoc=ALL, view=view, start_key=list(first), end_key=list(last), **options)

    def each(
        self, rows: Callable[..., Any], view: str, *arguments: Any, page: int = ROWS, **options: Any
    ) -> Iterator[Any]:
        """All rows that `view` or `everybodys` gives in parts of `page`; `first` is where it begins."""
        skipped: dict[str, Any] = {}
        first = options.pop("first", ())
        while part := rows(view, *arguments, first=first, reduce=False, limit=page, **skipped, **options):
            yield from part
            if len(part) < page:
                return
            key = part[-1]["key"]
            first, skipped = (key[1:] if rows == self.view else key), {"skip": 1}

    def number(self, view: str, owner: str) -> int:
        """What a view's rows of an owner come to."""
        rows = self.view(view, owner, reduce=True)
        return int(rows[0]["value"]) if rows else 0

    def write(self, docs: Sequence[Doc]) -> list[str | None]:
        """The new revision of each, None where it had changed or was there; new ones have no `_rev`.

        Each is written by itself, however many there are. Raises StoreUnavailable where it is not known of all.
        """
        signed = [{**doc, "by": secrets.token_hex(6)} for doc in docs]
        revisions: list[str | None] = []
        for part in _parts(signed):
            revisions += self._write(part)
        return revisions

    def change(self, doc_id: str, how: Callable[[Doc], Doc | None]) -> Doc | None:
        """Writes what `how` makes of a document; it may be asked more than once, and None leaves it as it is.

        None where there is no such document.
        """
        for tried in range(CHANGES):
            doc = self.get(doc_id)
            changed = how(doc) if doc else None
            if doc is None or changed is None:
                return doc
            if revision := self.write([changed])[0]:
                return {**changed, "_rev": revision}
            self.written.forget(doc_id)
            time.sleep(random.uniform(0, min(0.01 * 2**tried, 0.5)))  # noqa: S311 - nobody guesses
        raise StoreBusy("this was changed by others again and again: try again in a moment")

    def _write(self, docs: Sequence[Doc]) -> list[str | None]:
        waiting = {doc["_id"]: doc for doc in docs}
        revisions: dict[str, str | None] = {}
        again, end = False, time.monotonic() + self.service.patience.total
        while waiting:
            answer = self._sent(list(waiting.values()))
            again |= answer.again
            for row in answer.result:
                doc = waiting.get(row.get("id"))
                if doc is not None and (row.get("ok") or row.get("rev")):
                    revisions[doc["_id"]] = self.written.keep(waiting.pop(doc["_id"]), row["rev"])
                elif doc is not None and row.get("error") == "conflict":
                    revisions[doc["_id"]] = self._own(waiting.pop(doc["_id"])) if again else None
            again = True
            if waiting and time.monotonic() > end:
                raise StoreUnavailable("Cloudant did not keep all that it was sent: try again in a moment")
        return [revisions[doc["_id"]] for doc in docs]

    def _sent(self, docs: list[Doc]) -> Answer:
        try:
            return self._call("post_bulk_docs", bulk_docs={"docs": docs})
        except Missing:  # somebody removed the database
            self._partitioned = None
            return self._call("post_bulk_docs", bulk_docs={"docs": docs})

    def _own(self, doc: Doc) -> str | None:
        """The revision that we wrote ourselves without hearing of it, where we did; others may have come after it."""
        try:
            there = self._call("get_document", doc_id=doc["_id"], revs_info=True).result
        except Missing:
            return self.written.keep(doc, doc["_rev"]) if doc.get("_deleted") else None
        if there.get("by") == doc["by"]:
            return self.written.keep(doc, there["_rev"])
        generation = int(doc.get("_rev", "0-").partition("-")[0]) + 1
        for one in there["_revs_info"]:
            if one["rev"].startswith(f"{generation}-") and one["status"] == "available":
                with suppress(Missing):
                    before = self._call("get_document", doc_id=doc["_id"], rev=one["rev"]).result
                    return str(before["_rev"]) if before.get("by") == doc["by"] else None
        return None

    def _range(self, partition: str, first: str, last: str, **options: Any) -> list[Any]:
        keys = (
            {"start_key": last, "end_key": first}
            if options.get("descending")
            else {"start_key": first, "end_key": last}
        )
        if self.partitioned:
            rows = self._rows("post_partition_all_docs", partition_key=partition, **keys, **options)
        else:
            rows = self._rows("post_all_docs", **keys, **options)
        return rows

    def _rows(self, operation: str, **arguments: Any) -> list[Any]:
        rows: list[Any] = self._call(operation, **arguments).result["rows"]
        return rows

    def _call(self, operation: str, **arguments: Any) -> Answer:
        _ = self.partitioned  # made where it is missing
        return self.service.call(operation, db=self.name, **arguments)


def _parts(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """At most AT_ONCE documents and little more than BYTES_AT_ONCE together."""
    part: list[Doc] = []
    size = 0
    for doc in docs:
        part.append(doc)
        size += len(json.dumps(doc)) if len(docs) > 1 else 0
        if len(part) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def beginning(text: str) -> tuple[str, str]:
    """Bounds of the ids that begin so."""
    return text, text + LAST
