"""UNIPEN's characters drawn with pens, and the sources of it that are held out of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..recognition.glyph import normalise
from .strokes import StrokeSet, draw_varied

HELD_OUT = ("imp", "art", "pri")
"""UNIPEN sources held out of training, for validation only."""
DIGIT_LOOK_ALIKES = frozenset("OoQDIil|/\\()!',.-_ZzSsBbqgG[]{}`~;:^<>\"") | {"\\\\", '\\"'}
"""Characters that some writers form like a digit or a stroke of one: never trained on as 'not a digit'."""
Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]


def usable(strokes: StrokeSet) -> NDArray[np.int64]:
    """Return the indices of the characters that may be trained on."""
    return np.flatnonzero(~np.isin(strokes.source, HELD_OUT))


def without_look_alikes(indices: NDArray[np.int64], signs: StrokeSet) -> NDArray[np.int64]:
    """Return those of `indices` whose character does not resemble a digit in any handwriting."""
    return indices[~np.isin(signs.label[indices], list(DIGIT_LOOK_ALIKES))]


def drawn(strokes: StrokeSet, chosen: Sequence[int] | NDArray[np.int64], rng: Generator) -> Glyphs:
    """Return the chosen characters as glyphs, each with a random pen and slant: uint8 (N, 28, 28)."""
    glyphs = [normalise(draw_varied(strokes, int(index), rng)) for index in chosen]
    return np.round(np.stack(glyphs) * 255).astype(np.uint8)
