"""What a training sees: looks that stay glyphs, doodles of which half is never trained on, print that is no digit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from numink.datasets.doodles import FILE, LOOK_ALIKES, NEAR, Doodles, doodled, fetch_doodles, load_doodles
from numink.errors import DataError
from numink.recognition.digit_model import Classifier
from numink.recognition.glyph import normalise_all
from numink.training.epochs import Material
from numink.training.recipes import RECIPES, Cascade, networks_of
from numink.training.synthesis.digit_styles import STYLES, Way
from numink.training.synthesis.non_digit_glyphs import printed
from numink.training.synthesis.style_renderer import draw_style

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training.augmentation.appearance import HARSH, LOOKS, change_looks  # noqa: E402 - needs torch

KINDS = ("ant", "axe", "bat", "bear", "circle", "potato")


@pytest.fixture
def doodles() -> Doodles:
    images = np.random.default_rng(0).integers(0, 256, (60, 28, 28), dtype=np.uint8)
    images[:, 0, 0] = np.arange(60) % 6  # so that each can be told by its kind
    return Doodles(images, np.array(KINDS * 10))


def _look_name(look: object) -> str:
    """The same in every process: its function's name and how it is set."""
    of = getattr(look, "func", look)
    return of.__name__ + "".join(f"-{key}-{value}" for key, value in getattr(look, "keywords", {}).items())


@pytest.mark.parametrize("look", dict.fromkeys((*LOOKS, *HARSH)), ids=_look_name)
def test_a_look_leaves_glyphs_that_can_be_told_apart(look: object) -> None:
    glyphs = torch.zeros(6, 1, 28, 28)
    glyphs[:, :, 4:24, 12:16] = 1
    seen = look(glyphs, torch.Generator().manual_seed(3)).clamp(0, 1)  # type: ignore[operator]
    assert seen.shape == glyphs.shape
    assert bool(torch.isfinite(seen).all())
    assert float((seen - glyphs).abs().max()) > 0.02
    assert float(seen[:, :, 8:20, 12:16].mean()) > float(seen[:, :, 8:20, 0:4].mean())


def test_looks_come_to_the_share_that_was_asked_for_and_repeat_with_the_seed() -> None:
    glyphs = torch.rand(400, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    once, again = (change_looks(glyphs, 0.3, LOOKS, torch.Generator().manual_seed(2)) for _ in range(2))
    changed = float(((once - glyphs).abs().amax(dim=(1, 2, 3)) > 0).float().mean())
    assert torch.equal(once, again)
    assert 0.2 < changed < 0.4
    assert torch.equal(change_looks(glyphs, 0.0, LOOKS, torch.Generator()), glyphs)


def test_no_kind_of_doodle_is_both_trained_on_and_measured_on(doodles: Doodles) -> None:
    taught, kept = ({KINDS[image[0, 0]] for image in doodles.part(held_out=held)} for held in (False, True))
    assert taught
    assert kept
    assert not taught & kept
    assert not (taught | kept) & LOOK_ALIKES
    assert not taught & NEAR


def test_doodles_are_glyphs(doodles: Doodles) -> None:
    assert doodled(doodles.images, 7, np.random.default_rng(0)).shape == (7, 28, 28)


def test_doodles_come_with_npm_and_are_loaded_again(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    count = fetch_doodles(tmp_path)
    found = load_doodles(tmp_path)
    assert found is not None
    assert len(found.images) == len(found.kinds) == count > 30_000


def test_without_npm_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no npm client"):
        fetch_doodles(tmp_path, npm="no-such-program")
    assert load_doodles(tmp_path) is None


def test_a_damaged_file_of_doodles_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no npz")
    with pytest.raises(DataError, match="get it anew"):
        load_doodles(tmp_path)


def test_print_is_drawn_anew_each_time() -> None:
    signs = printed(20, np.random.default_rng(0))
    assert len({sign.tobytes() for sign in signs}) > 15


def test_an_epoch_repeats_and_the_next_is_another(doodles: Doodles) -> None:
    recipe = networks_of(RECIPES["quick"])[0]
    digits = np.zeros((50, 28, 28), np.uint8)
    digits[:, 4:24, 10:18] = 255
    material = Material(digits, np.full(50, 3, np.uint8), doodles=doodles.images)
    (one, labels), (same, _), (other, _) = (material.epoch(recipe, number) for number in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert set(labels.tolist()) == {3, 10}


def test_the_teachers_of_a_cascade_come_first_and_each_finish_goes_on_from_its_own() -> None:
    cascade = RECIPES["shipped"]
    assert isinstance(cascade, Cascade)
    stages = {stage.name: stage for stage in networks_of(cascade)}
    finished = [stage for stage in stages.values() if stage.after]
    assert [stage.seed for stage in finished] == list(cascade.finished)
    assert all(stages[stage.after].seed == stage.seed for stage in finished)
    assert [name for name, stage in stages.items() if stage.taught] == [cascade.student.name, cascade.quick.name]
    assert list(stages)[-2:] == [cascade.student.name, cascade.quick.name]
    assert [cascade.role(name) for name in ("finish-1", "first", "student")] == ["teacher", "quick", "member"]


@pytest.mark.parametrize(("digit", "way"), STYLES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_rare_style_is_read_as_its_digit_by_the_shipped_model(digit: int, way: Way, classifier: Classifier) -> None:
    """Most of twenty drawn with a middling pen: a style that nobody would read is no help in training."""
    rng = np.random.default_rng(5)
    drawn = [draw_style(way, 9.0, 0.0, rng) for _ in range(20)]
    read = classifier.predict(normalise_all(drawn))[:, :10].argmax(axis=1)
    assert (read == digit).mean() >= 0.6
