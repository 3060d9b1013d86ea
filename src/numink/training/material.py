"""What a training sees in one epoch: MNIST, UNIPEN's digits drawn anew, and glyphs that are not one digit.

Each epoch's material depends only on the recipe's seed and the epoch's number, so that a resumed training sees what
an unbroken one would have seen. Knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..classifier import NOT_A_DIGIT
from ..glyph import normalise
from .disturb import disturb
from .negatives import clear, draw_varied, fragments, joined, marks
from .recipe import Recipe
from .strokes import StrokeSet, load_strokes

HELD_OUT = ("imp", "art", "pri")
"""UNIPEN collections that no training sees: validation only."""
Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Material:
    """Where the glyphs of an epoch come from. `digits` and `signs` are None where UNIPEN is not at hand."""

    images: Glyphs
    labels: Labels
    digits: StrokeSet | None
    signs: StrokeSet | None

    def epoch(self, recipe: Recipe, number: int) -> tuple[Glyphs, Labels]:
        """Glyphs uint8 (N, 28, 28) and labels uint8 (N,) of epoch `number`, shuffled."""
        rng = np.random.default_rng((recipe.seed, number))
        glyphs, labels = [disturb(self.images, recipe.disturbed, rng)], [self.labels]
        if self.digits is not None:
            chosen = usable(self.digits)
            for _ in range(recipe.strokes):
                glyphs.append(disturb(drawn(self.digits, chosen, rng), recipe.disturbed, rng))
                labels.append(self.digits.label[chosen].astype(np.uint8))
        for negative in self._negatives(recipe.negatives, rng):
            glyphs.append(negative)
            labels.append(np.full(len(negative), NOT_A_DIGIT, np.uint8))
        order = rng.permutation(sum(map(len, labels)))
        return np.concatenate(glyphs)[order], np.concatenate(labels)[order]

    def _negatives(self, count: int, rng: Generator) -> list[Glyphs]:
        """Four kinds; without UNIPEN's letters, more of the others."""
        signs = self.signs if self.signs is not None and count else None
        part = count // 4
        if not part:
            return []
        made = [
            fragments(self.images, self.labels, part, rng), joined(self.images, part, rng), marks(part, rng),
        ]  # fmt: skip
        if signs is not None:
            made.append(drawn(signs, rng.choice(clear(usable(signs), signs), part), rng))
        return made


def load_material(images: Glyphs, labels: Labels, collections: Path | None) -> Material:
    """Material from MNIST's training part and, where `collections` names their folder, UNIPEN's strokes."""
    if collections is None:
        return Material(images, labels, None, None)
    return Material(
        images, labels, load_strokes(collections / "unipen_digits.npz"),
        load_strokes(collections / "unipen_nondigits.npz"),
    )  # fmt: skip


def usable(strokes: StrokeSet) -> NDArray[np.int64]:
    """Indices of the characters that may be trained on."""
    return np.flatnonzero(~np.isin(strokes.source, HELD_OUT))


def drawn(strokes: StrokeSet, chosen: Sequence[int] | NDArray[np.int64], rng: Generator) -> Glyphs:
    """The chosen characters, each with a pen and slant of its own: uint8 (N, 28, 28)."""
    glyphs = [normalise(draw_varied(strokes, int(index), rng)) for index in chosen]
    return np.round(np.stack(glyphs) * 255).astype(np.uint8)
