"""Partitioned database like CouchDB's, in memory, with all versions of all documents, to be read as of a moment.

The views are implemented in Python here; pouchdb-server and CouchDB run the JavaScript.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from numink.store.couchdb.design_documents import GLOBAL_DESIGN, OWNER_DESIGN

Doc = dict[str, Any]
MOST_ROWS = 2000
QUERY_OPTIONS = {
    "start_key", "end_key", "keys", "limit", "skip", "descending", "include_docs", "reduce", "group_level",
    "startkey", "endkey",
}  # fmt: skip


class Refused(Exception):
    """Error answer of the server."""

    def __init__(self, status: int, error: str, reason: str = "") -> None:
        super().__init__(error)
        self.status, self.body = status, {"error": error, "reason": reason or error}


@dataclass(frozen=True)
class Version:
    """One write of a document; `doc` is None where it deletes the document."""

    written_at: float
    rev: str
    doc: Doc | None


@dataclass
class Database:
    """Documents by id, each with its versions, oldest first."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    most_bytes: int = 1_000_000

    def write(self, doc: Doc) -> Doc:
        """Write a document and return a row of `_bulk_docs`."""
        doc_id = doc["_id"]
        if not doc_id.startswith("_design/") and not all(doc_id.partition(":")):
            raise Refused(400, "illegal_docid", "Doc id must be of form partition:id")
        if len(json.dumps(doc)) > self.most_bytes:
            raise Refused(413, "document_too_large", doc_id)
        with self.lock:
            versions = self.versions.get(doc_id, [])
            latest = versions[-1] if versions else None
            if (latest.rev if latest and latest.doc else "") != doc.get("_rev", ""):
                return {"id": doc_id, "error": "conflict", "reason": "Document update conflict."}
            generation = len(versions) + 1
            digest = hashlib.md5(json.dumps([doc, generation], sort_keys=True).encode()).hexdigest()
            rev = f"{generation}-{digest}"
            stored = None if doc.get("_deleted") else {**doc, "_rev": rev}
            if not versions:
                self.ids.insert(bisect_left(self.ids, doc_id), doc_id)
            self.versions.setdefault(doc_id, []).append(Version(time.monotonic(), rev, stored))
        return {"ok": True, "id": doc_id, "rev": rev}

    def revision(self, doc_id: str, rev: str) -> Doc:
        """Return a document as it was in a revision."""
        document = next((version for version in self.versions.get(doc_id, []) if version.rev == rev), None)
        if document is None or document.doc is None:
            raise Refused(404, "not_found", "missing")
        return document.doc

    def get(self, doc_id: str, delay: float = 0.0) -> Doc:
        """Return a document as it was `delay` seconds ago."""
        document = self._as_of(doc_id, delay)
        if document is None or document.doc is None:
            raise Refused(404, "not_found", "deleted" if document else "missing")
        return document.doc

    def all_docs(self, query: Mapping[str, Any], partition: str | None, delay: float = 0.0) -> Doc:
        """Return the primary index, a partition of it, or some documents of it."""
        _check(query, partition)
        rows: list[Doc] = []
        if "keys" in query:
            for key in query["keys"]:
                document = self._as_of(key, delay)
                if document is None:
                    rows.append({"key": key, "error": "not_found"})
                elif document.doc is None:
                    rows.append({"id": key, "key": key, "value": {"rev": document.rev, "deleted": True}, "doc": None})
                else:
                    rows.append({"id": key, "key": key, "value": {"rev": document.rev}, "doc": document.doc})
            return {"rows": rows}
        first, last = query.get("start_key", ""), query.get("end_key", "\U0010ffff")
        if query.get("descending"):
            first, last = last, first
        with self.lock:
            ids = self.ids[bisect_left(self.ids, first) : bisect_left(self.ids, f"{last}\0")]
        for doc_id in reversed(ids) if query.get("descending") else ids:
            document = self._as_of(doc_id, delay)
            if document and document.doc and (partition is None or doc_id.startswith(f"{partition}:")):
                row = {"id": doc_id, "key": doc_id, "value": {"rev": document.rev}}
                rows.append({**row, "doc": document.doc} if query.get("include_docs") else row)
            if len(rows) >= query.get("skip", 0) + query.get("limit", MOST_ROWS):
                break
        return {"rows": rows[query.get("skip", 0) :]}

    def view(self, name: tuple[str, str], query: Mapping[str, Any], partition: str | None, delay: float = 0.0) -> Doc:
        """Return the rows of a view, or their reduced values."""
        _check(query, partition)
        self.get(f"_design/{name[0]}")
        rows = [
            {"id": doc_id, "key": key, "value": value}
            for doc_id in list(self.ids)
            if partition is None or doc_id.startswith(f"{partition}:")
            if (document := self._as_of(doc_id, delay)) and document.doc
            for key, value in VIEWS[name](document.doc)
        ]
        rows.sort(key=lambda row: (_order(row["key"]), row["id"]))
        first, last = query.get("start_key", []), query.get("end_key", [{}])
        if query.get("descending"):
            rows.reverse()
            first, last = last, first
        rows = [row for row in rows if _order(first) <= _order(row["key"]) <= _order(last)]
        if query.get("reduce", name[1] in REDUCED):
            return {"rows": _reduced(rows, name[1], query.get("group_level"))}
        rows = rows[query.get("skip", 0) :][: query.get("limit", MOST_ROWS)]
        if query.get("include_docs"):
            rows = [{**row, "doc": self.get(row["id"])} for row in rows]
        return {"rows": rows}

    def _as_of(self, doc_id: str, delay: float) -> Version | None:
        with self.lock:
            versions = self.versions.get(doc_id, [])
            if not delay:
                return versions[-1] if versions else None
            moment = time.monotonic() - delay
            return next((version for version in reversed(versions) if version.written_at <= moment), None)


