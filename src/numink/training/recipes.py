"""Settings of a training, one frozen dataclass a recipe; the recipe used is stored in the model file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import DataError
from .stored_recipe import StoredRecipe


@dataclass(frozen=True, kw_only=True)
class Recipe(StoredRecipe):
    """Settings of a digit network's training: with the data they determine the result.

    Angles are in degrees, lengths in pixels of the glyph, shares in 0..1.
    """

    width: int = 40
    """Channels of the network's middle stage; the cost grows with its square."""
    epochs: int = 16
    batch: int = 128
    learning_rate: float = 3e-3
    """Highest learning rate of the one-cycle schedule (Smith 2018) of AdamW."""
    weight_decay: float = 0.05
    label_smoothing: float = 0.03
    ema_decay: float = 0.998
    """Decay of the averaged weights, which are the result."""
    rotation: float = 14.0
    scale: float = 0.13
    shear: float = 0.2
    shift: float = 2.0
    elastic: float = 1.6
    """Largest mean displacement of the elastic distortion (Simard, Steinkraus, Platt 2003)."""
    appearance: float = 0.45
    """Share of glyphs with appearance augmentation: blurred, coarse, faint, veiled, noisy."""
    severe_appearance: float = 0.0
    """Share of glyphs with severe appearance augmentation, at which a person only just reads the digit."""
    strokes: int = 1
    """Copies of UNIPEN's digits in an epoch, each drawn with random pens, where UNIPEN is available."""
    styles: int = 0
    """Digits of an epoch in rendered digit styles that are rare in MNIST."""
    negatives: int = 22_000
    """Glyphs of an epoch that are not one digit."""
    neighbours: float = 0.1
    """Share of digits with remains of their surroundings."""
    train_images: int | None = None
    """Number of MNIST's training images used, for tests; None for all."""
    bfloat16: bool = False
    """Compute in bfloat16 with weights in float32: twice as fast on processors that support it."""
    early_stride: bool = False
    """Halve the resolution in the first layer: a quarter of the work."""
    distillation: float = 0.0
    """Weight of the teachers' answers against the labels, where there are teachers (Hinton, Vinyals, Dean 2015)."""
    teachers_per_batch: int = 2
    """Teachers drawn at random for each batch; the student learns their mean answer."""
    after: str = ""
    """Name of the network whose weights this training starts from."""
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class CascadeRecipe(StoredRecipe):
    """Settings of a cascade: a stage-one network and a larger student network, both distilled from teachers.

    The teachers are not part of the model file: one is trained for each of `seeds`, and those of `fine_tuned_seeds`
    are copied and fine-tuned on harder glyphs.
    """

    teacher: Recipe
    fine_tuning: Recipe
    student: Recipe
    stage_one: Recipe
    seeds: tuple[int, ...] = (1, 2, 3)
    fine_tuned_seeds: tuple[int, ...] = (1, 2)

    @property
    def stages(self) -> list[Recipe]:
        """One recipe for each training, in order."""
        teachers = [_seeded(self.teacher, seed) for seed in self.seeds]
        after = {teacher.seed: teacher.name for teacher in teachers}
        fine_tuned = [replace(_seeded(self.fine_tuning, seed), after=after[seed]) for seed in self.fine_tuned_seeds]
        return [*teachers, *fine_tuned, self.student, self.stage_one]

    def role(self, name: str) -> str:
        """Return the role of the network `name` in reports: 'member', 'quick' (stage one) or 'teacher'."""
        return {self.student.name: "member", self.stage_one.name: "quick"}.get(name, "teacher")


def _seeded(recipe: Recipe, seed: int) -> Recipe:
    return replace(recipe, name=f"{recipe.name}-{seed}", seed=seed)


@dataclass(frozen=True, kw_only=True)
class LineRecipe(StoredRecipe):
    """Settings of a line network's training: with the data they determine the result."""

    width: int = 48
    """Channels of the network's middle stage."""
    context: tuple[int, ...] = (1, 2, 1)
    """Dilations of the blocks along the line, in frames."""
    digits_only: bool = False
    """Learn the digits of each line only, all else as blank."""
    epochs: int = 30
    lines: int = 16_000
    """Lines of an epoch, all newly composed."""
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    ema_decay: float = 0.999
    bfloat16: bool = True
    after: str = ""
    """Name of the network whose weights this training starts from."""
    start_share: float = 0.0
    """Share of the weights that this training started from in its result (Wortsman et al. 2022: model soups)."""
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class EnsembleRecipe(StoredRecipe):
    """Settings of an ensemble of line networks in one model file, each trained by itself."""

    stages: tuple[LineRecipe, ...]
    """In the order of training and of the file: after those they start from, those of digits last."""
    weights: Mapping[str, float]
    """Ensemble weight of each network in the model file, by name; the sum is 1."""

    @property
    def members(self) -> list[LineRecipe]:
        """The stages whose networks are in the model file, in its order."""
        return [stage for stage in self.stages if stage.name in self.weights]

    def remaining(self, trained: Collection[str]) -> list[LineRecipe]:
        """Return the stages still to train where the networks named `trained` are available."""
        stages: list[LineRecipe] = []
        needed = {stage.name for stage in self.members}
        for stage in reversed(self.stages):
            if stage.name in needed and stage.name not in trained:
                stages.insert(0, stage)
                needed.add(stage.after)
        return stages


