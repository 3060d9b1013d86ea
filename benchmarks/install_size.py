"""Disk space of what `make run` installs, as du counts.

python benchmarks/install_size.py [--environment FOLDER]     measures an existing environment instead
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from report import folder_bytes, machine, table

ROOT = Path(__file__).parents[1]
LARGEST_COUNT = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="existing environment to measure")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        environment = options.environment or _new_environment(Path(folder))
        packages = next(environment.glob("lib/python*/site-packages"))
        sizes = {entry.name: folder_bytes(entry) for entry in packages.iterdir() if entry.is_dir()}
        total = folder_bytes(environment)
        compiled = sum(path.lstat().st_blocks * 512 for path in environment.rglob("*.pyc"))
    largest = sorted(sizes.items(), key=lambda entry: -entry[1])[:LARGEST_COUNT]
    rows = [("environment", total), ("of it compiled modules", compiled), *largest]
    print(table(("part", "MiB", "MB"), [(name, f"{size / 2**20:.0f}", f"{size / 1e6:.0f}") for name, size in rows]))


def _new_environment(folder: Path) -> Path:
    environment = folder / "environment"
    subprocess.run([sys.executable, ROOT / "deploy" / "install.py", environment], check=True)
    subprocess.run([environment / "bin" / "python", ROOT / "deploy" / "slim.py", "warm"], check=True)
    return environment


if __name__ == "__main__":
    main()
