"""The settings of a training, one frozen dataclass a recipe; the recipe used is stored in the model file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
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
    asked: int = 2
    """Of so many teachers, other ones for each batch, the mean answer is learned."""
    after: str = ""
    """Name of the network whose weights this training begins with."""
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Cascade(Stored):
    """Two networks in one model file, a quick one and, where it is not sure, a wider one; both learn from teachers.

    The teachers are in no file: one of each of the `seeds`, and those of the seeds `finished` once more, as they are
    after a finish that goes on from there with harder material.
    """

    teacher: Recipe
    finish: Recipe
    student: Recipe
    quick: Recipe
    seeds: tuple[int, ...] = (1, 2, 3)
    finished: tuple[int, ...] = (1, 2)

    @property
    def stages(self) -> list[Recipe]:
        """One recipe for each training, in their order."""
        teachers = [_seeded(self.teacher, seed) for seed in self.seeds]
        after = {teacher.seed: teacher.name for teacher in teachers}
        finished = [replace(_seeded(self.finish, seed), after=after[seed]) for seed in self.finished]
        return [*teachers, *finished, self.student, self.quick]

    def role(self, name: str) -> str:
        """What the network of that name is for: 'member', 'quick' or 'teacher'."""
        return {self.student.name: "member", self.quick.name: "quick"}.get(name, "teacher")


def _seeded(recipe: Recipe, seed: int) -> Recipe:
    return replace(recipe, name=f"{recipe.name}-{seed}", seed=seed)


@dataclass(frozen=True, kw_only=True)
class LineRecipe(Stored):
    """Everything that decides what comes out of a training of the line network, but the data."""

    width: int = 48
    """Channels of the network's middle stage."""
    epochs: int = 30
    lines: int = 16_000
    """Lines of an epoch, each composed anew."""
    batch: int = 64
    rate: float = 3e-3
    decay: float = 0.05
    average: float = 0.999
    bfloat16: bool = True
    after: str = ""
    """Name of the network whose weights this training begins with."""
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Heard(Stored):
    """Line networks in one model file that are heard together, each trained by itself."""

    stages: tuple[LineRecipe, ...]
    """In the order of their training, and in the file; one that another begins with comes before it."""
    say: Mapping[str, float]
    """How much each that is in the file is heard, by name; sums to 1."""

    @property
    def heard(self) -> list[LineRecipe]:
        """The stages whose networks are in the file, in its order."""
        return [stage for stage in self.stages if stage.name in self.say]

    def left(self, trained: Collection[str]) -> list[LineRecipe]:
        """The stages to train where those of the names `trained` are at hand: what is heard, and what that needs."""
        needed: list[LineRecipe] = []
        wanted = {stage.name for stage in self.heard}
        for stage in reversed(self.stages):
            if stage.name in wanted and stage.name not in trained:
                needed.insert(0, stage)
                wanted.add(stage.after)
        return needed


TEACHER = Recipe(
    name="member", width=48, epochs=24, strokes=2, negatives=30_000, smoothing=0.02, average=0.999,
    rotation=15, scale=0.15, elastic=1.8, looks=0.4, bfloat16=True,
)  # fmt: skip
FINISH = replace(
    TEACHER, name="finish", epochs=10, rate=1.5e-3, smoothing=0.0, looks=0.3, harsh=0.25, styles=6_000, strokes=1,
)  # fmt: skip
STUDENT = replace(
    TEACHER, name="student", width=64, epochs=25, smoothing=0.0, looks=0.3, harsh=0.15, styles=5_000, strokes=1,
    negatives=26_000, taught=0.75, asked=2, seed=4,
)  # fmt: skip
QUICK = replace(STUDENT, name="first", width=24, epochs=12, early=True, taught=0.9, harsh=0.08, seed=1)
NARROW = LineRecipe(name="narrow")
WIDE = LineRecipe(name="wide", width=64, seed=2)
LINES = Heard(
    name="lines", say={"narrow-again": 0.5, "wide-again": 0.5},
    stages=(
        NARROW, WIDE, replace(WIDE, name="finish", after="wide", epochs=9, rate=1.2e-3, seed=3),
        replace(WIDE, name="amounts", after="finish", epochs=26, rate=2e-3, seed=4),
        replace(NARROW, name="narrow-amounts", after="narrow", epochs=28, rate=2e-3, seed=5),
        replace(WIDE, name="wide-again", after="amounts", epochs=25, rate=2e-3, seed=6),
        replace(NARROW, name="narrow-again", after="narrow-amounts", epochs=32, rate=2e-3, seed=7),
    ),
)  # fmt: skip
AnyRecipe = Recipe | Cascade | Heard
RECIPES: dict[str, AnyRecipe] = {
    recipe.name: recipe
    for recipe in (
        Cascade(name="shipped", teacher=TEACHER, finish=FINISH, student=STUDENT, quick=QUICK),
        LINES,
        replace(TEACHER, name="standard", width=40, epochs=16),
        Recipe(
            name="quick", width=24, epochs=2, early=True, negatives=4_000, strokes=0, average=0.98, looks=0.0,
            disturbed=0.02, rotation=8, scale=0.08, shear=0.1, shift=1, elastic=0.8,
        ),
    )
}  # fmt: skip


def changed(recipe: AnyRecipe, values: Mapping[str, Any]) -> AnyRecipe:
    """`recipe` with other values of a network's settings; those of all networks of several are changed.

    Raises DataError for a seed of several networks, which have one each.
    """
    if isinstance(recipe, Recipe):
        return replace(recipe, **values)
    if "seed" in values:
        raise DataError(f"the networks of '{recipe.name}' have a seed each: leave out --seed")
    if isinstance(recipe, Heard):
        return replace(recipe, stages=tuple(replace(stage, **values) for stage in recipe.stages))
    return replace(
        recipe, teacher=replace(recipe.teacher, **values), finish=replace(recipe.finish, **values),
        student=replace(recipe.student, **values), quick=replace(recipe.quick, **values),
    )  # fmt: skip


def networks_of(recipe: Recipe | Cascade) -> list[Recipe]:
    """One recipe for each network, in the order of training."""
    return [recipe] if isinstance(recipe, Recipe) else recipe.stages


def epochs_of(recipe: AnyRecipe, trained: Collection[str] = ()) -> int:
    """Epochs of all its networks, but for line networks that are `trained` already."""
    return sum(one.epochs for one in (recipe.left(trained) if isinstance(recipe, Heard) else networks_of(recipe)))


def find_recipe(name: str) -> AnyRecipe:
    """The recipe of that name. Raises DataError that lists them."""
    try:
        return RECIPES[name]
    except KeyError:
        raise DataError(f"there is no recipe '{name}'; there are: {', '.join(RECIPES)}") from None
