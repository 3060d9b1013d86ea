"""Install numink into an environment of its own: exactly the versions of requirements/, each checked by its hash.

    python deploy/install.py FOLDER [EXTRA,EXTRA]        run by `make run` and by the Dockerfile

The environment has neither pip nor setuptools: another one, gone afterwards, builds and installs. When a lock file has
changed the environment is made anew, so nothing that is no longer needed stays. Byte code is not compiled: Python
writes that of the modules it loads, a quarter of all. The standard library only, since nothing is installed yet.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"
STAMP = "numink-requirements.txt"
"""File of an environment: the digest of the lock files that it was made from."""


def install(environment: Path, extras: list[str]) -> None:
    """Make the environment, or bring it up to date. Raises FileExistsError where the folder holds something else."""
    if environment.exists() and any(environment.iterdir()) and not (environment / "pyvenv.cfg").exists():
        raise FileExistsError(f"{environment} has files and is no environment of Python")
    locks = [FOLDER / f"{name}.txt" for name in ("base", *extras)]
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp = environment / STAMP
    with tempfile.TemporaryDirectory(prefix="numink-") as folder:
        builder = Path(folder, "builder")
        venv.create(builder, with_pip=True)
        if not stamp.exists() or stamp.read_text() != digest:
            venv.create(environment, clear=True, symlinks=True)
            _pip(builder, "install", "--no-compile", *_hashed(locks), into=environment)
            stamp.write_text(digest)
        _pip(builder, "install", *_hashed([FOLDER / "build.txt"]))
        _pip(builder, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, str(ROOT))
        (wheel,) = Path(folder).glob("*.whl")
        _pip(builder, "install", "--no-compile", "--no-deps", "--force-reinstall", str(wheel), into=environment)


def _hashed(locks: list[Path]) -> list[str]:
    return ["--require-hashes", *(word for lock in locks for word in ("--requirement", str(lock)))]


def _pip(builder: Path, *arguments: str, into: Path | None = None) -> None:
    target = ["--python", str(into)] if into else []
    command = [builder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", *target, *arguments]
    variables = os.environ.copy()
    variables.pop("PYTHONPATH", None)  # what lies there would count as installed
    subprocess.run(command, check=True, env=variables)


def main() -> None:
    environment, extras = sys.argv[1], [name for name in "".join(sys.argv[2:]).split(",") if name]
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # modules that are gone would be packed from it again
    try:
        install(Path(environment), extras)
    except subprocess.CalledProcessError:
        raise SystemExit("numink is not installed: pip says why") from None
    except OSError as error:
        raise SystemExit(f"numink is not installed: {error}") from None
    finally:
        shutil.rmtree(ROOT / "build", ignore_errors=True)


if __name__ == "__main__":
    main()
