"""Memory of the serving processes over 10,000 requests: of each, and of all together.

    python benchmarks/memory.py [--requests 10000] [--workers 1]

RSS counts what processes share once for each; PSS counts it once.
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
    parser.add_argument("--workers", type=int, help="of numink  [default: as numink has it]")
    given = parser.parse_args()
    print(machine())
    rows, totals, failed = [], [], 0
    with numink(given.workers) as target:
        for step in range(STEPS + 1):
            if step:
                failed += ask(target, given.connections, requests=given.requests // STEPS).failed
            each = [memory(pid) for pid in family(target.process.pid)]
            rss, pss = sum(one for one, _ in each), sum(one for _, one in each)
            totals.append(rss)
            rows.append((
                step * given.requests // STEPS, f"{rss:.1f}", f"{pss:.1f}", " + ".join(f"{one:.1f}" for one, _ in each)
            ))  # fmt: skip
    print(table(("requests", "RSS MB", "PSS MB", "RSS of each"), rows))
    print(f"failed {failed}; last half {totals[-1] - totals[STEPS // 2]:+.1f} MB")


if __name__ == "__main__":
    main()
