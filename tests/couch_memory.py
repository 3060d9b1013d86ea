"""A partitioned database as CouchDB has it, in memory, with every version kept, to be read as it was.

The views are written here once more, in Python: pouchdb-server and CouchDB run the JavaScript.
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
KNOWN = {
    "start_key", "end_key", "keys", "limit", "skip", "descending", "include_docs", "reduce", "group_level",
    "startkey", "endkey",
}  # fmt: skip


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, error: str, reason: str = "") -> None:
        super().__init__(error)
        self.status, self.body = status, {"error": error, "reason": reason or error}


@dataclass(frozen=True)
class Version:
    """One writing; a deleted document has no body."""

    at: float
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
        """A row of `_bulk_docs`."""
        one = doc["_id"]
        if not one.startswith("_design/") and not all(one.partition(":")):
            raise Refused(400, "illegal_docid", "Doc id must be of form partition:id")
        if len(json.dumps(doc)) > self.most_bytes:
            raise Refused(413, "document_too_large", one)
        with self.lock:
            before = self.versions.get(one, [])
            there = before[-1] if before else None
            if (there.rev if there and there.doc else "") != doc.get("_rev", ""):
                return {"id": one, "error": "conflict", "reason": "Document update conflict."}
            generation = len(before) + 1
            digest = hashlib.md5(json.dumps([doc, generation], sort_keys=True).encode()).hexdigest()
            rev = f"{generation}-{digest}"
            kept = None if doc.get("_deleted") else {**doc, "_rev": rev}
            if not before:
                self.ids.insert(bisect_left(self.ids, one), one)
            self.versions.setdefault(one, []).append(Version(time.monotonic(), rev, kept))
        return {"ok": True, "id": one, "rev": rev}

    def revision(self, one: str, rev: str) -> Doc:
        """As it was in a version."""
        found = next((version for version in self.versions.get(one, []) if version.rev == rev), None)
        if found is None or found.doc is None:
            raise Refused(404, "not_found", "missing")
        return found.doc

    def get(self, one: str, late: float = 0.0) -> Doc:
        """As it was so many seconds ago."""
        found = self._as_of(one, late)
        if found is None or found.doc is None:
            raise Refused(404, "not_found", "deleted" if found else "missing")
        return found.doc

    def all_docs(self, asked: Mapping[str, Any], partition: str | None, late: float = 0.0) -> Doc:
        """The primary index, or a partition of it, or some documents of it."""
        _check(asked, partition)
        rows: list[Doc] = []
        if "keys" in asked:
            for key in asked["keys"]:
                found = self._as_of(key, late)
                if found is None:
                    rows.append({"key": key, "error": "not_found"})
                elif found.doc is None:
                    rows.append({"id": key, "key": key, "value": {"rev": found.rev, "deleted": True}, "doc": None})
                else:
                    rows.append({"id": key, "key": key, "value": {"rev": found.rev}, "doc": found.doc})
            return {"rows": rows}
        first, last = asked.get("start_key", ""), asked.get("end_key", "\U0010ffff")
        if asked.get("descending"):
            first, last = last, first
        with self.lock:
            ids = self.ids[bisect_left(self.ids, first) : bisect_left(self.ids, f"{last}\0")]
        for one in reversed(ids) if asked.get("descending") else ids:
            found = self._as_of(one, late)
            if found and found.doc and (partition is None or one.startswith(f"{partition}:")):
                row = {"id": one, "key": one, "value": {"rev": found.rev}}
                rows.append({**row, "doc": found.doc} if asked.get("include_docs") else row)
            if len(rows) >= asked.get("skip", 0) + asked.get("limit", MOST_ROWS):
                break
        return {"rows": rows[asked.get("skip", 0) :]}

    def view(self, name: tuple[str, str], asked: Mapping[str, Any], partition: str | None, late: float = 0.0) -> Doc:
        """Rows of a view, or what they come to."""
        _check(asked, partition)
        self.get(f"_design/{name[0]}")
        rows = [
            {"id": one, "key": key, "value": value}
            for one in list(self.ids)
            if partition is None or one.startswith(f"{partition}:")
            if (found := self._as_of(one, late)) and found.doc
            for key, value in VIEWS[name](found.doc)
        ]
        rows.sort(key=lambda row: (_order(row["key"]), row["id"]))
        first, last = asked.get("start_key", []), asked.get("end_key", [{}])
        if asked.get("descending"):
            rows.reverse()
            first, last = last, first
        rows = [row for row in rows if _order(first) <= _order(row["key"]) <= _order(last)]
        if asked.get("reduce", name[1] in REDUCED):
            return {"rows": _reduced(rows, name[1], asked.get("group_level"))}
        rows = rows[asked.get("skip", 0) :][: asked.get("limit", MOST_ROWS)]
        if asked.get("include_docs"):
            rows = [{**row, "doc": self.get(row["id"])} for row in rows]
        return {"rows": rows}

    def _as_of(self, one: str, late: float) -> Version | None:
        with self.lock:
            versions = self.versions.get(one, [])
            if not late:
                return versions[-1] if versions else None
            moment = time.monotonic() - late
            return next((version for version in reversed(versions) if version.at <= moment), None)


def _check(asked: Mapping[str, Any], partition: str | None) -> None:
    if unknown := set(asked) - KNOWN:
        raise Refused(400, "query_parse_error", f"unknown: {sorted(unknown)}")
    if partition is not None and ("keys" in asked or asked.get("limit", 0) > MOST_ROWS):
        raise Refused(400, "query_parse_error", "not of a partition")


def _order(value: Any) -> Any:
    """As CouchDB sorts: null, numbers, texts, lists, objects."""
    if value is None:
        return (0,)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    return (3, [_order(one) for one in value]) if isinstance(value, list) else (4,)


def _reduced(rows: list[Doc], name: str, level: int | None) -> list[Doc]:
    groups: dict[str, Doc] = {}
    for row in rows:
        key = row["key"][:level] if level else None
        group = groups.setdefault(json.dumps(key), {"key": key, "value": 0})
        group["value"] += 1 if REDUCED[name] == "_count" else row["value"]
    return list(groups.values())


Emitted = Iterator[tuple[list[Any], Any]]


def _rest(doc: Doc) -> str:
    return str(doc["_id"].partition(":")[2])


def _of_reading(rows: Callable[[Doc], Emitted], *, live: bool = True) -> Callable[[Doc], Emitted]:
    def emitted(doc: Doc) -> Emitted:
        if doc.get("kind") == "reading" and not (live and doc["discarded"]):
            yield from rows(doc)

    return emitted


def _use(doc: Doc) -> Emitted:
    if doc.get("kind") in ("reading", "use"):
        yield from (([doc["owner"], doc["day"], what, _rest(doc)], n) for what, n in doc["counts"].items())


def _aside(key: Callable[[Doc], list[Any]]) -> Callable[[Doc], Emitted]:
    return _of_reading(lambda doc: iter([(key(doc), None)] if doc["discarded"] else []), live=False)


def _made(doc: Doc) -> Emitted:
    if doc.get("kind") in ("reading", "lot"):
        yield [doc["kind"], doc["created"], doc["_id"]], doc.get("batch")


def _kept(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and doc["state"] == "failed" and doc["bytes"]:
        yield [doc["batch"], doc["_id"]], None


def _work(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and (doc["state"] in ("waiting", "reading") or doc["unsettled"]):
        yield [doc["batch"], doc["place"], doc["part"], doc["_id"]], doc["held_until"]


def _waiting(doc: Doc) -> Emitted:
    if doc.get("kind") == "item" and doc["bytes"]:
        yield [doc["owner"], _rest(doc)], doc["size"]


REDUCED = {"live": "_count", "doubts": "_count", "bytes": "_sum", "waiting": "_sum", "use": "_sum", "work": "_count"}
VIEWS: dict[tuple[str, str], Callable[[Doc], Emitted]] = {
    (OWNER_DESIGN, "live"): _of_reading(lambda doc: iter([(
        [doc["owner"], _rest(doc)],
        [*(doc[name] for name in ("created", "name", "text", "said")), len(doc["open"]), len(doc["corrections"])],
    )])),
    (OWNER_DESIGN, "doubts"): _of_reading(
        lambda doc: (([doc["owner"], one[0], _rest(doc), one[1], one[2]], None) for one in doc["open"])
    ),
    (OWNER_DESIGN, "said"): _of_reading(
        lambda doc: (
            ([doc["owner"], _rest(doc), at], {"said": one, "discarded": doc["discarded"] or ""})
            for at, one in enumerate(doc["corrections"])
        ), live=False,
    ),
    (OWNER_DESIGN, "discarded"): _aside(lambda doc: [doc["owner"], doc["discarded"], _rest(doc)]),
    (OWNER_DESIGN, "bytes"): _of_reading(lambda doc: iter([([doc["owner"], _rest(doc)], doc["bytes"])]), live=False),
    (OWNER_DESIGN, "use"): _use,
    (GLOBAL_DESIGN, "corrections"): _of_reading(
        lambda doc: (([one["id"].partition(":")[2], one["id"]], one) for one in doc["corrections"])
    ),
    (GLOBAL_DESIGN, "discarded"): _aside(lambda doc: [doc["discarded"], doc["_id"]]),
    (GLOBAL_DESIGN, "made"): _made,
    (OWNER_DESIGN, "waiting"): _waiting,
    (GLOBAL_DESIGN, "kept"): _kept,
    (GLOBAL_DESIGN, "work"): _work,
}  # fmt: skip
