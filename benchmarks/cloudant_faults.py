"""Readings through faults of every kind and killings: is each that was answered there, and is none there twice?

    python benchmarks/cloudant_faults.py [--readings 10000] [--kills 20] [--rate 0.02]

Clients send pictures to `numink serve`, each under a name of its own, and do not try again. Its Cloudant is the server
of the tests (tests/couch_faulty.py), which goes wrong in each of its ways in `rate` of all requests. The application is
killed with SIGKILL again and again, and started anew. In the end the faults stop, and what is there is counted.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

from cloudant_world import CLIENTS, Uploads, environment, numink, outcome, settle
from couch_faulty import KINDS, Faulty
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.02, help="of each kind")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name, Faulty().running() as faulty:
        folder, started = Path(name), time.monotonic()
        os.environ.update(environment(faulty, folder))
        faulty.plan.rates = dict.fromkeys(KINDS, given.rate)
        faulty.plan.slow = 0.3
        uploads = Uploads(given.readings)
        for round_ in range(1, given.kills + 1):
            with numink(faulty, folder) as server:
                kill_at = given.readings * round_ // given.kills
                killer = threading.Thread(target=kill, args=(server, uploads, kill_at))
                killer.start()
                uploads.send(server, kill_at + (CLIENTS if round_ < given.kills else 0))
                killer.join()
            print(f"killed {round_}: {len(uploads.answered)} answered, {time.monotonic() - started:.0f} s", flush=True)
        elapsed = time.monotonic() - started
        faulty.plan.rates = {}
        with numink(faulty, folder) as server:
            waited = settle(server)
        there, lost, doubled, used = outcome(uploads)
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(faulty.done.items())))
    rows = [
        (
            uploads.sent,
            len(uploads.answered),
            sum(uploads.refused.values()),
            there,
            lost,
            doubled,
            used,
            f"{elapsed:.0f} + {waited:.0f}",
        )
    ]
    print(table(("sent", "answered", "refused", "there", "answered and lost", "doubled", "counted", "s"), rows))


def kill(server: object, uploads: Uploads, at: int) -> None:
    """In the middle of what is under way."""
    while len(uploads.answered) < at:
        time.sleep(0.005)
    os.killpg(server.process.pid, signal.SIGKILL)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
