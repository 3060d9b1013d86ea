"""Disk space of an installation: a new environment with `pip install .`, as du counts.

python benchmarks/install_size.py [--environment FOLDER]     measures an existing environment instead
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from report import folder_bytes, machine, table

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")
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
    tools = sum(size for name, size in sizes.items() if name.startswith(("pip", "setuptools", "pkg_resources")))
    largest = sorted(sizes.items(), key=lambda entry: -entry[1])[:LARGEST_COUNT]
    rows = [("environment", total), ("without pip and setuptools", total - tools), *largest]
    print(table(("part", "MiB", "MB"), [(name, f"{size / 2**20:.0f}", f"{size / 1e6:.0f}") for name, size in rows]))


def _new_environment(folder: Path) -> Path:
    """Install numink into a new environment, from a copy, since a build leaves files in the tree."""
    source, environment = folder / "source", folder / "environment"
    source.mkdir()
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        elif path.exists():
            shutil.copy(path, source)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "python", "-m", "pip", "install", "--quiet", source], check=True)
    return environment


if __name__ == "__main__":
    main()
