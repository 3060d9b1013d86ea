"""Memory of the serving processes over 10,000 requests, for each process and in total.

    python benchmarks/memory.py [--requests 10000] [--workers 1]

RSS counts shared memory once for each process, PSS only once.
"""

from __future__ import annotations

import argparse

from report import machine, table
from serving import ask, family, memory, numink

STEPS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, help="of numink  [default: numink's own]")
    options = parser.parse_args()
    print(machine())
    rows, totals, failed = [], [], 0
    with numink(options.workers) as target:
        for step in range(STEPS + 1):
            if step:
                failed += ask(target, options.connections, requests=options.requests // STEPS).failed
            usages = [memory(pid) for pid in family(target.process.pid)]
            rss, pss = sum(rss for rss, _ in usages), sum(pss for _, pss in usages)
            totals.append(rss)
            by_process = " + ".join(f"{own:.1f}" for own, _ in usages)
            rows.append((step * options.requests // STEPS, f"{rss:.1f}", f"{pss:.1f}", by_process))
    print(table(("requests", "RSS MB", "PSS MB", "RSS by process"), rows))
    print(f"failed {failed}; second half {totals[-1] - totals[STEPS // 2]:+.1f} MB")


if __name__ == "__main__":
    main()
