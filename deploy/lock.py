"""Write the lock files in requirements/: one version of each dependency, with the hashes of its files.

    make lock                      every dependency at the newest version that pyproject.toml allows
    make lock PACKAGE=pillow       only this one at its newest version, the others as they are

base.txt has what reads and serves, cloudant.txt and its like what an extra of the image adds to that, build.txt what
builds numink, tools.txt uv and cyclonedx-bom. One version is chosen for all platforms and Pythons, so that the tests
run on what is installed everywhere. uv must lie beside the Python that runs this.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = ("cloudant", "scoring", "heic")
"""Extras that an image may have: EXTRAS in the Dockerfile."""
HEADER = "# Written by `make lock`; do not edit.\n"
EXCLUDED = "# The following packages were excluded"


def resolve(target: Path, *options: str | Path) -> None:
    """Resolve dependencies to one version each; those that the target names already are preferred."""
    command = [
        Path(sys.executable).with_name("uv"), "pip", "compile", "--output-file", target, *options,
        "--universal", "--python-version", PROJECT["project"]["requires-python"].removeprefix(">="),
        "--fork-strategy", "fewest", "--generate-hashes", "--only-binary", ":all:", "--emit-build-options",
        "--no-header", "--quiet",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    target.write_text(HEADER + target.read_text().partition(EXCLUDED)[0].strip() + "\n")


def main() -> None:
    upgrade = ("--upgrade-package", sys.argv[1]) if sys.argv[1:] else ("--upgrade",)
    base, *extras = (FOLDER / f"{name}.txt" for name in ("base", *EXTRAS))
    with tempfile.TemporaryDirectory() as folder:
        everything, build = Path(folder, "everything.txt"), Path(folder, "build.in")
        everything.write_text("".join(path.read_text() for path in (base, *extras) if path.exists()))
        resolve(everything, "pyproject.toml", *(f"--extra={path.stem}" for path in extras), *upgrade)
        versions = everything.read_text()
        build.write_text("\n".join(PROJECT["build-system"]["requires"]))
        resolve(FOLDER / "build.txt", build, "--no-annotate", *upgrade)
    resolve(FOLDER / "tools.txt", "--group=tools", *upgrade)
    base.write_text(versions)
    resolve(base, "pyproject.toml")
    in_base = [line.partition("==")[0] for line in base.read_text().splitlines() if line[:1].isalnum()]
    for path in extras:
        path.write_text(versions)
        resolve(path, "pyproject.toml", f"--extra={path.stem}", *(f"--no-emit-package={name}" for name in in_base))


if __name__ == "__main__":
    main()
