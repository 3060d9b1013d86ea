"""The settings of a training, one frozen dataclass a recipe; the recipe used is stored in the model file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..errors import DataError


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides what comes out, but the data.

    Angles are in degrees, lengths in pixels of the glyph, shares in parts of one.
    """

    name: str
    width: int = 40
    """Channels of the network's middle stage; its cost grows with the square."""
    epochs: int = 16
    batch: int = 128
    rate: float = 3e-3
    """The highest learning rate of the one-cycle schedule (Smith 2018), AdamW."""
    decay: float = 0.05
    smoothing: float = 0.03
    average: float = 0.998
    """Decay of the averaged weights, which are what is kept."""
    rotation: float = 14.0
    scale: float = 0.13
    shear: float = 0.2
    shift: float = 2.0
    elastic: float = 1.6
    """Largest mean displacement of the smooth field (Simard, Steinkraus, Platt 2003)."""
    looks: float = 0.45
    """Share of the glyphs that are seen blurred, coarse, faint, veiled, noisy (`looks`)."""
    strokes: int = 1
    """UNIPEN's digits join MNIST's so many times an epoch, drawn anew at random pen widths, where they are at hand."""
    negatives: int = 22_000
    """Glyphs of an epoch that are not one digit."""
    disturbed: float = 0.1
    """Share of the digits that carry a piece of their surroundings."""
    train_images: int | None = None
    """Only so many of MNIST's training images, for tests."""
    bfloat16: bool = False
    """Forward and backward in bfloat16, the weights in float32: twice as fast where the processor has it."""
    seed: int = 1
    after: str | None = None
    """Begins with the weights that this recipe ends with."""

    def to_json(self) -> str:
        """As stored in the model file."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """Raises DataError for a name that is no setting, so that a misspelt one is not lost."""
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise DataError(f"a recipe has no setting {', '.join(sorted(unknown))}")
        return cls(**values)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(name="standard"),
        Recipe(
            name="member", width=48, epochs=24, strokes=2, negatives=30_000, smoothing=0.02, average=0.999,
            rotation=15, scale=0.15, elastic=1.8, looks=0.4, bfloat16=True,
        ),
        Recipe(name="refined", after="standard", epochs=8, rate=1e-3, strokes=3),
        Recipe(
            name="quick", width=16, epochs=2, negatives=4_000, strokes=0, average=0.98,
            rotation=8, scale=0.08, shear=0.1, shift=1, elastic=0.8,
        ),
    )
}  # fmt: skip


def stages(recipe: Recipe) -> list[Recipe]:
    """The recipes that a training by `recipe` goes through one after another, itself the last; all with its seed."""
    if recipe.after is None:
        return [recipe]
    return [*stages(replace(find_recipe(recipe.after), seed=recipe.seed)), recipe]


def find_recipe(name: str) -> Recipe:
    """The recipe of that name. Raises DataError that lists them."""
    try:
        return RECIPES[name]
    except KeyError:
        raise DataError(f"there is no recipe '{name}'; there are: {', '.join(RECIPES)}") from None
