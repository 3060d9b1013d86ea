"""Uploads during an outage of Cloudant: is each upload answered, and stored in the end?

    python benchmarks/cloudant_away.py [--uploads 1000]

Three runs, in which Cloudant (tests/couch_faulty.py) does not answer in the first, the middle or the last third.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from cloudant_setup import Uploads, environment, numink, outcome, settle
from couch_faulty import Faulty
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=1000)
    options = parser.parse_args()
    print(machine())
    rows = [run(options.uploads, third) for third in ("first", "middle", "last")]
    print(
        table(("outage", "uploads", "not answered", "stored", "lost", "duplicated", "s", "s until all are sent"), rows)
    )


def run(count: int, third: str) -> tuple[object, ...]:
    ends = [count // 3, 2 * count // 3, count]
    with tempfile.TemporaryDirectory() as name, Faulty().running() as faulty:
        folder = Path(name)
        os.environ.update(environment(faulty, folder))
        uploads = Uploads(count)
        faulty.plan.away = third == "first"
        with numink(faulty, folder) as server:
            started = time.monotonic()
            for part, end in zip(("first", "middle", "last"), ends, strict=True):
                faulty.plan.away = part == third
                uploads.send(server, end)
            elapsed = time.monotonic() - started
            faulty.plan.away = False
            seconds_to_send = settle(server)
        stored, lost, duplicated, _ = outcome(uploads)
    return (
        third,
        uploads.sent,
        uploads.sent - len(uploads.answered),
        stored,
        lost,
        duplicated,
        f"{elapsed:.0f}",
        f"{seconds_to_send:.0f}",
    )


if __name__ == "__main__":
    main()
