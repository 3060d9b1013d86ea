"""Size of the container image: the Dockerfile's steps, run without a Docker engine, and the largest packages.

    python benchmarks/image_size.py [--base FOLDER]

Sizes are bytes of files, as Docker counts the size of an image. python:slim itself is counted as 124 MB; --base
measures a folder in its place, such as one made by `debootstrap --variant=minbase trixie FOLDER`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from report import machine, table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from clean_image import BASE_MB, build, file_bytes, missing_requirement

LARGEST_COUNT = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, help="folder to measure in place of python:slim")
    options = parser.parse_args()
    if reason := missing_requirement():
        raise SystemExit(reason)
    print(machine())
    base = file_bytes(options.base) / 1e6 if options.base else BASE_MB
    with tempfile.TemporaryDirectory() as folder:
        tree = build(Path(folder)).tree
        packages = next(tree.glob("opt/numink/lib/python*/site-packages"))
        own = file_bytes(tree) / 1e6
        sizes = {path.name: file_bytes(path) / 1e6 for path in packages.iterdir() if path.is_dir()}
    largest = sorted(sizes.items(), key=lambda entry: -entry[1])[:LARGEST_COUNT]
    rows = [("image", own + base), ("python:slim", base), ("numink and its dependencies", own), *largest]
    print(table(("part", "MB"), [(name, f"{size:.0f}") for name, size in rows]))


if __name__ == "__main__":
    main()
