"""Glyphs of one training epoch: MNIST, UNIPEN's digits drawn anew, rendered styles, and glyphs that are not one digit.

The glyphs of an epoch depend only on the recipe's seed and the epoch's number, so that a resumed training continues
exactly like an unbroken one.
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
from .augmentation.neighbours import add_neighbours
from .recipes import Recipe
from .synthesis.non_digit_glyphs import draw_fragments, draw_marks, join_digits, print_signs
from .synthesis.style_renderer import render_styles


@dataclass(frozen=True)
class EpochSampler:
    """Source of an epoch's glyphs: MNIST's `images` (N, 28, 28) and `labels` (N,), and further data where available.

    `digits` and `signs` are UNIPEN's digits and its other characters, `doodles` glyphs (N, 28, 28).
    """

    images: Glyphs
    labels: Labels
    digits: StrokeSet | None = None
    signs: StrokeSet | None = None
    doodles: Glyphs | None = None

    def sample(self, recipe: Recipe, number: int) -> tuple[Glyphs, Labels]:
        """Return the glyphs uint8 (N, 28, 28) and labels uint8 (N,) of epoch `number`, shuffled."""
        rng = np.random.default_rng((recipe.seed, number))
        glyphs, labels = [add_neighbours(self.images, recipe.neighbours, rng)], [self.labels]
        if self.digits is not None:
            chosen = usable(self.digits)
            for _ in range(recipe.strokes):
                glyphs.append(add_neighbours(drawn(self.digits, chosen, rng), recipe.neighbours, rng))
                labels.append(self.digits.label[chosen].astype(np.uint8))
        if recipe.styles:
            rendered, digits = render_styles(recipe.styles, rng)
            glyphs.append(add_neighbours(rendered, recipe.neighbours, rng))
            labels.append(digits)
        for negatives in self._negatives(recipe.negatives, rng):
            glyphs.append(negatives)
            labels.append(np.full(len(negatives), NOT_A_DIGIT, np.uint8))
        order = rng.permutation(sum(map(len, labels)))
        return np.concatenate(glyphs)[order], np.concatenate(labels)[order]

    def size(self, recipe: Recipe) -> int:
        """Return the number of glyphs of each epoch, without drawing them."""
        strokes = recipe.strokes * len(usable(self.digits)) if self.digits is not None else 0
        part = recipe.negatives // 6
        negatives = 2 * part + 2 * (part // 2)
        if self.signs is not None:
            negatives += 2 * part + part // 2
        if self.doodles is not None:
            negatives += part
        return len(self.images) + strokes + recipe.styles + negatives

    def _negatives(self, count: int, rng: Generator) -> list[Glyphs]:
        """Return fragments of digits, joined digits and marks; letters and doodles, where available, double them."""
        part = count // 6
        if not part:
            return []
        negatives = [
            draw_fragments(self.images, self.labels, part, rng), join_digits(self.images, part, rng),
            draw_marks(part // 2, rng), print_signs(part // 2, rng),
        ]  # fmt: skip
        if self.signs is not None:
            letters = drawn(self.signs, rng.choice(without_look_alikes(usable(self.signs), self.signs), 2 * part), rng)
            negatives += [letters, join_digits(letters, part // 2, rng)]
        if self.doodles is not None:
            negatives.append(doodled(self.doodles, part, rng))
        return negatives


def load_sampler(images: Glyphs, labels: Labels, collections: Path | None, data: Path) -> EpochSampler:
    """Return a sampler of MNIST's training images, the doodles in `data` and UNIPEN's strokes in `collections`.

    Raises DataError where one of these files is damaged.
    """
    doodles = load_doodles(data)
    sampler = EpochSampler(images, labels, doodles=None if doodles is None else doodles.part(held_out=False))
    if collections is None:
        return sampler
    return replace(
        sampler,
        digits=load_strokes(collections / "unipen_digits.npz"),
        signs=load_strokes(collections / "unipen_nondigits.npz"),
    )
