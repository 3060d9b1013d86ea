"""Cloudant away for a third of the uploads: is each answered, and there in the end?

    python benchmarks/cloudant_away.py [--uploads 1000]

Three runs, in which the first, the middle and the last third finds Cloudant (tests/couch_faulty.py) without an answer.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from cloudant_world import Uploads, environment, numink, outcome, settle
from couch_faulty import Faulty
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=1000)
    given = parser.parse_args()
    print(machine())
    rows = [run(given.uploads, third) for third in ("first", "middle", "last")]
    print(
        table(("away", "uploads", "not answered", "there in the end", "lost", "doubled", "s", "s until all sent"), rows)
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
            for at, end in zip(("first", "middle", "last"), ends, strict=True):
                faulty.plan.away = at == third
                uploads.send(server, end)
            elapsed = time.monotonic() - started
            faulty.plan.away = False
            waited = settle(server)
        there, lost, doubled, _ = outcome(uploads)
    return (
        third,
        uploads.sent,
        uploads.sent - len(uploads.answered),
        there,
        lost,
        doubled,
        f"{elapsed:.0f}",
        f"{waited:.0f}",
    )


if __name__ == "__main__":
    main()
