"""What an installation takes on the disk: a new environment with `pip install .`, as du counts.

python benchmarks/install_size.py [--environment FOLDER]     FOLDER: one that is there already
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
PACKED = ("pyproject.toml", "README.md", "LICENSE", "src")
LARGEST = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="measure this one instead of making one")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        environment = given.environment or _new_environment(Path(folder))
        packages = next(environment.glob("lib/python*/site-packages"))
        sizes = {entry.name: folder_bytes(entry) for entry in packages.iterdir() if entry.is_dir()}
        whole = folder_bytes(environment)
    tools = sum(size for name, size in sizes.items() if name.startswith(("pip", "setuptools", "pkg_resources")))
    largest = sorted(sizes.items(), key=lambda entry: -entry[1])[:LARGEST]
    rows = [("the environment", whole), ("without pip and setuptools", whole - tools), *largest]
    print(table(("what", "MiB", "MB"), [(name, f"{size / 2**20:.0f}", f"{size / 1e6:.0f}") for name, size in rows]))


def _new_environment(folder: Path) -> Path:
    """Installs from a copy, since building leaves its traces in the tree."""
    source, environment = folder / "source", folder / "environment"
    source.mkdir()
    for name in PACKED:
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
