"""MNIST as four IDX files in a folder: loaded, checked, and split into training and validation.

Knows how the files must look (size, shape, md5 of the unpacked content), not how they are got (`data_fetch`),
and nothing of networks. Nothing here needs torch.
"""

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
"""Images of MNIST's test part, counted from 0, whose label is wrong or unclear."""
VALIDATION = 5_000
"""Training images that are kept for validation, or a few more where a writer's images must stay together."""


@dataclass(frozen=True)
class IdxFile:
    """One of MNIST's files: `md5` is that of the content, unpacked."""

    name: str
    md5: str
    shape: tuple[int, ...]

    @property
    def header(self) -> bytes:
        """Type (unsigned bytes), number of dimensions, each dimension as four bytes."""
        return bytes((0, 0, 8, len(self.shape))) + b"".join(side.to_bytes(4, "big") for side in self.shape)

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return len(self.header) + math.prod(self.shape)

    def is_intact(self, content: bytes) -> bool:
        """Whether `content` is this file to the last bit."""
        same = len(content) == self.size and content.startswith(self.header)
        return same and hashlib.md5(content, usedforsecurity=False).hexdigest() == self.md5


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
    """MNIST from the four files in `folder`, as they are or as .gz.

    Raises DataError that names the file that is missing or damaged, and what to do.
    """
    return Mnist(*(_load(folder, file) for file in FILES))


def holds_mnist(folder: Path) -> bool:
    """Whether `folder` holds any of MNIST's files under its own name."""
    return any(find(folder, file) is not None for file in FILES)


def find(folder: Path, file: IdxFile) -> Path | None:
    """`file` in `folder` itself, as it is or as .gz."""
    return next((path for name in (file.name, file.name + ".gz") if (path := folder / name).is_file()), None)


def read_content(path: Path, file: IdxFile) -> bytes:
    """The unpacked content of `path`, which may be gzipped; never much more than `file` has.

    Raises DataError where it cannot be read or unpacked. Whether it is intact is for the caller to ask.
    """
    try:
        with path.open("rb") as opened:
            return unpack(opened.read(file.size + 1), file)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its owner and mode") from None


MNIST_TRAIN = 60_000


def unpack(content: bytes, file: IdxFile) -> bytes:
    """`content` without its gzip, where it has one. Raises DataError where that is damaged or cut off."""
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
    """Indices of MNIST's training images to train on and to validate on, about VALIDATION of these; sorted.

    With `writers_file` (an .npz with `train_writer`) no writer is on both sides, which shows how
    hands never seen are read. Without it the split is random, and flatters.
    """
    rng = np.random.default_rng(seed)
    count = len(mnist.train_labels)
    if writers_file is None:
        held = np.zeros(count, bool)
        held[rng.permutation(count)[:VALIDATION]] = True
    else:
        writers = load_writers(writers_file, count)
        names, pages = np.unique(writers, return_counts=True)
        order = rng.permutation(len(names))
        enough = int(np.searchsorted(pages[order].cumsum(), min(VALIDATION, count // 2))) + 1
        held = np.isin(writers, names[order[:enough]])
    return np.flatnonzero(~held), np.flatnonzero(held)


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


def load_writers(path: Path, count: int = MNIST_TRAIN) -> NDArray[np.int64]:
    """Who wrote each of MNIST's training images. Raises DataError where the file names another number of them."""
    writers = load_arrays(path, ("train_writer",))["train_writer"]
    if writers.shape != (count,):
        raise DataError(f"{path} names the writers of {writers.size} images, MNIST's training part has {count}")
    return writers.astype(np.int64)


def load_arrays(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.generic]]:
    """The named arrays of an .npz file, no pickles. Raises DataError where it is missing or another file."""
    if not path.is_file():
        raise DataError(f"there is no file {path}: check the name and the folder")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except KeyError as error:
        raise DataError(f"{path} has no array {error}: it is another file than the one expected") from None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz ({error}): get it anew") from None
