"""What the measures of Cloudant share: our server that goes wrong (tests/), numink with its history in it, uploads."""

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
    """What was sent, each file under a name of its own, and the ids of what was answered."""

    wanted: int
    answered: dict[str, str] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, server: Served, until: int) -> None:
        """Several clients at once, until so many are answered or the server is gone."""
        threads = [threading.Thread(target=self._send, args=(server, until)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, server: Served, until: int) -> None:
        while server.process.poll() is None:
            with self.lock:
                if len(self.answered) + self.under_way >= until:
                    return
                self.under_way += 1
                self.sent += 1
                name = f"u{self.sent:06}.png"
            answer = None
            with suppress(OSError, http.client.HTTPException):
                answer = server.client.read(PICTURE, name)
            with self.lock:
                self.under_way -= 1
                if answer and answer.status == 200:
                    self.answered[name] = answer.json["id"]
                elif answer:
                    self.refused[answer.status] += 1


def environment(faulty: Faulty, folder: Path) -> dict[str, str]:
    """Settings of a numink with its history there."""
    return {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{folder}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "3",
        **faulty.environment(),
    }  # fmt: skip


@contextmanager
def numink(faulty: Faulty, folder: Path) -> Iterator[Served]:
    """It is gone afterwards, whatever happens."""
    with served(folder, **environment(faulty, folder)) as server:
        yield server


def settle(server: Served, seconds: float = 600) -> float:
    """Waits until nothing waits to be sent; how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        with suppress(OSError, http.client.HTTPException):
            if server.client.get("/readyz").json["status"] == "ok":
                return time.monotonic() - started
        time.sleep(0.2)
    raise SystemExit(f"readings still wait after {seconds:.0f} seconds: {server.client.get('/readyz').text}")


def outcome(uploads: Uploads) -> tuple[int, int, int, int]:
    """Readings that are there, answered ones that are not, uploads that are there twice, and readings counted."""
    with closing(open_store("cloudant://")) as store:
        kept, before = [], None
        while page := store.recent("local", before, 200):
            kept += page
            before = page[-1].id
        used = sum(day["readings"] for day in store.usage("local", "2000").values())
    lost = set(uploads.answered.values()) - {one.id for one in kept}
    doubled = [name for name, count in Counter(one.name for one in kept).items() if count > 1]
    return len(kept), len(lost), len(doubled), used
