"""Processor time to read the amount on a cheque, in turn with another installation: medians and their ratio.

    python benchmarks/cheque_time.py [--other /old/.venv/bin/python] [--limit 200]

Each installation runs in a process of its own (reading_process.py), and reads each cheque directly after the other;
the first of the two alternates.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from reading_process import ReadingProcess
from report import COLLECTIONS, machine, table

WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--other", help="Python of the installation to compare with")
    parser.add_argument("--cheques", type=Path, default=COLLECTIONS / "cheques-dev")
    parser.add_argument("--limit", type=int, default=200)
    options = parser.parse_args()
    print(machine())
    pictures = sorted(options.cheques.glob("*.jpg"))
    pictures = pictures[:: max(len(pictures) // options.limit, 1)][: options.limit]
    processes = {"this": ReadingProcess()}
    if options.other:
        processes["other"] = ReadingProcess(options.other)
    times: dict[str, list[float]] = {name: [] for name in processes}
    for index, picture in enumerate(pictures[:WARM_UP] + pictures):
        for name in list(processes) if index % 2 else list(reversed(processes)):
            milliseconds = processes[name].read(picture).milliseconds
            if index >= WARM_UP:
                times[name].append(milliseconds)
    for process in processes.values():
        process.close()
    rows = [
        (name, len(values), f"{median(values):.1f}", f"{sorted(values)[int(0.95 * len(values))]:.1f}")
        for name, values in times.items()
    ]
    print(table(("processor time, ms", "n", "median", "95 %"), rows))
    if options.other:
        print(f"ratio of the medians {median(times['this']) / median(times['other']):.2f}")


if __name__ == "__main__":
    main()
