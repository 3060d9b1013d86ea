"""Readings stored under faults of every kind and SIGKILLs: is every answered reading stored, and none twice?

    python benchmarks/cloudant_faults.py [--readings 10000] [--kills 20] [--rate 0.02]

Clients send pictures with unique names to `numink serve` and do not retry. Its Cloudant is the tests' server
(tests/couch_faulty.py), which produces each kind of fault in `rate` of all requests. The application is killed with
SIGKILL and restarted again and again. At the end the faults stop, and the stored readings are counted.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

from cloudant_setup import CLIENTS, Uploads, environment, numink, outcome, settle
from couch_faulty import FAULTS, Faulty
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.02, help="share of requests with each kind of fault")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name, Faulty().running() as faulty:
        folder, started = Path(name), time.monotonic()
        os.environ.update(environment(faulty, folder))
        faulty.plan.rates = dict.fromkeys(FAULTS, options.rate)
        faulty.plan.slow = 0.3
        uploads = Uploads(options.readings)
        for round_ in range(1, options.kills + 1):
            with numink(faulty, folder) as server:
                kill_at = options.readings * round_ // options.kills
                killer = threading.Thread(target=kill, args=(server, uploads, kill_at))
                killer.start()
                uploads.send(server, kill_at + (CLIENTS if round_ < options.kills else 0))
                killer.join()
            print(f"killed {round_}: {len(uploads.answered)} answered, {time.monotonic() - started:.0f} s", flush=True)
        elapsed = time.monotonic() - started
        faulty.plan.rates = {}
        with numink(faulty, folder) as server:
            seconds_to_send = settle(server)
        stored, lost, duplicated, counted = outcome(uploads)
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(faulty.done.items())))
    rows = [
        (
            uploads.sent,
            len(uploads.answered),
            sum(uploads.refused.values()),
            stored,
            lost,
            duplicated,
            counted,
            f"{elapsed:.0f} + {seconds_to_send:.0f}",
        )
    ]
    print(table(("sent", "answered", "refused", "stored", "answered and lost", "duplicated", "counted", "s"), rows))


def kill(server: object, uploads: Uploads, answered: int) -> None:
    """Kill the server with requests in progress, once so many have been answered."""
    while len(uploads.answered) < answered:
        time.sleep(0.005)
    os.killpg(server.process.pid, signal.SIGKILL)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
