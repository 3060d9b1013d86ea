"""Server with CouchDB's protocol and injected faults, which a working server cannot show.

Tokens of IAM and sessions of CouchDB are issued at the same address. All requests are recorded.
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

from couch_auth import Authentication
from couch_memory import Database, Refused

REPLICA_DELAY = 0.3
"""Seconds that a replica is behind."""
ERRORS = {"402": "payment_required", "413": "request_entity_too_large", "429": "too_many_requests",
          "500": "internal_server_error", "503": "service_unavailable"}  # fmt: skip
FAULTS = ("402", "413", "429", "500", "503", "drop", "lost", "half", "rubbish", "202", "slow", "row", "stale")
"""Faults in this order: an error status; no answer, before the request is executed or after; half an answer; one that
is no JSON; status 202; a late answer; one document of several refused; an answer of a replica that is behind."""


@dataclass
class Plan:
    """Faults to inject: `rates` among all requests, and a `queue` for each ending of a path; `away`: no answers."""

    rates: dict[str, float] = field(default_factory=dict)
    queue: dict[str, deque[str]] = field(default_factory=dict)
    retry_after: str = ""
    slow: float = 0.05
    away: bool = False
    random: random.Random = field(default_factory=lambda: random.Random(7))

    def next(self, path: str) -> str:
        """Return the fault of the next request to a path; empty for none."""
        for ending, faults in self.queue.items():
            if faults and path.endswith(ending):
                return faults.popleft()
        remaining = self.random.random()
        for fault, rate in self.rates.items():
            remaining -= rate
            if remaining < 0:
                return fault
        return ""


class Faulty:
    """The server, its databases, its faults and the requests that it got; `done` counts injected faults."""

    def __init__(self) -> None:
        self.plan = Plan()
        self.databases: dict[str, Database] = {}
        self.authentication = Authentication()
        self.requests: list[tuple[str, str, Mapping[str, Any]]] = []
        self.done: dict[str, int] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.faulty = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, ending: str, *faults: str) -> None:
        """Inject faults into the next requests to paths with an ending."""
        self.plan.queue.setdefault(ending, deque()).extend(faults)

    def environment(self) -> dict[str, str]:
        """Return the variables with which the SDK finds this server."""
        return {"CLOUDANT_URL": self.url, **self.authentication.variables(self.url)}

    def answer(self, method: str, path: str, body: Any, delay: float, query: str = "") -> tuple[int, Any]:  # noqa: PLR0911
        """Return status and JSON of a request; `delay` is that of the replica in seconds."""
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
                return 200, database.all_docs(body, partition, delay)
            case ["_design", design, "_view", view]:
                return 200, database.view((design, view), body, partition, delay)
            case ["_design", design] if method == "PUT":
                row = database.write({**body, "_id": f"_design/{design}"})
                if "error" in row:
                    raise Refused(409, "conflict")
                return 201, row
            case ["_design", design]:
                return 200, database.get(f"_design/{design}")
            case [doc_id]:
                return 200, _document(database, doc_id, query, delay)
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
        database = self.databases[name]
        return 200, {"db_name": name, "doc_count": len(database.ids), "props": {"partitioned": True}}

    @contextmanager
    def running(self) -> Iterator[Faulty]:
        """Serve while the context is open."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def _document(database: Database, doc_id: str, query: str, delay: float) -> Any:
    options = parse_qs(query)
    if "rev" in options:
        return database.revision(doc_id, options["rev"][0])
    doc = database.get(doc_id, delay)
    if "revs_info" not in options:
        return doc
    revisions = [{"rev": version.rev, "status": "available"} for version in reversed(database.versions[doc_id])]
    return {**doc, "_revs_info": revisions}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_: Any) -> None:
        """Ignore errors of connections to killed clients."""


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
            if faulty.plan is not plan:  # the next test has begun
                self.close_connection = True
                return
        headers: dict[str, str] = {}
        try:
            status, answer, headers = self._answer(faulty, path, body, fault)
        except Refused as refused:
            status, answer = refused.status, refused.body
            if status in (429, 503) and faulty.plan.retry_after:
                headers["Retry-After"] = faulty.plan.retry_after
        if fault == "lost":
            self.close_connection = True
            return
        self._send(202 if fault == "202" and status == 201 else status, answer, headers, fault)

    def _answer(self, faulty: Faulty, path: str, body: bytes, fault: str) -> tuple[int, Any, dict[str, str]]:
        if fault in ERRORS:
            raise Refused(int(fault), ERRORS[fault])
        if path.endswith(("/identity/token", "/_session")):
            return faulty.authentication.log_in(path, body)
        faulty.authentication.check(self.headers)
        request = json.loads(body) if body else {}
        faulty.requests.append((self.command, path, request))
        if fault == "row" and len(request.get("docs", [])) > 1:
            status, rows = faulty.answer(self.command, path, {"docs": request["docs"][1:]}, 0.0)
            failed = {"id": request["docs"][0]["_id"], "error": "internal_server_error", "reason": "timeout"}
            return status, [failed, *rows], {}
        delay = REPLICA_DELAY if fault == "stale" else 0.0
        status, answer = faulty.answer(self.command, path, request, delay, urlsplit(self.path).query)
        return status, answer, {}

    def _send(self, status: int, answer: Any, headers: Mapping[str, str], fault: str) -> None:
        content = b"<html>gateway</html>" if fault == "rubbish" else json.dumps(answer).encode()
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
