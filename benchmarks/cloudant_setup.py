"""Common parts of the Cloudant benchmarks: numink with its history on the tests' faulty server, and uploads to it."""

from __future__ import annotations

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from couch_faulty import Faulty
from numink.factories import open_store
from web_client import Served, served
from web_pictures import digits

PICTURE = digits("47", 40)
CLIENTS = 4


@dataclass
class Uploads:
    """Uploads with unique file names, and the ids of those that were answered."""

    total: int
    answered: dict[str, str] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    in_progress: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, server: Served, until: int) -> None:
        """Send with several clients until so many uploads are answered, or the server has ended."""
        threads = [threading.Thread(target=self._send, args=(server, until)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, server: Served, until: int) -> None:
        while server.process.poll() is None:
            with self.lock:
                if len(self.answered) + self.in_progress >= until:
                    return
                self.in_progress += 1
                self.sent += 1
                name = f"u{self.sent:06}.png"
            answer = None
            with suppress(OSError, http.client.HTTPException):
                answer = server.client.read(PICTURE, name)
            with self.lock:
                self.in_progress -= 1
                if answer and answer.status == 200:
                    self.answered[name] = answer.json["id"]
                elif answer:
                    self.refused[answer.status] += 1


def environment(faulty: Faulty, folder: Path) -> dict[str, str]:
    """Return the settings of a numink with its history on the faulty server."""
    return {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{folder}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "3",
        **faulty.environment(),
    }  # fmt: skip


@contextmanager
def numink(faulty: Faulty, folder: Path) -> Iterator[Served]:
    """Run a server with its history on the faulty server; it ends with the context."""
    with served(folder, **environment(faulty, folder)) as server:
        yield server


def settle(server: Served, seconds: float = 600) -> float:
    """Wait until the write queue is empty; return the seconds that took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        with suppress(OSError, http.client.HTTPException):
            if server.client.get("/readyz").json["status"] == "ok":
                return time.monotonic() - started
        time.sleep(0.2)
    raise SystemExit(f"readings are still queued after {seconds:.0f} seconds: {server.client.get('/readyz').text}")


def outcome(uploads: Uploads) -> tuple[int, int, int, int]:
    """Return the number of stored readings, of answered ones lost, of uploads stored twice, and of counted readings."""
    with closing(open_store("cloudant://")) as store:
        stored, before = [], None
        while page := store.recent("local", before, 200):
            stored += page
            before = page[-1].id
        counted = sum(day["readings"] for day in store.usage("local", "2000").values())
    lost = set(uploads.answered.values()) - {reading.id for reading in stored}
    names = Counter(reading.name for reading in stored)
    duplicated = [name for name, count in names.items() if count > 1]
    return len(stored), len(lost), len(duplicated), counted
