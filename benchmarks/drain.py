"""Graceful shutdown: are all requests answered that the server had accepted before a SIGTERM under load?

    python benchmarks/drain.py [--connections 32] [--rounds 10] [--seconds 2]

In each round the clients send picture after picture, the server gets SIGTERM, and every request on a connection that it
has accepted must be answered with 200. Measured with clients that keep their connections, with clients that open one
for each picture, and with wrk where it is installed. A refused connection was not accepted and is no failure.
"""

from __future__ import annotations

import argparse
import http.client
import re
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from report import machine, table
from serving import Target, drawn_digit, form, numink

WRK = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "{kind}"\nwrk.body = io.open("{body}", "rb"):read("*a")\n'


@dataclass
class Tally:
    """Outcomes of the requests of a round."""

    answered: int = 0
    other: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load before SIGTERM")
    options = parser.parse_args()
    print(machine())
    rows = []
    for name, keep in (("kept connections", True), ("new connections", False)):
        tallies = [crowd(options.connections, options.seconds, keep=keep) for _ in range(options.rounds)]
        rows.append(row(name, tallies))
        for lost in [lost for tally in tallies for lost in tally.lost][:5]:
            print(f"lost: {lost}")
    if shutil.which("wrk"):
        rows.append(row("wrk", [wrk(options.connections, options.seconds) for _ in range(options.rounds)]))
    print(table(("clients", "rounds", "answered", "not 200", "accepted and lost", "s to exit"), rows))


def row(name: str, tallies: list[Tally]) -> tuple[object, ...]:
    slowest = max(tally.seconds for tally in tallies)
    sums = (sum(getattr(tally, part) for tally in tallies) for part in ("answered", "other"))
    return (name, len(tallies), *sums, sum(len(tally.lost) for tally in tallies), f"{slowest:.1f}")


def crowd(connections: int, seconds: float, *, keep: bool) -> Tally:
    """Run one round with Python clients."""
    tally, lock = Tally(), threading.Lock()
    with numink() as target:
        clients = [threading.Thread(target=client, args=(target, tally, lock, keep)) for _ in range(connections)]
        for thread in clients:
            thread.start()
        time.sleep(seconds)
        tally.seconds = end(target)
        for thread in clients:
            thread.join()
    return tally


def client(target: Target, tally: Tally, lock: threading.Lock, keep: bool) -> None:
    """Send pictures until a connection is refused, or a request is lost."""
    body, headers = form(drawn_digit())
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
    while True:
        try:
            if connection.sock is None:
                connection.connect()
        except ConnectionError:
            return
        try:
            connection.request("POST", target.path, body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            with lock:
                tally.lost.append(repr(error))
            return
        with lock:
            tally.answered += response.status == 200
            tally.other += response.status != 200
        if not keep:
            connection.close()


def wrk(connections: int, seconds: float) -> Tally:
    """Run one round with wrk: its connect and write errors are refusals, its read errors and time-outs are losses."""
    tally = Tally()
    with numink() as target, tempfile.TemporaryDirectory() as folder:
        content, headers = form(drawn_digit())
        body, script = Path(folder) / "body", Path(folder) / "post.lua"
        body.write_bytes(content)
        script.write_text(WRK.format(kind=headers["Content-Type"], body=body))
        load = subprocess.Popen(
            ["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds + 2:.0f}s", "--timeout", "30s", "-s", script,
             f"http://127.0.0.1:{target.port}{target.path}"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(seconds)
        tally.seconds = end(target)
        output = load.communicate()[0]
    tally.other = number(r"Non-2xx or 3xx responses: (\d+)", output)
    tally.answered = number(r"(\d+) requests in", output) - tally.other
    tally.lost = ["read"] * number(r"read (\d+)", output) + ["timeout"] * number(r"timeout (\d+)", output)
    return tally


def number(pattern: str, text: str) -> int:
    match = re.search(pattern, text)
    return int(match[1]) if match else 0


def end(target: Target) -> float:
    """Send SIGTERM; return the seconds until the process has ended."""
    start = time.perf_counter()
    target.process.terminate()
    target.process.wait(timeout=60)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
