"""Readings through faults of every kind and crashes: is each answered one stored, and none twice?

    python benchmarks/cloudant_faults.py [--readings 10000] [--kills 20] [--rate 0.02]

Clients send pictures to `numink serve`, each under a name of its own, without retries. Its Cloudant is the server of
the tests (tests/couch_faulty.py), which injects each kind of fault into `rate` of all requests. The application is
killed with SIGKILL again and again, and restarted. In the end the faults stop, and the stored readings are counted.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

from cloudant_world import CLIENTS, Uploads, environment, numink, outcome, wait_until_sent
from couch_faulty import FAULTS, Faulty
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
        faulty.plan.rates = dict.fromkeys(FAULTS, given.rate)
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
            waited = wait_until_sent(server)
        stored, lost, duplicates, counted = outcome(uploads)
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(faulty.done.items())))
    rows = [
        (
            uploads.sent,
            len(uploads.answered),
            sum(uploads.refused.values()),
            stored,
            lost,
            duplicates,
            counted,
            f"{elapsed:.0f} + {waited:.0f}",
        )
    ]
    print(table(("sent", "answered", "refused", "stored", "answered and lost", "duplicates", "counted", "s"), rows))


def kill(server: object, uploads: Uploads, answered: int) -> None:
    """Kill the server once so many uploads are answered, while others are in progress."""
    while len(uploads.answered) < answered:
        time.sleep(0.005)
    os.killpg(server.process.pid, signal.SIGKILL)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
