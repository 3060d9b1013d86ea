"""A real server for tests, and a plain HTTP client for it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fork_server import ForkedServer

START = 60
"""Seconds that a start may take on a busy machine."""


@dataclass(frozen=True)
class Answer:
    """A response: status, headers and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Fields = Mapping[str, str | tuple[str, bytes]]


def multipart(fields: Fields | Sequence[tuple[str, str | tuple[str, bytes]]]) -> tuple[bytes, str]:
    """Return the body and the content type of a form of texts and of files as (name, content)."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items() if isinstance(fields, Mapping) else fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, str):
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
        else:
            file = value[0].replace("\\", "\\\\").replace('"', "%22")
            parts.append(
                f'{head}; filename="{file}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
                + value[1]
                + b"\r\n"
            )
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Client:
    """HTTP client that opens a connection for each request; keeps cookies where `browser` is set."""

    def __init__(self, port: int, *, browser: bool = False) -> None:
        self.port = port
        self.browser = browser
        self.cookie = ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Cookie": self.cookie} if self.cookie else {}
        with contextlib.closing(connection):
            connection.request(method, path, body, {**sent, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
        if self.browser and "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def send(self, path: str, fields: Fields) -> Answer:
        body, kind = multipart(fields)
        return self.ask("POST", path, body, {"Content-Type": kind})

    def send_files(self, path: str, files: Sequence[tuple[str, bytes]], fields: Mapping[str, str]) -> Answer:
        """Several files in the field `file`."""
        body, kind = multipart([*fields.items(), *(("file", file) for file in files)])
        return self.ask("POST", path, body, {"Content-Type": kind})

    def read(self, picture: bytes, name: str = "digit.png", **fields: str) -> Answer:
        return self.send("/api/v1/read", {"file": (name, picture), **fields})

    def token(self, path: str = "/") -> str:
        """Return the CSRF token of the form on a page."""
        match = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert match, f"no form on {path}"
        return match[1]

    def waiting(self) -> int:
        """Return the number of readings that wait or are being made."""
        match = re.search(r"^numink_waiting (\d+)\.0$", self.get("/metrics").text, re.M)
        assert match
        return int(match[1])


class Served:
    """`numink serve` in a process group of its own, at a free port and with a history in `folder`.

    Forked from a process that has the modules loaded, or with `fresh` started as a user starts it.
    """

    def __init__(self, folder: Path, *, fresh: bool = False, **settings: str) -> None:
        self.folder = folder
        self.errors = folder / "stderr.txt"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
        environment |= {"NUMINK_PORT": "0", "NUMINK_STORE": f"sqlite:///{folder}/history.db", **settings}
        self.errors.touch()
        start = start_fresh if fresh else ForkedServer
        self.process: ForkedServer | subprocess.Popen[str] = start(environment, self.errors)
        assert self.process.stdout
        self.line = self.process.stdout.readline().strip()
        match = re.match(r"numink is at http://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)", self.line)
        assert match, f"the server wrote {self.line!r} and {self.errors.read_text()!r}"
        self.port = int(match[1])
        self.client = Client(self.port)

    def kill(self) -> None:
        """Kill all processes at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._wait()

    def stop(self) -> int:
        """Terminate the server with SIGTERM, and return its exit code."""
        self.process.terminate()
        return self._wait()

    def memory(self) -> int:
        """Return the resident bytes of all processes of the server."""
        pages = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.getpgid(int(folder.name)) == self.process.pid:
                    pages += int((folder / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _wait(self) -> int:
        code = self.process.wait(timeout=START)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def start_fresh(environment: Mapping[str, str], errors: Path) -> subprocess.Popen[str]:
    """Start `numink serve` in a Python of its own."""
    with errors.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "numink", "serve"],
            env=environment, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True,
        )  # fmt: skip


@contextlib.contextmanager
def served(folder: Path, *, fresh: bool = False, **settings: str) -> Iterator[Served]:
    """Run a server for as long as the context is open."""
    server = Served(folder, fresh=fresh, **settings)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)


def until(condition: Any, seconds: float = 20) -> None:
    """Wait until `condition()` is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so within {seconds} seconds"
        time.sleep(0.02)
