"""MNIST as four IDX files in a folder: loading, checking (size, shape, md5), and splitting off a validation part."""

from __future__ import annotations

import hashlib
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError

Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Indices = NDArray[np.int64]

DOUBTFUL = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""Indices of MNIST's test images whose label is wrong or unclear."""
VALIDATION_SIZE = 5_000
"""Training images used for validation, or a few more where a writer's images must stay together."""
TRAIN_SIZE = 60_000


@dataclass(frozen=True)
class IdxFile:
    """One of MNIST's files: `md5` is that of the unpacked content."""

    name: str
    md5: str
    shape: tuple[int, ...]

    @property
    def header(self) -> bytes:
        """The file's first bytes: type (unsigned bytes), number of dimensions, each dimension as four bytes."""
        return bytes((0, 0, 8, len(self.shape))) + b"".join(side.to_bytes(4, "big") for side in self.shape)

    @property
    def size(self) -> int:
        """Size of the unpacked content in bytes."""
        return len(self.header) + math.prod(self.shape)

    def is_intact(self, content: bytes) -> bool:
        """Return whether `content` is exactly this file."""
        plausible = len(content) == self.size and content.startswith(self.header)
        return plausible and hashlib.md5(content, usedforsecurity=False).hexdigest() == self.md5


FILES = (
    IdxFile("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb", (60_000, 28, 28)),
    IdxFile("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624", (60_000,)),
    IdxFile("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea", (10_000, 28, 28)),
    IdxFile("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637", (10_000,)),
)


@dataclass(frozen=True)
class Mnist:
    """Images uint8 (N, 28, 28), bright ink on 0; labels uint8 (N,), 0..9. 60,000 train, 10,000 test."""

    train_images: Glyphs
    train_labels: Labels
    test_images: Glyphs
    test_labels: Labels


def load_mnist(folder: Path) -> Mnist:
    """Load MNIST from the four files in `folder`, plain or as .gz.

    Raises DataError that names the missing or damaged file and the remedy.
    """
    return Mnist(*(_load(folder, file) for file in FILES))


def holds_mnist(folder: Path) -> bool:
    """Return whether `folder` holds any of MNIST's files under its own name."""
    return any(find(folder, file) is not None for file in FILES)


def find(folder: Path, file: IdxFile) -> Path | None:
    """Return the path of `file` in `folder` itself, plain or as .gz, or None."""
    return next((path for name in (file.name, file.name + ".gz") if (path := folder / name).is_file()), None)


def read_content(path: Path, file: IdxFile) -> bytes:
    """Return the unpacked content of `path`, which may be gzipped; at most one byte more than `file` has.

    Raises DataError where it cannot be read or unpacked. The caller has to check that it is intact.
    """
    try:
        with path.open("rb") as stored:
            return unpack(stored.read(file.size + 1), file)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its owner and mode") from None


def unpack(content: bytes, file: IdxFile) -> bytes:
    """Return `content` unpacked if it is gzipped. Raises DataError where the gzip data is damaged or cut off."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        raw = unpacker.decompress(content, file.size + 1)
    except zlib.error as error:
        raise DataError(f"{file.name}.gz is damaged ({error})") from None
    if not unpacker.eof and len(raw) <= file.size:
        raise DataError(f"{file.name}.gz is cut off")
    return raw


def split(mnist: Mnist, writers_file: Path | None, seed: int) -> tuple[Indices, Indices]:
    """Return sorted indices of MNIST's training images: those to train on, and about VALIDATION_SIZE to validate on.

    With `writers_file` (an .npz with `train_writer`) no writer is in both, so that validation measures unseen writers.
    Without it the split is random, and the validation error too low.
    """
    rng = np.random.default_rng(seed)
    count = len(mnist.train_labels)
    if writers_file is None:
        in_validation = np.zeros(count, bool)
        in_validation[rng.permutation(count)[:VALIDATION_SIZE]] = True
    else:
        writers = load_writers(writers_file, count)
        writer_ids, image_counts = np.unique(writers, return_counts=True)
        order = rng.permutation(len(writer_ids))
        enough = int(np.searchsorted(image_counts[order].cumsum(), min(VALIDATION_SIZE, count // 2))) + 1
        in_validation = np.isin(writers, writer_ids[order[:enough]])
    return np.flatnonzero(~in_validation), np.flatnonzero(in_validation)


def _load(folder: Path, file: IdxFile) -> NDArray[np.uint8]:
    path = find(folder, file)
    if path is None:
        raise DataError(
            f"{folder} has no {file.name}: 'numink data fetch --to {folder}' gets MNIST, "
            "or name its folder with --data or NUMINK_DATA"
        )
    try:
        content = read_content(path, file)
    except DataError as error:
        raise DataError(f"{error}: delete {path}, and 'numink data fetch --to {folder}' gets it anew") from None
    if not file.is_intact(content):
        raise DataError(
            f"{path} is damaged or another file (its md5 is not {file.md5}): "
            f"delete it, and 'numink data fetch --to {folder}' gets it anew"
        )
    pixels = np.frombuffer(content, np.uint8, offset=len(file.header)).reshape(file.shape)
    return pixels.copy()  # writable, as torch wants it


def load_writers(path: Path, count: int = TRAIN_SIZE) -> NDArray[np.int64]:
    """Return the writer of each of MNIST's training images. Raises DataError where the file has another number."""
    writers = load_arrays(path, ("train_writer",))["train_writer"]
    if writers.shape != (count,):
        raise DataError(f"{path} names the writers of {writers.size} images, MNIST's training part has {count}")
    return writers.astype(np.int64)


def load_arrays(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.generic]]:
    """Return the named arrays of an .npz file, without pickles. Raises DataError where it is missing or damaged."""
    if not path.is_file():
        raise DataError(f"there is no file {path}: check the name and the folder")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except KeyError as error:
        raise DataError(f"{path} has no array {error}: it is another file than the one expected") from None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz ({error}): get it anew") from None