def _check(query: Mapping[str, Any], partition: str | None) -> None:
    if unknown := set(query) - QUERY_OPTIONS:
        raise Refused(400, "query_parse_error", f"unknown: {sorted(unknown)}")
    if partition is not None and ("keys" in query or query.get("limit", 0) > MOST_ROWS):
        raise Refused(400, "query_parse_error", "not of a partition")


def _order(value: Any) -> Any:
    """Return a key that sorts as CouchDB does: null, numbers, strings, lists, objects."""
    if value is None:
        return (0,)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    return (3, [_order(item) for item in value]) if isinstance(value, list) else (4,)


def _reduced(rows: list[Doc], name: str, level: int | None) -> list[Doc]:
    groups: dict[str, Doc] = {}
    for row in rows:
        key = row["key"][:level] if level else None
        group = groups.setdefault(json.dumps(key), {"key": key, "value": 0})
        group["value"] += 1 if REDUCED[name] == "_count" else row["value"]
    return list(groups.values())


Emitted = Iterator[tuple[list[Any], Any]]


def _local_id(doc: Doc) -> str:
    return str(doc["_id"].partition(":")[2])


def _of_reading(rows: Callable[[Doc], Emitted], *, live: bool = True) -> Callable[[Doc], Emitted]:
    def emitted(doc: Doc) -> Emitted:
        if doc.get("kind") == "reading" and not (live and doc["discarded"]):
            yield from rows(doc)

    return emitted


def _emit_usage(doc: Doc) -> Emitted:
    if doc.get("kind") in ("reading", "use"):
        yield from (([doc["owner"], doc["day"], name, _local_id(doc)], count) for name, count in doc["counts"].items())


def _discarded(key: Callable[[Doc], list[Any]]) -> Callable[[Doc], Emitted]:
    return _of_reading(lambda doc: iter([(key(doc), None)] if doc["discarded"] else []), live=False)


def _made(doc: Doc) -> Emitted:
    if doc.get("kind") in ("reading", "lot"):
        yield [doc["kind"], doc["created"], doc["_id"]], doc.get("batch")


def _failed_with_bytes(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and doc["state"] == "failed" and doc["bytes"]:
        yield [doc["batch"], doc["_id"]], None


def _work(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and (doc["state"] in ("waiting", "reading") or doc["unsettled"]):
        yield [doc["batch"], doc["place"], doc["part"], doc["_id"]], doc["held_until"]


def _waiting(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and doc["bytes"]:
        yield [doc["owner"], _local_id(doc)], doc["size"]


REDUCED = {"live": "_count", "doubts": "_count", "bytes": "_sum", "waiting": "_sum", "use": "_sum", "work": "_count"}
VIEWS: dict[tuple[str, str], Callable[[Doc], Emitted]] = {
    (OWNER_DESIGN, "live"): _of_reading(lambda doc: iter([(
        [doc["owner"], _local_id(doc)],
        [*(doc[name] for name in ("created", "name", "text", "said")), len(doc["open"]), len(doc["corrections"])],
    )])),
    (OWNER_DESIGN, "doubts"): _of_reading(
        lambda doc: (([doc["owner"], doubt[0], _local_id(doc), doubt[1], doubt[2]], None) for doubt in doc["open"])
    ),
    (OWNER_DESIGN, "said"): _of_reading(
        lambda doc: (
            ([doc["owner"], _local_id(doc), index], {"said": correction, "discarded": doc["discarded"] or ""})
            for index, correction in enumerate(doc["corrections"])
        ), live=False,
    ),
    (OWNER_DESIGN, "discarded"): _discarded(lambda doc: [doc["owner"], doc["discarded"], _local_id(doc)]),
    (OWNER_DESIGN, "bytes"): _of_reading(
        lambda doc: iter([([doc["owner"], _local_id(doc)], doc["bytes"])]), live=False
    ),
    (OWNER_DESIGN, "use"): _emit_usage,
    (GLOBAL_DESIGN, "corrections"): _of_reading(
        lambda doc: (([values["id"].partition(":")[2], values["id"]], values) for values in doc["corrections"])
    ),
    (GLOBAL_DESIGN, "discarded"): _discarded(lambda doc: [doc["discarded"], doc["_id"]]),
    (GLOBAL_DESIGN, "made"): _made,
    (OWNER_DESIGN, "waiting"): _waiting,
    (GLOBAL_DESIGN, "kept"): _failed_with_bytes,
    (GLOBAL_DESIGN, "work"): _work,
}  # fmt: skip