@dataclass(frozen=True, kw_only=True)
class PageRecipe(StoredRecipe):
    """Settings of the training of the page network."""

    width: int = 24
    """Channels at a quarter of the resolution."""
    side: int = 320
    """Side of the composed pages in pixels, a multiple of 32."""
    pages: int = 512
    """Pages of an epoch, all newly composed."""
    passes: int = 3
    """How often each page is shown in its epoch, with another contrast."""
    bank_lines: int = 450
    bank_writers: int = 80
    """Lines of handwriting that an epoch's pages share, and writers of single characters."""
    epochs: int = 35  # as many steps as the two parts of the shipped model's training had (E230, E241)
    batch: int = 8
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    ema_decay: float = 0.997
    bfloat16: bool = True
    seed: int = 1


TEACHER = Recipe(
    name="member", width=48, epochs=24, strokes=2, negatives=30_000, label_smoothing=0.02, ema_decay=0.999,
    rotation=15, scale=0.15, elastic=1.8, appearance=0.4, bfloat16=True,
)  # fmt: skip
"""Chosen in E036 to E039; fine tuning in E055, the student in E094 and E095, stage one in E043, E044 and E096."""
FINE_TUNING = replace(
    TEACHER, name="finish", epochs=10, learning_rate=1.5e-3, label_smoothing=0.0, appearance=0.3,
    severe_appearance=0.25, styles=6_000, strokes=1,
)  # fmt: skip
STUDENT = replace(
    TEACHER, name="student", width=64, epochs=25, label_smoothing=0.0, appearance=0.3, severe_appearance=0.15,
    styles=5_000, strokes=1, negatives=26_000, distillation=0.75, teachers_per_batch=2, seed=4,
)  # fmt: skip
STAGE_ONE = replace(
    STUDENT, name="first", width=24, epochs=12, early_stride=True, distillation=0.9, severe_appearance=0.08, seed=1
)
CHARACTERS = LineRecipe(name="characters", width=64, context=(1, 2, 1, 2, 1), lines=8_000, batch=32)
AGAIN = replace(CHARACTERS, learning_rate=1.5e-3)
LINES = EnsembleRecipe(
    name="lines", weights={"characters-fourth": 0.5, "wide-again": 0.5},
    stages=(
        replace(CHARACTERS, epochs=26, learning_rate=2e-3, seed=8),
        replace(AGAIN, name="characters-again", epochs=21, after="characters", seed=9),
        replace(AGAIN, name="characters-third", epochs=33, after="characters-again", seed=10),
        replace(AGAIN, name="characters-fourth", epochs=24, after="characters-third", seed=11, start_share=0.5),
        LineRecipe(name="wide-again", width=64, digits_only=True, seed=6),
    ),
)  # fmt: skip
"""A network over all characters (E207 to E246), and the wide one over digits of 1.0.0 (E167: its last settings)."""
AnyRecipe = Recipe | CascadeRecipe | EnsembleRecipe | PageRecipe
RECIPES: dict[str, AnyRecipe] = {
    recipe.name: recipe
    for recipe in (
        CascadeRecipe(name="shipped", teacher=TEACHER, fine_tuning=FINE_TUNING, student=STUDENT, stage_one=STAGE_ONE),
        LINES,
        PageRecipe(name="pages"),
        replace(TEACHER, name="standard", width=40, epochs=16),
        Recipe(
            name="quick", width=24, epochs=2, early_stride=True, negatives=4_000, strokes=0, ema_decay=0.98,
            appearance=0.0, neighbours=0.02, rotation=8, scale=0.08, shear=0.1, shift=1, elastic=0.8,
        ),
    )
}  # fmt: skip
"""All recipes by name; `quick` was chosen in E053."""


def changed(recipe: AnyRecipe, values: Mapping[str, Any]) -> AnyRecipe:
    """Return `recipe` with other values of its networks' settings.

    Raises DataError for a seed where the recipe has several networks, each with a seed of its own.
    """
    if isinstance(recipe, Recipe | PageRecipe):
        return replace(recipe, **values)
    if "seed" in values:
        raise DataError(f"the networks of '{recipe.name}' have a seed each: leave out --seed")
    if isinstance(recipe, EnsembleRecipe):
        return replace(recipe, stages=tuple(replace(stage, **values) for stage in recipe.stages))
    return replace(
        recipe, teacher=replace(recipe.teacher, **values), fine_tuning=replace(recipe.fine_tuning, **values),
        student=replace(recipe.student, **values), stage_one=replace(recipe.stage_one, **values),
    )  # fmt: skip


def networks_of(recipe: Recipe | CascadeRecipe) -> list[Recipe]:
    """Return one recipe for each network, in the order of training."""
    return [recipe] if isinstance(recipe, Recipe) else recipe.stages


def epochs_of(recipe: AnyRecipe, trained: Collection[str] = ()) -> int:
    """Return the epochs of all networks of `recipe`, without line networks that are already `trained`."""
    if isinstance(recipe, PageRecipe):
        return recipe.epochs
    stages = recipe.remaining(trained) if isinstance(recipe, EnsembleRecipe) else networks_of(recipe)
    return sum(stage.epochs for stage in stages)


def find_recipe(name: str) -> AnyRecipe:
    """Return the recipe of that name. Raises DataError that lists the names."""
    try:
        return RECIPES[name]
    except KeyError:
        raise DataError(f"there is no recipe '{name}'; there are: {', '.join(RECIPES)}") from None
