"""Processor time of reading: real papers, pages without numbers, single digits, a photo of 12 megapixels.

    python benchmarks/page_cost.py [--collections ../shared/data] [--every 1]

Each set is read in a process of its own (reading_process.py); the first picture is read once more before, and does
not count. Pages without numbers are those of `paper-dev` and `realset-dev` that hold no digit, and sheets of print
drawn here; single digits are read as pages, and with `single=True`.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from drawing import Writer
from large_photo import read_large_photo
from reading_process import ReadingProcess
from report import COLLECTIONS, machine, table
from sheet import Sheet

WORDS = (
    "visitor", "signs", "the", "book", "in", "hall", "before", "every", "tour", "starts", "and", "returns", "key", "to",
    "office", "when", "leaving", "so", "that", "nobody", "stays", "behind", "after", "closing", "time",
)  # fmt: skip
PRINTED_SHEETS = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--every", type=int, default=1, help="only every so many pictures of each set")
    options = parser.parse_args()
    print(machine())
    papers, real = (_pictures(options.collections / name) for name in ("paper-dev", "realset-dev"))
    digits = [path for path, kind in real if kind == "single"]
    with tempfile.TemporaryDirectory() as folder:
        sets: list[tuple[str, list[Path], bool]] = [
            ("paper-dev", [path for path, _ in papers], False),
            ("real pictures without digits", [path for path, kind in papers + real if kind == "nondigit"], False),
            ("sheets of print", _printed_sheets(Path(folder)), False),
            ("single digits", digits, False), ("single digits, single=True", digits, True),
        ]  # fmt: skip
        rows = [_row(name, _times(paths[:: options.every], single=single)) for name, paths, single in sets]
    costs = read_large_photo(5)
    rows.append(_row("12 megapixels", [cost.milliseconds for cost in costs[1:]]))
    print(table(("processor time, ms", "n", "median", "90 %", "longest"), rows))
    print(f"12 megapixels: peak memory {costs[-1].megabytes:.0f} MB")


def _pictures(folder: Path) -> list[tuple[Path, str]]:
    """Return the pictures of a collection with their kinds."""
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(folder / row["file"], row["kind"]) for row in rows]


def _printed_sheets(folder: Path) -> list[Path]:
    """Write pictures of sheets that hold print only, 18 lines each, and return their paths."""
    paths = []
    for index in range(PRINTED_SHEETS):
        rng = np.random.default_rng((1, index))
        sheet = Sheet(1000, 1100, Writer({}, {}), rng)
        for row in range(18):
            sheet.type(" ".join(rng.choice(WORDS, 8)), 60, 120 + 50 * row, 28)
        paths.append(folder / f"{index}.png")
        Image.fromarray(sheet.draw().picture).save(paths[-1])
    return paths


def _times(paths: Sequence[Path], *, single: bool) -> list[float]:
    """Return the milliseconds of each picture, once the process is warm."""
    process = ReadingProcess(single=single)
    times = [process.read(path).milliseconds for path in [paths[0], *paths]]
    process.close()
    return times[1:]


def _row(name: str, times: list[float]) -> tuple[object, ...]:
    return name, len(times), *(f"{value:.0f}" for value in np.quantile(times, (0.5, 0.9, 1.0)))


if __name__ == "__main__":
    main()
