"""SIGTERM under load: what becomes of the pictures that the server had accepted.

    python benchmarks/drain.py [--connections 32] [--rounds 10] [--seconds 2]

In each round the clients send picture after picture, the server is told to end, and every request whose connection it
had taken must be answered with 200. Clients that keep their connections and clients that make one for each picture, in
turn; then wrk, where it is installed. What is refused at the door was not accepted, and is not counted as failed.
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
    """What became of the requests of a round."""

    answered: int = 0
    other: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load before the server is told to end")
    given = parser.parse_args()
    print(machine())
    rows = []
    for name, keep in (("kept connections", True), ("a connection each", False)):
        tallies = [crowd(given.connections, given.seconds, keep=keep) for _ in range(given.rounds)]
        rows.append(row(name, tallies))
        for lost in [lost for tally in tallies for lost in tally.lost][:5]:
            print(f"lost: {lost}")
    if shutil.which("wrk"):
        rows.append(row("wrk", [wrk(given.connections, given.seconds) for _ in range(given.rounds)]))
    print(table(("clients", "rounds", "answered", "not 200", "accepted and lost", "s to the end"), rows))


def row(name: str, tallies: list[Tally]) -> tuple[object, ...]:
    slowest = max(tally.seconds for tally in tallies)
    sums = (sum(getattr(tally, part) for tally in tallies) for part in ("answered", "other"))
    return (name, len(tallies), *sums, sum(len(tally.lost) for tally in tallies), f"{slowest:.1f}")


def crowd(connections: int, seconds: float, *, keep: bool) -> Tally:
    """One round of clients of ours."""
    tally, lock = Tally(), threading.Lock()
    with numink() as target:
        clients = [threading.Thread(target=client, args=(target, tally, lock, keep)) for _ in range(connections)]
        for one in clients:
            one.start()
        time.sleep(seconds)
        tally.seconds = end(target)
        for one in clients:
            one.join()
    return tally


def client(target: Target, tally: Tally, lock: threading.Lock, keep: bool) -> None:
    """Sends pictures until it is refused at the door, or lost."""
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
    """One round of wrk. It counts who is refused as a connect or write error; read errors and time-outs are losses."""
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
        said = load.communicate()[0]
    tally.other = number(r"Non-2xx or 3xx responses: (\d+)", said)
    tally.answered = number(r"(\d+) requests in", said) - tally.other
    tally.lost = ["read"] * number(r"read (\d+)", said) + ["timeout"] * number(r"timeout (\d+)", said)
    return tally


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def end(target: Target) -> float:
    """Seconds from SIGTERM to the end of the process."""
    start = time.perf_counter()
    target.process.terminate()
    target.process.wait(timeout=60)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
