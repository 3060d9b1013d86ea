"""Servers under test, a picture to send them, and concurrent clients that send it.

numink and the reference application are started by the commands that a user would type, and get the same requests.
"""

from __future__ import annotations

import http.client
import os
import re
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

HEAP = dict(re.findall(r"(MALLOC_\w+)=(\d+)", (Path(__file__).parents[1] / "Makefile").read_text()))
"""Variables for glibc's heap that `make run` and the container set."""
SIDES = (768, 763)
BOUNDARY = "numink-measure"
START_TIMEOUT = 120.0
"""Seconds within which a server must answer its first request."""


@dataclass(frozen=True)
class Target:
    """A server under test: its port, the path that pictures are posted to, and its process."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]


@dataclass
class Answers:
    """Results of a run: seconds of each answer, number of answers other than 200, and seconds in all."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    def percentile(self, share: float) -> float:
        """Return a percentile of the response times in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def drawn_digit() -> bytes:
    """Return a PNG with a 5 drawn with a thick pen, black on white."""
    width, height = SIDES
    picture = Image.new("RGB", SIDES, "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(500, 170), (300, 170), (285, 350)], fill="black", width=34, joint="curve")
    pen.arc([240, 320, width - 250, height - 150], start=215, end=130, fill="black", width=34)
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def form(picture: bytes) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the picture as a browser's form sends it."""
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
    """Run `numink serve` of this environment with default settings and a new history, as `make run` does."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("numink")), "serve", "--port", str(port)]
    if workers:
        command += ["--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder, running(command, folder) as process:
        yield ready(Target("numink", port, "/api/v1/read", process))


@contextmanager
def reference(app: Path, python: str) -> Iterator[Target]:
    """Run the reference application: Flask's development server with a Keras model."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, running([python, str(app.resolve()), str(port)], folder) as process:
        yield ready(Target("reference", port, "/predict", process))


@contextmanager
def running(command: list[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = HEAP | {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
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
    """Return `target` once it has answered a picture."""
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and target.process.poll() is None:
        try:
            if not ask(target, connections=1, requests=1).failed:
                return target
        except OSError:
            time.sleep(0.2)
    raise ConnectionError


def ask(target: Target, connections: int, *, seconds: float = 3600.0, requests: int = 10**9) -> Answers:
    """Post the picture over so many keep-alive connections, until the seconds or the requests are used up."""
    body, headers = form(drawn_digit())
    answers, lock, errors = Answers(), threading.Lock(), list[OSError]()
    start = time.perf_counter()
    remaining = iter(range(requests))

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
        try:
            while time.perf_counter() - start < seconds:
                with lock:
                    if next(remaining, None) is None:
                        return
                sent = time.perf_counter()
                connection.request("POST", target.path, body, headers)
                response = connection.getresponse()
                response.read()
                answers.seconds.append(time.perf_counter() - sent)
                if response.status != 200:
                    with lock:
                        answers.failed += 1
        except OSError as error:
            errors.append(error)
        finally:
            connection.close()

    clients = [threading.Thread(target=client) for _ in range(connections)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    answers.elapsed = time.perf_counter() - start
    if errors:
        raise errors[0]
    return answers


def family(pid: int) -> list[int]:
    """Return the ids of a process and all its descendants."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    members = [pid]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def memory(pid: int) -> tuple[float, float]:
    """Return RSS and PSS (shared memory divided among its users) of a process, in MB of 10**6 bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all its descendants, those that have ended included."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
