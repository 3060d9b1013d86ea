"""Compares the answers of two versions of numink on the same pictures: JSON without times and model name.

    python benchmarks/same_answers.py --before "COMMAND" [--after "COMMAND"] FOLDER...

Each command is how to start that version, such as "/old/.venv/bin/numink". Every picture of the folders is read
plainly and with --single; each line of JSON that differs is printed, and the exit code is 1 where any does.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".pdf"}
UNSTABLE = ("milliseconds", "model")
"""Fields of a page that differ between runs or versions by design."""
BATCH = 100
"""Files given to one command."""


def pictures_of(folders: Sequence[Path]) -> list[Path]:
    """Every picture in `folders`, in the order of their paths."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


def answers(command: str, options: Sequence[str], pictures: Sequence[Path]) -> Iterator[str]:
    """Yield one line of JSON for each page, without the fields that are UNSTABLE."""
    for start in range(0, len(pictures), BATCH):
        files = [str(path) for path in pictures[start : start + BATCH]]
        result = subprocess.run(
            [*shlex.split(command), "read", "--json", *options, *files], capture_output=True, text=True, check=False
        )
        if result.returncode not in (0, 1):
            raise SystemExit(f"{command} failed: {result.stderr}")
        for line in result.stdout.splitlines():
            page = json.loads(line)
            yield json.dumps({name: value for name, value in page.items() if name not in UNSTABLE})


def main() -> int:
    """Compare, print a table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True, help="how to start the version to compare with")
    parser.add_argument("--after", default="numink", help="how to start this version")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    pictures = pictures_of(options.folders)
    if not pictures:
        raise SystemExit("there is no picture in these folders")
    different = 0
    print(f"{'mode':10} {'pictures':>8} {'pages':>6} {'different':>9}")
    for mode, flags in (("plain", ()), ("--single", ("--single",))):
        pages = wrong = 0
        pairs = zip_longest(answers(options.before, flags, pictures), answers(options.after, flags, pictures))
        for before, after in pairs:
            pages += 1
            if before != after:
                wrong += 1
                print(f"before: {before}\nafter:  {after}", file=sys.stderr)
        print(f"{mode:10} {len(pictures):8} {pages:6} {wrong:9}")
        different += wrong
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
