"""Reading a photo of 12 megapixels: milliseconds, and the peak memory of the process.

python benchmarks/large_photo.py [--rounds 7]     reads a JPEG with six numbers, made here, in a separate process
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import time
from statistics import median

import cv2
import numpy as np
from PIL import Image

from numink import Reader
from report import machine, table

WIDTH, HEIGHT = 4000, 3000
NUMBERS = ("302", "4711", "58", "1946", "70", "365")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(_read(sys.stdin.buffer.read(), options.rounds)))
        return
    print(machine())
    command = [sys.executable, __file__, "--inside", "--rounds", str(options.rounds)]
    done = subprocess.run(command, input=_photo(), capture_output=True, check=True)
    result = json.loads(done.stdout)
    rows = [
        ("median, ms", f"{median(result['ms']):.0f}"), ("all, ms", " ".join(f"{ms:.0f}" for ms in result["ms"])),
        ("peak memory, MB", f"{result['mb']:.0f}"), ("read", result["text"].replace("\n", " | ")),
    ]  # fmt: skip
    print(table(("12 megapixels", ""), rows))


def _photo() -> bytes:
    """Return a JPEG of grey paper lit from one side, with numbers in OpenCV's font and a thick pen."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    paper = (225 - 60 * columns / WIDTH - 20 * rows / HEIGHT).astype(np.uint8)
    for index, number in enumerate(NUMBERS):
        origin = (400 + 1700 * (index % 2), 700 + 900 * (index // 2))
        cv2.putText(paper, number, origin, cv2.FONT_HERSHEY_SIMPLEX, 12, 40, 40, cv2.LINE_AA)
    out = io.BytesIO()
    Image.fromarray(np.stack([paper] * 3, axis=2)).save(out, "JPEG", quality=90)
    return out.getvalue()


def _read(photo: bytes, rounds: int) -> dict[str, object]:
    reader, times, text = Reader(), [], ""
    for _ in range(rounds):
        started = time.perf_counter()
        text = reader.read(photo).text
        times.append((time.perf_counter() - started) * 1000)
    return {"ms": times, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, "text": text}


if __name__ == "__main__":
    main()
