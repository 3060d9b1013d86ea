"""Images that are not digits, to measure rejection: letters and doodles held out of training, clothes
(Fashion-MNIST, never trained on), blank paper and noise; each as glyphs, normalised by the reader's code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .collections import as_glyphs, in_all_pens
from .doodles import DOODLES_FILE, load_doodles
from .mnist import FILES, read_content
from .strokes import load_strokes
from .unipen import HELD_OUT, without_look_alikes

Glyphs = NDArray[np.uint8]
CLOTHES = Path("/usr/share/datasets/fashion-mnist")
"""Folder of Debian's package dataset-fashion-mnist."""
NOISE_COUNT = 1000
"""Images of each of the two kinds of noise."""


def letters(collections: Path | None, _: Path) -> Glyphs:
    """Return UNIPEN's letters and symbols of the sources held out of training, without those that look like digits."""
    if collections is None:
        raise DataError("name the folder that holds UNIPEN's strokes: --collections FOLDER, or NUMINK_COLLECTIONS")
    signs = load_strokes(collections / "unipen_nondigits.npz")
    chosen = without_look_alikes(np.flatnonzero(np.isin(signs.source, HELD_OUT)), signs)
    return in_all_pens(signs, chosen)


def doodles(_: Path | None, data: Path) -> Glyphs:
    """Return doodles of the classes held out of training, without those that look like digits."""
    stored = load_doodles(data)
    if stored is None:
        raise DataError(f"{data} has no {DOODLES_FILE}: 'numink data fetch --doodles' gets it")
    return as_glyphs(list(stored.part(held_out=True)))


def clothes(_: Path | None, data: Path) -> Glyphs:
    """Return Fashion-MNIST's 10,000 test images, from a folder beside MNIST's files or from Debian's package."""
    for folder in (data / "fashion-mnist", CLOTHES):
        for path in (folder / f"{FILES[2].name}.gz", folder / FILES[2].name):
            if path.is_file():
                content = read_content(path, FILES[2])
                return as_glyphs(
                    list(np.frombuffer(content, np.uint8, offset=len(FILES[2].header)).reshape(FILES[2].shape))
                )
    raise DataError(
        f"Fashion-MNIST is missing: 'apt-get install dataset-fashion-mnist', or copy it to {data}/fashion-mnist"
    )


def blanks(_: Path | None, __: Path) -> Glyphs:
    """Return uniform grey of each brightness and two kinds of noise, not normalised."""
    rng = np.random.default_rng(0)
    uniform = np.stack([np.full((28, 28), level, np.uint8) for level in range(256)])
    noise = rng.integers(0, 256, (NOISE_COUNT, 28, 28), dtype=np.uint8)
    normal = np.clip(rng.normal(0, 64, (NOISE_COUNT, 28, 28)), 0, 255).astype(np.uint8)
    return np.concatenate([uniform, noise, normal])


NEGATIVES: dict[str, Callable[[Path | None, Path], Glyphs]] = {
    "letters": letters, "doodles": doodles, "clothes": clothes, "blanks and noise": blanks,
}  # fmt: skip
"""Loaders by kind: each takes the folder of collections and that of MNIST; DataError names the missing files."""
