"""Reading a photo of 12 megapixels: processor time, and the peak memory of the process.

python benchmarks/large_photo.py [--rounds 7]     reads a JPEG with six numbers, made here, in a separate process
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from PIL import Image

from reading_process import Cost, ReadingProcess
from report import machine, table

WIDTH, HEIGHT = 4000, 3000
NUMBERS = ("302", "4711", "58", "1946", "70", "365")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(machine())
    costs = read_large_photo(options.rounds)
    times = [cost.milliseconds for cost in costs]
    rows = [
        ("median, ms", f"{median(times):.0f}"), ("all, ms", " ".join(f"{time:.0f}" for time in times)),
        ("peak memory, MB", f"{costs[-1].megabytes:.0f}"), ("read", costs[-1].text.replace("\n", " | ")),
    ]  # fmt: skip
    print(table(("12 megapixels", ""), rows))


def read_large_photo(rounds: int) -> list[Cost]:
    """Return the cost of reading the photo each time, in a new process."""
    process = ReadingProcess()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        _write_photo(path)
        costs = [process.read(path) for _ in range(rounds)]
    process.close()
    return costs


def _write_photo(path: Path) -> None:
    """Write a JPEG of grey paper lit from one side, with numbers in OpenCV's font and a thick pen."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    paper = (225 - 60 * columns / WIDTH - 20 * rows / HEIGHT).astype(np.uint8)
    for index, number in enumerate(NUMBERS):
        origin = (400 + 1700 * (index % 2), 700 + 900 * (index // 2))
        cv2.putText(paper, number, origin, cv2.FONT_HERSHEY_SIMPLEX, 12, 40, 40, cv2.LINE_AA)
    Image.fromarray(np.stack([paper] * 3, axis=2)).save(path, quality=90)


if __name__ == "__main__":
    main()
