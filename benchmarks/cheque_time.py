"""Processor time to read the amount on a cheque, in turn with another installation: medians and their ratio.

    python benchmarks/cheque_time.py [--other /old/.venv/bin/python] [--limit 200]

Each installation runs in a process of its own with one thread, and reads each cheque directly after the other; the
first of the two alternates. Time is that of all threads of the process, in `Reader.read`, with the file's decoding.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from report import COLLECTIONS, machine, table

WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--other", help="Python of the installation to compare with")
    parser.add_argument("--cheques", type=Path, default=COLLECTIONS / "cheques-dev")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _answer()
        return
    print(machine())
    pictures = sorted(options.cheques.glob("*.jpg"))
    pictures = pictures[:: max(len(pictures) // options.limit, 1)][: options.limit]
    processes = {"this": _start(sys.executable, os.environ)}
    if options.other:
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        processes["other"] = _start(options.other, alone)
    times: dict[str, list[float]] = {name: [] for name in processes}
    for index, picture in enumerate(pictures[:WARM_UP] + pictures):
        for name in list(processes) if index % 2 else list(reversed(processes)):
            milliseconds = _ask(processes[name], picture)
            if index >= WARM_UP:
                times[name].append(milliseconds)
    for process in processes.values():
        process.communicate()
    rows = [
        (name, len(values), f"{median(values):.1f}", f"{sorted(values)[int(0.95 * len(values))]:.1f}")
        for name, values in times.items()
    ]
    print(table(("processor time, ms", "n", "median", "95 %"), rows))
    if options.other:
        print(f"ratio of the medians {median(times['this']) / median(times['other']):.2f}")


def _start(python: str, environment: dict[str, str] | os._Environ[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, __file__, "--inside"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**environment, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def _ask(process: subprocess.Popen[str], picture: Path) -> float:
    """Return the milliseconds that a process needed for a picture."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(picture.resolve(), file=process.stdin, flush=True)
    return float(process.stdout.readline())


def _answer() -> None:
    """Read each picture named on standard input, and print the milliseconds of the processor."""
    from numink import Reader

    reader = Reader()
    for line in sys.stdin:
        started = time.process_time()
        reader.read(Path(line.rstrip("\n")))
        print(1000 * (time.process_time() - started), flush=True)


if __name__ == "__main__":
    main()
