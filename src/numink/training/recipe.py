"""The settings of a training, one frozen dataclass a recipe; the recipe used is stored in the model file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..errors import DataError


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What all recipes have in common."""

    name: str

    def to_json(self) -> str:
        """As stored in the model file, and in a checkpoint."""
        return json.dumps(asdict(self), sort_keys=True)

    def is_stored_as(self, text: str) -> bool:
        """Whether a checkpoint's recipe is this one; a setting that came later has its default in it."""
        try:
            return type(self)(**json.loads(text)) == self
        except TypeError:  # a setting that there is no longer
            return False


@dataclass(frozen=True, kw_only=True)
class Recipe(Stored):
    """Everything that decides what comes out, but the data.

    Angles are in degrees, lengths in pixels of the glyph, shares in parts of one.
    """

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
    harsh: float = 0.0
    """Share that is seen so badly that a person only just reads it (`looks.HARSH`)."""
    strokes: int = 1
    """UNIPEN's digits join MNIST's so many times an epoch, drawn anew at random pen widths, where they are at hand."""
    styles: int = 0
    """Digits of an epoch made by program in styles that MNIST hardly has (`styles`)."""
    negatives: int = 22_000
    """Glyphs of an epoch that are not one digit."""
    disturbed: float = 0.1
    """Share of the digits that carry a piece of their surroundings."""
    train_images: int | None = None
    """Only so many of MNIST's training images, for tests."""
    bfloat16: bool = False
    """Forward and backward in bfloat16, the weights in float32: twice as fast where the processor has it."""
    early: bool = False
    """Halves the picture in the first layer: a quarter of the work."""
    taught: float = 0.0
    """Weight of the teachers' answers against the labels, where there are teachers (Hinton, Vinyals, Dean 2015)."""
    after: str = ""
    """Name of the network whose weights this training begins with, and which it replaces."""
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Cascade(Stored):
    """Several networks in one model file: a quick one, and where it is not sure, `members` that answer together.

    The members differ by their seeds; each is trained by `member` and, where there is a `finish`, goes on by that. The
    quick one learns from their answers. Networks of the seeds `beside` are in no file: they show what another seed
    would have given.
    """

    member: Recipe
    quick: Recipe
    finish: Recipe | None = None
    seeds: tuple[int, ...] = (1, 2)
    beside: tuple[int, ...] = (3,)

    @property
    def stages(self) -> list[Recipe]:
        """One recipe for each training, in their order."""
        return [
            *(stage for seed in self.seeds for stage in self._of(seed)), self.quick,
            *(stage for seed in self.beside for stage in self._of(seed)),
        ]  # fmt: skip

    @property
    def members(self) -> list[str]:
        """Names of the networks that answer together."""
        return [self._of(seed)[-1].name for seed in self.seeds]

    def role(self, name: str) -> str:
        """What the network of that name is for: 'member', 'quick' or 'beside'."""
        return "member" if name in self.members else "quick" if name == self.quick.name else "beside"

    def _of(self, seed: int) -> list[Recipe]:
        """From nothing, and from there on."""
        first = replace(self.member, name=f"{self.member.name}-{seed}", seed=seed)
        if self.finish is None:
            return [first]
        return [first, replace(self.finish, name=f"{self.finish.name}-{seed}", seed=seed, after=first.name)]


@dataclass(frozen=True, kw_only=True)
class LineRecipe(Stored):
    """Everything that decides what comes out of a training of the line network, but the data."""

    width: int = 40
    """Channels of the network's middle stage."""
    epochs: int = 30
    lines: int = 16_000
    """Lines of an epoch, each composed anew."""
    batch: int = 64
    rate: float = 3e-3
    decay: float = 0.05
    average: float = 0.999
    bfloat16: bool = True
    seed: int = 1


MEMBER = Recipe(
    name="member", width=48, epochs=24, strokes=2, negatives=30_000, smoothing=0.02, average=0.999,
    rotation=15, scale=0.15, elastic=1.8, looks=0.4, bfloat16=True,
)  # fmt: skip
FINISH = replace(
    MEMBER, name="finish", epochs=10, rate=1.5e-3, smoothing=0.0, looks=0.3, harsh=0.25, styles=6_000, strokes=1,
)  # fmt: skip
QUICK = replace(MEMBER, name="first", width=24, epochs=12, early=True, taught=0.9, looks=0.3)
AnyRecipe = Recipe | Cascade | LineRecipe
RECIPES: dict[str, AnyRecipe] = {
    recipe.name: recipe
    for recipe in (
        Cascade(name="shipped", member=MEMBER, quick=QUICK),
        Cascade(name="robust", member=MEMBER, finish=FINISH, quick=replace(QUICK, harsh=0.15, smoothing=0.0)),
        LineRecipe(name="lines"),
        replace(MEMBER, name="standard", width=40, epochs=16),
        Recipe(
            name="quick", width=24, epochs=2, early=True, negatives=4_000, strokes=0, average=0.98, looks=0.0,
            disturbed=0.02, rotation=8, scale=0.08, shear=0.1, shift=1, elastic=0.8,
        ),
    )
}  # fmt: skip


def changed(recipe: AnyRecipe, values: Mapping[str, Any]) -> AnyRecipe:
    """`recipe` with other values of a network's settings; those of a cascade's members are changed.

    Raises DataError for a seed of a cascade, which has several.
    """
    if not isinstance(recipe, Cascade):
        return replace(recipe, **values)
    if "seed" in values:
        raise DataError(f"the networks of '{recipe.name}' have a seed each: leave out --seed")
    finish = None if recipe.finish is None else replace(recipe.finish, **values)
    return replace(
        recipe, member=replace(recipe.member, **values), finish=finish, quick=replace(recipe.quick, **values)
    )


def networks_of(recipe: Recipe | Cascade) -> list[Recipe]:
    """One recipe for each network, in the order of training."""
    return [recipe] if isinstance(recipe, Recipe) else recipe.stages


def epochs_of(recipe: AnyRecipe) -> int:
    """Epochs of all its networks."""
    return recipe.epochs if isinstance(recipe, LineRecipe) else sum(one.epochs for one in networks_of(recipe))


def find_recipe(name: str) -> AnyRecipe:
    """The recipe of that name. Raises DataError that lists them."""
    try:
        return RECIPES[name]
    except KeyError:
        raise DataError(f"there is no recipe '{name}'; there are: {', '.join(RECIPES)}") from None
