"""What is no digit, to measure refusal on: letters of hands no training saw, doodles of kinds no training saw,
clothes (Fashion-MNIST, which nothing is trained on), blank paper and noise. Each as glyphs, by the code that reads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .collections import as_glyphs, in_all_pens
from .doodles import FILE as DOODLES
from .doodles import load_doodles
from .mnist import FILES, read_content
from .strokes import load_strokes
from .unipen import HELD_OUT, without_look_alikes

Glyphs = NDArray[np.uint8]
CLOTHES = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts it."""
NOISES = 1000


def letters(collections: Path | None, _: Path) -> Glyphs:
    """UNIPEN's letters and symbols of the sources that no training sees, without those that look like digits."""
    if collections is None:
        raise DataError("say where UNIPEN's strokes are: --collections FOLDER, or NUMINK_COLLECTIONS")
    signs = load_strokes(collections / "unipen_nondigits.npz")
    chosen = without_look_alikes(np.flatnonzero(np.isin(signs.source, HELD_OUT)), signs)
    return in_all_pens(signs, chosen)


def doodles(_: Path | None, data: Path) -> Glyphs:
    """Doodles of the kinds that no training sees, without those that look like digits."""
    found = load_doodles(data)
    if found is None:
        raise DataError(f"{data} has no {DOODLES}: 'numink data fetch --doodles' gets it")
    return as_glyphs(list(found.part(held_out=True)))


def clothes(_: Path | None, data: Path) -> Glyphs:
    """Fashion-MNIST's 10,000 test images, from its folder beside MNIST's files or from Debian's package."""
    for folder in (data / "fashion-mnist", CLOTHES):
        for path in (folder / f"{FILES[2].name}.gz", folder / FILES[2].name):
            if path.is_file():
                content = read_content(path, FILES[2])
                return as_glyphs(
                    list(np.frombuffer(content, np.uint8, offset=len(FILES[2].header)).reshape(FILES[2].shape))
                )
    raise DataError(f"Fashion-MNIST is not at hand: 'apt-get install dataset-fashion-mnist', or {data}/fashion-mnist")


def blanks(_: Path | None, __: Path) -> Glyphs:
    """Even grey of each brightness, and two kinds of noise, as they are."""
    rng = np.random.default_rng(0)
    even = np.stack([np.full((28, 28), level, np.uint8) for level in range(256)])
    flat = rng.integers(0, 256, (NOISES, 28, 28), dtype=np.uint8)
    normal = np.clip(rng.normal(0, 64, (NOISES, 28, 28)), 0, 255).astype(np.uint8)
    return np.concatenate([even, flat, normal])


NEGATIVES: dict[str, Callable[[Path | None, Path], Glyphs]] = {
    "letters": letters, "doodles": doodles, "clothes": clothes, "blanks and noise": blanks,
}  # fmt: skip
"""Each takes the folder of collections and that of MNIST, and raises DataError that says what is missing."""
