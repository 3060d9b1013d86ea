"""What a training sees in one epoch: MNIST, UNIPEN's digits drawn anew, and glyphs that are not one digit.

Each epoch's material depends only on the recipe's seed and the epoch's number, so that a resumed training sees what
an unbroken one would have seen. Knows nothing of networks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from ..datasets.doodles import doodled, load_doodles
from ..datasets.strokes import StrokeSet, load_strokes
from ..datasets.unipen import Glyphs, Labels, drawn, usable, without_look_alikes
from ..recognition.digit_model import NOT_A_DIGIT
from .augmentation.neighbours import disturb
from .recipes import Recipe
from .synthesis.non_digit_glyphs import fragments, joined, marks, printed
from .synthesis.style_renderer import styled


@dataclass(frozen=True)
class Material:
    """Where the glyphs of an epoch come from. `digits`, `signs` (UNIPEN) and `doodles` are None where not at hand."""

    images: Glyphs
    labels: Labels
    digits: StrokeSet | None = None
    signs: StrokeSet | None = None
    doodles: Glyphs | None = None

    def epoch(self, recipe: Recipe, number: int) -> tuple[Glyphs, Labels]:
        """Glyphs uint8 (N, 28, 28) and labels uint8 (N,) of epoch `number`, shuffled."""
        rng = np.random.default_rng((recipe.seed, number))
        glyphs, labels = [disturb(self.images, recipe.disturbed, rng)], [self.labels]
        if self.digits is not None:
            chosen = usable(self.digits)
            for _ in range(recipe.strokes):
                glyphs.append(disturb(drawn(self.digits, chosen, rng), recipe.disturbed, rng))
                labels.append(self.digits.label[chosen].astype(np.uint8))
        if recipe.styles:
            made, of = styled(recipe.styles, rng)
            glyphs.append(disturb(made, recipe.disturbed, rng))
            labels.append(of)
        for negative in self._negatives(recipe.negatives, rng):
            glyphs.append(negative)
            labels.append(np.full(len(negative), NOT_A_DIGIT, np.uint8))
        order = rng.permutation(sum(map(len, labels)))
        return np.concatenate(glyphs)[order], np.concatenate(labels)[order]

    def _negatives(self, count: int, rng: Generator) -> list[Glyphs]:
        """Parts of digits, digits joined and marks; as many again of letters and of doodles, where they are at hand."""
        part = count // 6
        if not part:
            return []
        made = [
            fragments(self.images, self.labels, part, rng), joined(self.images, part, rng), marks(part // 2, rng),
            printed(part // 2, rng),
        ]  # fmt: skip
        if self.signs is not None:
            letters = drawn(self.signs, rng.choice(without_look_alikes(usable(self.signs), self.signs), 2 * part), rng)
            made += [letters, joined(letters, part // 2, rng)]
        if self.doodles is not None:
            made.append(doodled(self.doodles, part, rng))
        return made


def load_material(images: Glyphs, labels: Labels, collections: Path | None, data: Path) -> Material:
    """Material from MNIST's training part, doodles in `data`, and where `collections` names a folder, UNIPEN's strokes.

    Raises DataError where one of these files is damaged.
    """
    doodles = load_doodles(data)
    material = Material(images, labels, doodles=None if doodles is None else doodles.part(held_out=False))
    if collections is None:
        return material
    return replace(
        material,
        digits=load_strokes(collections / "unipen_digits.npz"),
        signs=load_strokes(collections / "unipen_nondigits.npz"),
    )
