"""Stand-in for IBM Cloud's IAM, its platform and watsonx.ai Runtime: one HTTPS server with faults on demand.

Its certificates come from an authority made for the test (trustme) and are verified. Every request is checked by
`watson_rules`; invalid ones are listed in `violations`.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import trustme

from numink.watson.packing import pack
from watson_routes import KEY, ROUTES, name_of
from watson_rules import ERRORS, SPACE, SPECIFICATIONS, Deployment, Refused, Space


@dataclass(frozen=True)
class Fault:
    """Fault of one request: an error `status`, or 'drop', 'half', 'drip', 'hang', 'rubbish', 'other'."""

    kind: str = "status"
    status: int = 503
    after: str = ""
    """Value of Retry-After."""

    def refuse(self) -> None:
        """Raise Refused where the fault is a status, with a message that contains the key."""
        if self.kind == "status":
            raise Refused(self.status, f"a requested fault; your key is {KEY}")


class Standin:
    """The services at one address."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.certificates = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.certificates))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.space, self.tokens = Space(), set[str]()
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.seen: list[str] = []
        self.violations: list[str] = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.standin = self
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self._server.server_address[1]}"

    def environment(self, **more: str) -> dict[str, str]:
        """Return settings of numink for this server."""
        return {
            "NUMINK_WATSON_URL": self.url, "NUMINK_WATSON_IAM_URL": self.url, "NUMINK_WATSON_PLATFORM_URL": self.url,
            "NUMINK_WATSON_CERTIFICATES": str(self.certificates), "NUMINK_WATSON_APIKEY": KEY,
            "NUMINK_WATSON_SPACE": SPACE, **more,
        }  # fmt: skip

    def fail(self, name: str, *faults: Fault) -> None:
        """Let the next requests of that name (see `name_of`) fail, one after another."""
        self.faults[name].extend(faults)

    def count(self, name: str) -> int:
        """Return the number of requests of that name."""
        return self.seen.count(name)

    def new_token(self) -> str:
        """Issue a token in the form of a JWT."""
        now = int(time.time())
        claims = {"iat": now, "exp": now + 3600, "n": len(self.seen)}
        parts = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in ({"alg": "none"}, claims)
        ]
        token = ".".join([*parts, "c2lnbmVk"])
        self.tokens.add(token)
        return token

    def deployed(self, model: Path) -> str:
        """Deploy an ONNX file without any request; return the id of the deployment."""
        content = pack(model, self.certificates.with_name("model.tar.gz")).read_bytes()
        software = {"id": SPECIFICATIONS["onnxruntime_opset_21"]}
        stored = self.space.store(
            {"name": "m", "type": "onnxruntime_1.17", "software_spec": software, "space_id": SPACE}
        )
        self.space.model(stored).load(content)
        self.space.deployments["d"] = Deployment({"name": "numink"}, 0, stored)
        return "d"

    def reset(self) -> None:
        """Forget models, deployments, faults and requests."""
        self.space, self.tokens = Space(), set()
        self.faults.clear()
        self.seen.clear()
        self.violations.clear()

    def __enter__(self) -> Standin:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    standin: Standin

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that do not trust the certificate or have disconnected."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def do_GET(self) -> None:  # http.server's names
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        standin, url = self.server.standin, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name, parts = name_of(self.command, url.path), url.path.strip("/").split("/")
        with standin.lock:
            standin.seen.append(name)
            fault = standin.faults[name].popleft() if standin.faults[name] else None
            try:
                if name != "token":
                    self._admit(name, parse_qs(url.query))
                if fault is not None:
                    fault.refuse()
                status, answer = ROUTES[name](standin, parts, body, parse_qs(url.query))
            except Refused as error:
                status = error.status
                answer = {
                    "trace": "1",
                    "errors": [{"code": "refused", "message": error.message}],
                    "status_code": status,
                }
                jsonschema.validate(answer, ERRORS)
                if status == 400 and fault is None and name != "token":
                    standin.violations.append(f"{name}: {error.message}")
        self._send(status, b"" if answer is None else json.dumps(answer).encode(), fault)

    def _admit(self, name: str, query: dict[str, list[str]]) -> None:
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.standin.tokens:
            raise Refused(401, "the token is not valid")
        if "/ml/v4" in name + self.path and "version" not in query:
            raise Refused(400, "the query has no version")

    def _send(self, status: int, body: bytes, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "hang":
            self.server.standin.released.wait(30)
        if kind in ("drop", "hang"):
            self.close_connection = True
            return
        if kind == "rubbish":
            body = b"<html>not what you asked for</html>"
        if kind == "other":
            body = json.dumps({"predictions": [{"id": "logits", "values": [[1.0, 2.0]]}]}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if fault and fault.after:
            self.send_header("Retry-After", fault.after)
        self.end_headers()
        if kind == "half":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif kind == "drip":
            self._drip(body)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        """Send a byte at a time, so that no timeout of a socket expires."""
        for index in range(len(body)):
            self.wfile.write(body[index : index + 1])
            self.wfile.flush()
            if self.server.standin.released.wait(0.05):
                return


@contextmanager
def standing_in(folder: Path) -> Iterator[Standin]:
    """Run the services."""
    with Standin(folder) as standin:
        yield standin
