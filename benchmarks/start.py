"""Start-up time: from starting `numink serve` to the first 200 of /readyz, with a new history each time.

python benchmarks/start.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from report import machine, table
from serving import free_port, running

START_TIMEOUT = 60.0
"""Seconds within which the server must be ready."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(machine())
    times = [start() for _ in range(options.rounds + 1)][1:]  # the first only fills the disk cache
    row = ("numink serve to /readyz", len(times), *(f"{statistic(times):.2f}" for statistic in (median, min, max)))
    print(table(("command", "n", "median s", "min", "max"), [row]))


def start() -> float:
    """Return the seconds of one start."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("numink")), "serve", "--port", str(port)]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, running(command, folder):
        while time.perf_counter() - begun < START_TIMEOUT:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                return time.perf_counter() - begun
            except OSError:  # not listening yet, or listening and not ready
                time.sleep(0.01)
        raise ConnectionError


if __name__ == "__main__":
    main()
