"""Mutated pictures and documents, decoded and read in this process and over HTTP: answers, traces and the slowest.

    python benchmarks/mutated_files.py [--files 50000] [--http 10000] [--seconds 3600] [--seed 1]

Small honest files of every format are changed at random: bits are flipped, bytes filled, blocks moved, doubled or cut
out, ends cut off. Each is refused with an InputError or read. The exit code is 1 for any other exception, an answer of
5xx, a stack trace, or a file that takes more than MOST_SECONDS of processor time.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_pictures import plain_ppm, rle_bmp
from numink.errors import InputError
from numink.imaging.documents import Pages
from numink.imaging.limits import TOO_COMPLEX
from numink.reader import Reader
from report import machine, table
from serving import processor_seconds
from web_client import Served, served
from web_pictures import document, draw, encoded

MOST_SECONDS = 3.0
"""Processor time of a file."""
CLIENTS = 4
MOST_CHANGES = 8
"""Changes of a file."""
REFUSALS = (413, 415, 422)


class Tally:
    """Answers and the slowest file of each format."""

    def __init__(self) -> None:
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)
        self.slowest: dict[str, float] = defaultdict(float)
        self.faults: list[str] = []

    def add(self, name: str, answer: str, seconds: float) -> None:
        """Count an answer to a file of a format."""
        self.answers[name][answer] += 1
        self.slowest[name] = max(self.slowest[name], seconds)

    def table(self, unit: str) -> str:
        """Return the counts by format, and those of all."""
        total = sum(self.answers.values(), Counter[str]())
        kinds = sorted(total)
        rows: list[list[object]] = [
            [name, answers.total(), *(answers[kind] for kind in kinds), f"{self.slowest[name]:.2f}"]
            for name, answers in self.answers.items()
        ]
        slowest = max(self.slowest.values(), default=0.0)
        rows.append(["all", total.total(), *(total[kind] for kind in kinds), f"{slowest:.2f}"])
        return table(["format", "files", *kinds, f"slowest {unit}"], rows)


def honest_files() -> dict[str, bytes]:
    """Return small files of all formats by name, with two digits on each."""
    picture = draw("74", 40)
    kinds = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM")
    variants: dict[str, tuple[str, dict[str, object]]] = {
        "PNG with alpha": ("PNG", {"mode": "RGBA"}),
        "progressive JPEG": ("JPEG", {"progressive": True}),
        "CMYK JPEG": ("JPEG", {"mode": "CMYK"}),
        "animated GIF": ("GIF", {"mode": "P", "save_all": True, "append_images": [draw("47", 40, mode="P")]}),
        "TIFF of pages": ("TIFF", {"save_all": True, "append_images": [draw("47", 40)]}),
        "deflated TIFF": ("TIFF", {"compression": "tiff_adobe_deflate"}),
        "fax TIFF": ("TIFF", {"mode": "1", "compression": "group4"}),
        "JPEG in TIFF": ("TIFF", {"compression": "jpeg"}),
        "float TIFF": ("TIFF", {"mode": "F"}),
        "lossless WebP": ("WEBP", {"lossless": True}),
    }
    files = {kind: encoded(picture, kind) for kind in kinds}
    for name, (kind, options) in variants.items():
        out = io.BytesIO()
        draw("74", 40, mode=str(options.pop("mode", "RGB"))).save(out, kind, **options)
        files[name] = out.getvalue()
    return files | {"BMP of runs": rle_bmp(60, 40), "plain PGM": plain_ppm(2_000), "PDF": document("74")}


def mutations(seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield names of formats and files without end, one of each format after the other."""
    files = honest_files()
    for number in count():
        for name, content in files.items():
            yield name, mutated(content, random.Random(f"{seed} {number} {name}"))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with some changes."""
    data = bytearray(content)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        # half of the changes are near the beginning, where most formats keep what decoders act on
        end = len(data) if chance.random() < 0.5 else min(len(data), 200)
        start, size = chance.randrange(end), chance.randint(1, 24)
        change = chance.choice(("flip", "flip", "fill", "move", "double", "remove", "cut"))
        if change == "flip":
            data[start] ^= 1 << chance.randrange(8)
        elif change == "fill":
            data[start : start + size] = bytes([chance.choice((0, 127, 255))]) * len(data[start : start + size])
        elif change == "double":
            data[start:start] = data[start : start + size]
        elif change == "move":
            block = data[start : start + size]
            del data[start : start + size]
            place = chance.randint(0, len(data))
            data[place:place] = block
        elif len(data) > size + 8:
            del data[start if change == "remove" else -size :][:size]
    return bytes(data)


def read_here(files: Iterator[tuple[str, bytes]], end: float) -> Tally:
    """Decode and read files in this process and its decoders, until the time is over."""
    tally, reader = Tally(), Reader()
    before = processor_seconds(os.getpid())
    for name, content in files:
        try:
            for picture in Pages(io.BytesIO(content), reader.limits):
                reader.read(picture)
            answer = "read"
        except InputError as error:
            answer = "too complex" if error.message == TOO_COMPLEX else type(error).__name__
        except Exception as error:
            answer = type(error).__name__
            tally.faults.append(f"{name}: {traceback.format_exc()}")
        after = processor_seconds(os.getpid())
        tally.add(name, answer, after - before)
        if after - before > MOST_SECONDS:
            tally.faults.append(f"{name}: {after - before:.1f} s of processor time")
        before = after
        if time.monotonic() > end:
            break
    return tally


def send(server: Served, files: Iterator[tuple[str, bytes]], end: float) -> Tally:
    """Send files to a server over CLIENTS connections, until the time is over."""
    tally = Tally()

    def ask(item: tuple[str, bytes]) -> None:
        name, content = item
        if time.monotonic() > end:
            return
        started = time.monotonic()
        answer = server.client.read(content, name)
        tally.add(name, str(answer.status), time.monotonic() - started)
        if answer.status not in (200, *REFUSALS) or b"Traceback" in answer.body:
            tally.faults.append(f"{name}: {answer.status} {answer.text[:300]}")

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(ask, files))
    log = server.errors.read_text()
    if "Traceback" in log:
        tally.faults.append(log[log.index("Traceback") :][:2000])
    return tally


def main() -> int:
    """Print tables of both runs; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=50_000, help="to decode and read in this process")
    parser.add_argument("--http", type=int, default=10_000, help="files to send to a server")
    parser.add_argument("--seconds", type=float, default=3600.0, help="of each of the two runs at most")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    tallies = []
    if options.files:
        tallies.append(read_here(islice(mutations(options.seed), options.files), time.monotonic() + options.seconds))
        print(tallies[-1].table("processor s"))
    if options.http:
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), NUMINK_RATE_LIMIT="off") as server:
            files = islice(mutations(options.seed + 1), options.http)
            tallies.append(send(server, files, time.monotonic() + options.seconds))
            print(tallies[-1].table("wall s"))
    faults = [fault for tally in tallies for fault in tally.faults]
    print(f"{len(faults)} faults")
    for fault in faults[:10]:
        print(fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
