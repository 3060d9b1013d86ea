"""Collections of digits other than MNIST, for evaluation only, loaded as glyphs from a folder of .npz files.

Pen strokes are drawn first; drawings and small bitmaps are normalised by the same code that the reader uses
(`glyph.normalise`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..recognition.glyph import normalise_all
from .mnist import DOUBTFUL, Glyphs, Labels, load_arrays, load_mnist
from .strokes import StrokeSet, draw, load_strokes
from .unipen import HELD_OUT

PENS = (4, 7, 11, 16)
"""Pen widths used in turn, in pixels of `strokes.CANVAS`: from a hairline to a marker."""


@dataclass(frozen=True)
class Collection:
    """Digits for evaluation: uint8 (N, 28, 28), bright ink on 0; labels uint8 (N,); indices of doubtful labels."""

    name: str
    images: Glyphs
    labels: Labels
    doubtful: tuple[int, ...] = ()


def mnist_test(folder: Path) -> Collection:
    """Return MNIST's 10,000 test digits."""
    mnist = load_mnist(folder)
    return Collection("mnist", mnist.test_images, mnist.test_labels, DOUBTFUL)


def load_collection(name: str, folder: Path | None) -> Collection:
    """Return one of COLLECTIONS. Raises DataError where the name is unknown, or the file is missing or damaged."""
    if name not in COLLECTIONS:
        raise DataError(f"there is no collection '{name}'; there are: mnist, {', '.join(COLLECTIONS)}")
    if folder is None:
        raise DataError(f"name the folder that holds {name}: --collections FOLDER, or NUMINK_COLLECTIONS")
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder} of collections: check --collections or NUMINK_COLLECTIONS")
    return COLLECTIONS[name](folder)


def _unipen(folder: Path) -> Collection:
    """Return UNIPEN's digits of the sources held out of training, each drawn with one of PENS."""
    strokes = load_strokes(folder / "unipen_digits.npz")
    chosen = np.flatnonzero(np.isin(strokes.source, HELD_OUT))
    return Collection("unipen", in_all_pens(strokes, chosen), strokes.label[chosen].astype(np.uint8))


def _optdigits(folder: Path) -> Collection:
    """Return UCI optdigits at 32x32: the 1,797 digits of 13 writers that its other parts do not have."""
    stored = load_arrays(folder / "optdigits_orig32.npz", ("windep", "windep_y"))
    bitmaps = np.unpackbits(stored["windep"].astype(np.uint8), axis=-1) * np.uint8(255)
    return Collection("optdigits", as_glyphs(list(bitmaps)), stored["windep_y"].astype(np.uint8))


def _usps(folder: Path) -> Collection:
    """Return the 2,007 test digits of USPS, 16x16; they are hard: people err on 2.5 %."""
    stored = load_arrays(folder / "usps16.npz", ("Xte", "yte"))
    bitmaps = stored["Xte"].astype(np.uint8)
    return Collection("usps", as_glyphs(list(bitmaps)), stored["yte"].astype(np.uint8))


def in_all_pens(strokes: StrokeSet, chosen: NDArray[np.int64]) -> Glyphs:
    """Return the chosen characters as glyphs, drawn with PENS in turn: uint8 (N, 28, 28)."""
    return as_glyphs([draw(strokes.strokes(int(glyph)), PENS[n % len(PENS)]) for n, glyph in enumerate(chosen)])


def as_glyphs(patches: list[NDArray[np.uint8]]) -> Glyphs:
    """Return images of any size, bright on 0, normalised as the reader does: uint8 (N, 28, 28)."""
    return np.round(normalise_all(patches) * 255).astype(np.uint8)


COLLECTIONS: dict[str, Callable[[Path], Collection]] = {
    "unipen": _unipen,
    "optdigits": _optdigits,
    "usps": _usps,
}
