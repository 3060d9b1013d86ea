"""Glyphs of a training epoch: appearance augmentation, doodles, print and digit styles."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from numink.datasets.doodles import DOODLES_FILE, LOOK_ALIKES, NEAR, Doodles, doodled, fetch_doodles, load_doodles
from numink.errors import DataError
from numink.recognition.digit_model import Classifier
from numink.recognition.glyph import normalise_all
from numink.training.epochs import EpochSampler
from numink.training.recipes import RECIPES, CascadeRecipe, networks_of
from numink.training.synthesis.digit_styles import STYLES, DigitStyle
from numink.training.synthesis.non_digit_glyphs import print_signs
from numink.training.synthesis.style_renderer import draw_style

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training.augmentation.appearance import EFFECTS, SEVERE_EFFECTS, change_appearance  # noqa: E402 - needs torch

KINDS = ("ant", "axe", "bat", "bear", "circle", "potato")


@pytest.fixture
def doodles() -> Doodles:
    images = np.random.default_rng(0).integers(0, 256, (60, 28, 28), dtype=np.uint8)
    images[:, 0, 0] = np.arange(60) % 6  # marks the kind
    return Doodles(images, np.array(KINDS * 10))


def _effect_name(effect: object) -> str:
    """Return the name of the effect's function with its settings: the same in every process."""
    function = getattr(effect, "func", effect)
    return function.__name__ + "".join(f"-{key}-{value}" for key, value in getattr(effect, "keywords", {}).items())


@pytest.mark.parametrize("effect", dict.fromkeys((*EFFECTS, *SEVERE_EFFECTS)), ids=_effect_name)
def test_an_effect_changes_a_glyph_and_leaves_it_visible(effect: object) -> None:
    glyphs = torch.zeros(6, 1, 28, 28)
    glyphs[:, :, 4:24, 12:16] = 1
    seen = effect(glyphs, torch.Generator().manual_seed(3)).clamp(0, 1)  # type: ignore[operator]
    assert seen.shape == glyphs.shape
    assert bool(torch.isfinite(seen).all())
    assert float((seen - glyphs).abs().max()) > 0.02
    assert float(seen[:, :, 8:20, 12:16].mean()) > float(seen[:, :, 8:20, 0:4].mean())


def test_appearance_changes_the_given_share_and_repeats_with_the_seed() -> None:
    glyphs = torch.rand(400, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    once, again = (change_appearance(glyphs, 0.3, EFFECTS, torch.Generator().manual_seed(2)) for _ in range(2))
    changed = float(((once - glyphs).abs().amax(dim=(1, 2, 3)) > 0).float().mean())
    assert torch.equal(once, again)
    assert 0.2 < changed < 0.4
    assert torch.equal(change_appearance(glyphs, 0.0, EFFECTS, torch.Generator()), glyphs)


def test_no_kind_of_doodle_is_both_trained_on_and_measured_on(doodles: Doodles) -> None:
    trained, measured = ({KINDS[image[0, 0]] for image in doodles.part(held_out=held)} for held in (False, True))
    assert trained
    assert measured
    assert not trained & measured
    assert not (trained | measured) & LOOK_ALIKES
    assert not trained & NEAR


def test_doodles_are_glyphs(doodles: Doodles) -> None:
    assert doodled(doodles.images, 7, np.random.default_rng(0)).shape == (7, 28, 28)


def test_doodles_come_with_npm_and_are_loaded_again(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    count = fetch_doodles(tmp_path)
    matches = load_doodles(tmp_path)
    assert matches is not None
    assert len(matches.images) == len(matches.kinds) == count > 30_000


def test_fetching_doodles_without_npm_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no npm client"):
        fetch_doodles(tmp_path, npm="no-such-program")
    assert load_doodles(tmp_path) is None


def test_a_damaged_file_of_doodles_is_an_error(tmp_path: Path) -> None:
    (tmp_path / DOODLES_FILE).write_bytes(b"no npz")
    with pytest.raises(DataError, match="get it anew"):
        load_doodles(tmp_path)


def test_print_is_drawn_anew_each_time() -> None:
    signs = print_signs(20, np.random.default_rng(0))
    assert len({sign.tobytes() for sign in signs}) > 15


def test_an_epoch_repeats_and_the_next_one_differs(doodles: Doodles) -> None:
    recipe = replace(networks_of(RECIPES["quick"])[0], negatives=100)
    digits = np.zeros((50, 28, 28), np.uint8)
    digits[:, 4:24, 10:18] = 255
    sampler = EpochSampler(digits, np.full(50, 3, np.uint8), doodles=doodles.images)
    (first, labels), (same, _), (second, _) = (sampler.sample(recipe, number) for number in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, second)
    assert len(first) == len(second) == sampler.size(recipe)
    assert set(labels.tolist()) == {3, 10}


def test_teachers_come_first_and_each_fine_tuning_starts_from_the_teacher_of_its_seed() -> None:
    cascade = RECIPES["shipped"]
    assert isinstance(cascade, CascadeRecipe)
    stages = {stage.name: stage for stage in networks_of(cascade)}
    fine_tuned = [stage for stage in stages.values() if stage.after]
    assert [stage.seed for stage in fine_tuned] == list(cascade.fine_tuned_seeds)
    assert all(stages[stage.after].seed == stage.seed for stage in fine_tuned)
    assert [name for name, stage in stages.items() if stage.distillation] == [
        cascade.student.name, cascade.stage_one.name
    ]  # fmt: skip
    assert list(stages)[-2:] == [cascade.student.name, cascade.stage_one.name]
    assert [cascade.role(name) for name in ("finish-1", "first", "student")] == ["teacher", "quick", "member"]


@pytest.mark.parametrize(("digit", "style"), STYLES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_digit_style_is_read_as_its_digit_by_the_shipped_model(
    digit: int, style: DigitStyle, classifier: Classifier
) -> None:
    """Most of twenty drawings with a pen of medium width: an illegible style is no help in training."""
    rng = np.random.default_rng(5)
    drawn = [draw_style(style, 9.0, 0.0, rng) for _ in range(20)]
    read = classifier.predict(normalise_all(drawn))[:, :10].argmax(axis=1)
    assert (read == digit).mean() >= 0.6
