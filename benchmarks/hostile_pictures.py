"""Files that take a decoder very much time or memory, sent to numink alone and eight at once, beside honest pictures.

    python benchmarks/hostile_pictures.py [--scale 1] [--only "rgba png"]

Processor time and memory are those of the server with all its processes; memory is PSS, and is looked at ten times a
second. Honest pictures of 768x763 are sent one after the other, and cost processor time as well.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_pictures import hostile_pictures
from report import machine, table
from serving import Answers, Target, drawn_digit, family, memory, numink, processor_seconds
from web_client import Client

AT_ONCE = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the files, as a share of an attack's")
    parser.add_argument("--only", nargs="*", help="names of files")
    options = parser.parse_args()
    print(machine())
    made = hostile_pictures(options.scale)
    files = {name: made[name] for name in options.only or made}
    rows = []
    with numink() as target:
        rows.append(("(none)", *_cost(target, {})))
        rows += [(name, *_cost(target, {name: content})) for name, content in files.items()]
        names = cycle(files)
        for _ in range(0, len(files), AT_ONCE):
            group = {name: files[name] for name in islice(names, AT_ONCE)}
            rows.append((f"{len(group)} at once", *_cost(target, group)))
    print(table(("file", "status", "processor s", "peak MB", "honest", "honest p95 ms"), rows))


def _cost(target: Target, files: dict[str, bytes]) -> tuple[object, ...]:
    """Send the files at once; return statuses, processor seconds, peak memory, and answers to an honest client."""
    client, honest, done, peak = Client(target.port), Answers(), threading.Event(), [0.0]
    pid = target.process.pid

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], sum(_pss(member) for member in family(pid)))

    def read_honest() -> None:
        picture = drawn_digit()
        while not done.is_set():
            started = time.perf_counter()
            honest.failed += client.read(picture).status != 200
            honest.seconds.append(time.perf_counter() - started)
            done.wait(0.2)

    before = processor_seconds(pid)
    threads = [threading.Thread(target=task) for task in (watch, read_honest)]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(AT_ONCE) as senders:
        statuses = list(senders.map(lambda name: client.read(files[name], name).status, files))
    if not files:
        time.sleep(3)
    seconds = processor_seconds(pid) - before
    done.set()
    for thread in threads:
        thread.join()
    return (
        " ".join(map(str, statuses)), f"{seconds:.2f}", f"{peak[0]:.0f}",
        f"{len(honest.seconds) - honest.failed} of {len(honest.seconds)}", f"{honest.percentile(0.95):.0f}",
    )  # fmt: skip


def _pss(pid: int) -> float:
    try:
        return memory(pid)[1]
    except (OSError, IndexError, KeyError):  # it has ended
        return 0.0


if __name__ == "__main__":
    main()
