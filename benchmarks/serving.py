"""A server to measure, a picture to send it, and sixteen clients that do.

Knows only HTTP: numink and the reference are started as the commands that a user types, and are asked the same way.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

SIDES = (768, 763)
BOUNDARY = "numink-measure"
PATIENCE = 120.0
"""Seconds until a server must answer its first request."""


@dataclass(frozen=True)
class Target:
    """A server under test: where it listens, what is posted to, and its process."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]


@dataclass
class Answers:
    """What came back: seconds each, how many were not 200, and how long all took."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def drawn_digit() -> bytes:
    """A 5 as somebody draws it with a thick pen, black on white, as PNG."""
    width, height = SIDES
    picture = Image.new("RGB", SIDES, "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(500, 170), (300, 170), (285, 350)], fill="black", width=34, joint="curve")
    pen.arc([240, 320, width - 250, height - 150], start=215, end=130, fill="black", width=34)
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def form(picture: bytes) -> tuple[bytes, dict[str, str]]:
    """The picture as a browser's form sends it: body and headers."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="digit.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def numink(workers: int | None = None) -> Iterator[Target]:
    """`numink serve` of this environment with a new history, as it is set when nothing is set."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("numink")), "serve", "--port", str(port)]
    if workers:
        command += ["--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder, running(command, folder) as process:
        yield ready(Target("numink", port, "/api/v1/read", process))


@contextmanager
def reference(app: Path, python: str) -> Iterator[Target]:
    """The brief's application, rebuilt: Flask's development server with a Keras model."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, running([python, str(app.resolve()), str(port)], folder) as process:
        yield ready(Target("reference", port, "/predict", process))


@contextmanager
def running(command: list[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    log = Path(folder) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            yield process
        except ConnectionError:
            raise SystemExit(f"{command[0]} did not answer:\n{log.read_text()[-2000:]}") from None
        finally:
            process.terminate()
            process.wait(timeout=60)


def ready(target: Target) -> Target:
    """Returns once the first picture is answered."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and target.process.poll() is None:
        try:
            if not ask(target, connections=1, requests=1).failed:
                return target
        except OSError:
            time.sleep(0.2)
    raise ConnectionError


def ask(target: Target, connections: int, *, seconds: float = 3600.0, requests: int = 10**9) -> Answers:
    """Posts the picture over so many connections kept alive, until the seconds or the requests are over."""
    body, headers = form(drawn_digit())
    answers, lock, trouble = Answers(), threading.Lock(), list[OSError]()
    start = time.perf_counter()
    left = iter(range(requests))

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
        try:
            while time.perf_counter() - start < seconds:
                with lock:
                    if next(left, None) is None:
                        return
                asked = time.perf_counter()
                connection.request("POST", target.path, body, headers)
                response = connection.getresponse()
                response.read()
                answers.seconds.append(time.perf_counter() - asked)
                if response.status != 200:
                    with lock:
                        answers.failed += 1
        except OSError as error:
            trouble.append(error)
        finally:
            connection.close()

    clients = [threading.Thread(target=client) for _ in range(connections)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    answers.elapsed = time.perf_counter() - start
    if trouble:
        raise trouble[0]
    return answers


def family(pid: int) -> list[int]:
    """A process and all that come from it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def memory(pid: int) -> tuple[float, float]:
    """RSS and PSS (what is shared counted once) of a process in MB of 10**6 bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6
