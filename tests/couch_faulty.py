"""A server of ours that speaks CouchDB's protocol and goes wrong as it is told: what a sound server cannot show.

IAM's tokens and CouchDB's sessions are given at the same address. Each request is remembered.
"""

from __future__ import annotations

import gzip
import json
import random
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from couch_door import Door
from couch_memory import Database, Refused

LATE = 0.3
"""Seconds that a copy is behind."""
ERRORS = {"402": "payment_required", "413": "request_entity_too_large", "429": "too_many_requests",
          "500": "internal_server_error", "503": "service_unavailable"}  # fmt: skip
KINDS = ("402", "413", "429", "500", "503", "drop", "lost", "half", "rubbish", "202", "slow", "row", "stale")
"""An error instead of the answer; no answer, before it is done or after; half of one; one that is no JSON; 202;
a late one; one document of several refused; one from a copy that is behind."""


@dataclass
class Plan:
    """What goes wrong: `rates` of all requests, and `queue` for those whose path ends so, one after another."""

    rates: dict[str, float] = field(default_factory=dict)
    queue: dict[str, deque[str]] = field(default_factory=dict)
    retry_after: str = ""
    slow: float = 0.05
    away: bool = False
    random: random.Random = field(default_factory=lambda: random.Random(7))

    def next(self, path: str) -> str:
        """The fault of a request; empty for none."""
        for ending, faults in self.queue.items():
            if faults and path.endswith(ending):
                return faults.popleft()
        dice = self.random.random()
        for kind, rate in self.rates.items():
            dice -= rate
            if dice < 0:
                return kind
        return ""


class Faulty:
    """The server."""

    def __init__(self) -> None:
        self.plan = Plan()
        self.databases: dict[str, Database] = {}
        self.door = Door()
        self.requests: list[tuple[str, str, Mapping[str, Any]]] = []
        self.done: dict[str, int] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.faulty = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, ending: str, *kinds: str) -> None:
        """The next requests to a path that ends so."""
        self.plan.queue.setdefault(ending, deque()).extend(kinds)

    def environment(self) -> dict[str, str]:
        """What leads here."""
        return {"CLOUDANT_URL": self.url, **self.door.variables(self.url)}

    def answer(self, method: str, path: str, body: Any, late: float, query: str = "") -> tuple[int, Any]:  # noqa: PLR0911
        """Status and JSON."""
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts == [""]:
            return 200, {"couchdb": "Welcome", "version": "3.5.0+test", "vendor": {"name": "numink's tests"}}
        name, *rest = parts
        if not rest:
            return self._database(method, name)
        if name not in self.databases:
            raise Refused(404, "not_found", "Database does not exist.")
        database = self.databases[name]
        partition, rest = (rest[1], rest[2:]) if rest[0] == "_partition" else (None, rest)
        match rest:
            case ["_bulk_docs"]:
                return 201, [database.write(doc) for doc in body["docs"]]
            case ["_all_docs"]:
                return 200, database.all_docs(body, partition, late)
            case ["_design", design, "_view", view]:
                return 200, database.view((design, view), body, partition, late)
            case ["_design", design] if method == "PUT":
                row = database.write({**body, "_id": f"_design/{design}"})
                if "error" in row:
                    raise Refused(409, "conflict")
                return 201, row
            case ["_design", design]:
                return 200, database.get(f"_design/{design}")
            case [one]:
                return 200, _document(database, one, query, late)
        raise Refused(404, "not_found", path)

    def _database(self, method: str, name: str) -> tuple[int, Any]:
        if method == "PUT":
            if name in self.databases:
                raise Refused(412, "file_exists")
            self.databases[name] = Database()
            return 201, {"ok": True}
        if name not in self.databases:
            raise Refused(404, "not_found", "Database does not exist.")
        if method == "DELETE":
            del self.databases[name]
            return 200, {"ok": True}
        there = self.databases[name]
        return 200, {"db_name": name, "doc_count": len(there.ids), "props": {"partitioned": True}}

    @contextmanager
    def running(self) -> Iterator[Faulty]:
        """Serves while the context is open."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def _document(database: Database, one: str, query: str, late: float) -> Any:
    asked = parse_qs(query)
    if "rev" in asked:
        return database.revision(one, asked["rev"][0])
    doc = database.get(one, late)
    if "revs_info" not in asked:
        return doc
    revisions = [{"rev": version.rev, "status": "available"} for version in reversed(database.versions[one])]
    return {**doc, "_revs_info": revisions}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_: Any) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self) -> None:
        faulty: Faulty = self.server.faulty  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        path = urlsplit(self.path).path
        fault = faulty.plan.next(path)
        if fault:
            faulty.done[fault] = faulty.done.get(fault, 0) + 1
        if faulty.plan.away or fault == "drop":
            self.close_connection = True
            return
        if fault == "slow":
            plan = faulty.plan
            time.sleep(plan.slow)
            if faulty.plan is not plan:  # another test has begun meanwhile
                self.close_connection = True
                return
        headers: dict[str, str] = {}
        try:
            status, said, headers = self._said(faulty, path, body, fault)
        except Refused as refused:
            status, said = refused.status, refused.body
            if status in (429, 503) and faulty.plan.retry_after:
                headers["Retry-After"] = faulty.plan.retry_after
        if fault == "lost":
            self.close_connection = True
            return
        self._send(202 if fault == "202" and status == 201 else status, said, headers, fault)

    def _said(self, faulty: Faulty, path: str, body: bytes, fault: str) -> tuple[int, Any, dict[str, str]]:
        if fault in ERRORS:
            raise Refused(int(fault), ERRORS[fault])
        if path.endswith(("/identity/token", "/_session")):
            return faulty.door.log_in(path, body)
        faulty.door.admit(self.headers)
        said = json.loads(body) if body else {}
        faulty.requests.append((self.command, path, said))
        if fault == "row" and len(said.get("docs", [])) > 1:
            status, rows = faulty.answer(self.command, path, {"docs": said["docs"][1:]}, 0.0)
            failed = {"id": said["docs"][0]["_id"], "error": "internal_server_error", "reason": "timeout"}
            return status, [failed, *rows], {}
        late = LATE if fault == "stale" else 0.0
        status, answer = faulty.answer(self.command, path, said, late, urlsplit(self.path).query)
        return status, answer, {}

    def _send(self, status: int, said: Any, headers: Mapping[str, str], fault: str) -> None:
        content = b"<html>gateway</html>" if fault == "rubbish" else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if fault == "rubbish" else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if fault == "half":
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - as the standard library calls them
