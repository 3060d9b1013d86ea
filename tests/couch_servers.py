"""Servers with CouchDB's protocol for the tests: pouchdb-server, or one that a variable names.

pouchdb-server is installed by npm, once for each environment of the tests.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

POUCHDB = "pouchdb-server@4.2.0"
CACHE = Path(sys.prefix) / "npm" / POUCHDB.replace("@", "-")
START_TIMEOUT = 30
"""Seconds."""


@dataclass(frozen=True)
class Couch:
    """A server: its URL, and further variables of the SDK."""

    url: str
    variables: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """All variables with which the SDK finds the server."""
        return {"CLOUDANT_URL": self.url, "CLOUDANT_AUTH_TYPE": "NOAUTH", **self.variables}

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield an unused name of a database, which is deleted afterwards."""
        name = f"numink-test-{uuid.uuid4().hex[:12]}"
        try:
            yield name
        finally:
            requests.delete(f"{self.url}/{name}", auth=self.auth, timeout=30)


def get_pouchdb() -> Path:
    """Return the program of pouchdb-server, installing it first. Raises RuntimeError with advice."""
    program = CACHE / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
    if program.exists():
        return program
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("the tests of Cloudant need npm: on Debian or Ubuntu run 'sudo apt-get install npm'")
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        command = [npm, "install", POUCHDB, "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
        process = subprocess.run(
            [*command, "--prefix", folder], capture_output=True, text=True, timeout=600, check=False
        )
        if process.returncode:
            raise RuntimeError(f"npm could not get {POUCHDB}: {process.stderr.strip()[-300:]}")
        Path(folder, "node_modules").rename(CACHE.with_suffix(".new"))
    CACHE.mkdir(exist_ok=True)
    CACHE.with_suffix(".new").rename(CACHE / "node_modules")
    return program


@contextmanager
def pouchdb(folder: Path) -> Iterator[Couch]:
    """Start an empty server that stores all data in memory, and end it afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["node", str(get_pouchdb()), "--in-memory", "--no-stdout-logs", "--port", str(port), "--no-color"]
    with (folder / "pouchdb.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        _await(f"http://127.0.0.1:{port}/", process)
        yield Couch(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def named() -> Couch | None:
    """Return the server of NUMINK_TEST_COUCHDB_URL, which may have a user and a password, and ?auth=session."""
    url = os.environ.get("NUMINK_TEST_COUCHDB_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    bare = f"{parts.scheme}://{parts.hostname}:{parts.port or 5984}{parts.path.rstrip('/')}"
    if not parts.username:
        return Couch(bare)
    user, password = unquote(parts.username), unquote(parts.password or "")
    kind = "COUCHDB_SESSION" if "auth=session" in parts.query else "BASIC"
    variables = {"CLOUDANT_USERNAME": user, "CLOUDANT_PASSWORD": password, "CLOUDANT_AUTH_TYPE": kind}
    return Couch(bare, variables, (user, password))


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            requests.get(url, timeout=5)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("pouchdb-server did not start: see pouchdb.txt")
