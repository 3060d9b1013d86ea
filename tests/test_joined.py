"""A quick network, a wider one and its mate answer as one: in torch, and in the file that is shipped."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from numink.classifier import NOT_A_DIGIT, Classifier
from numink.training.calibrate import probabilities
from numink.training.data import Mnist
from numink.training.export import export
from numink.training.fit import logits
from numink.training.gate import fit_gate
from numink.training.joined import Joined, Mate, Quick
from numink.training.material import Material
from numink.training.network import DigitNet
from numink.training.recipe import RECIPES, Cascade

Glyphs = NDArray[np.uint8]


def untrained(seed: int, *, early: bool = False, deep: bool = False) -> DigitNet:
    """A network that says something, though nothing right; the same for a seed."""
    torch.manual_seed(seed)
    network = DigitNet(12, early=early, deep=deep)
    network.head.weight.data.mul_(20)
    return network.eval()


@pytest.fixture
def glyphs(mnist: Mnist) -> Glyphs:
    return mnist.test_images[:200]


@pytest.fixture
def joined(glyphs: Glyphs) -> Joined:
    """Each of its networks is asked about some of the glyphs, and not about others."""
    quick, wider = untrained(1, early=True), untrained(2)
    gate = nn.Linear(wider.head.in_features, 1).requires_grad_(False)
    with torch.inference_mode():
        said = gate(wider.features(torch.from_numpy(glyphs)[:, None] / 255))
    gate.bias.sub_(said.median())
    bars = [float(np.median(probabilities(logits(one, glyphs), 1.0).max(axis=1))) for one in (quick, wider)]
    return Joined(wider, 0.5, Quick(quick, 0.7, bars[0]), Mate(untrained(3, deep=True), gate, bars[1]))


def test_the_file_says_what_its_three_networks_say(joined: Joined, glyphs: Glyphs, tmp_path: Path) -> None:
    file = tmp_path / "joined.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        export(joined, Classifier().contract, file, glyphs)

    differences = np.abs(Classifier(file).logits(glyphs) - joined.logits(glyphs)).max(axis=1)

    assert np.median(differences) < 0.01
    assert (differences > 0.05).sum() <= 2  # at the very bars, with weights in half precision
    assert np.array_equal(Classifier(file).logits(glyphs[:1]), Classifier(file).logits(glyphs)[:1])


def test_a_mate_is_asked_where_the_wider_one_is_in_doubt_about_a_clean_glyph_only(
    joined: Joined, glyphs: Glyphs
) -> None:
    assert joined.quick is not None
    assert joined.mate is not None
    without = replace(joined, mate=None).logits(glyphs)
    changed = (np.abs(joined.logits(glyphs) - without) > 1e-4).any(axis=1)
    pictures = torch.from_numpy(glyphs)[:, None] / 255
    with torch.inference_mode():
        clean = joined.mate.gate(joined.network.features(pictures))[:, 0].numpy() > 0
    unsure = probabilities(logits(joined.network, glyphs), 1.0).max(axis=1) < joined.mate.below
    asked = probabilities(logits(joined.quick.network, glyphs), 1.0).max(axis=1) < joined.quick.sure

    assert np.array_equal(changed, clean & unsure & asked)
    assert 0 < changed.sum() < asked.sum()


def test_whether_it_is_a_digit_at_all_a_mate_has_no_say_in(joined: Joined, glyphs: Glyphs) -> None:
    chances, without = (probabilities(one.logits(glyphs), 1.0) for one in (joined, replace(joined, mate=None)))

    assert np.allclose(chances[:, NOT_A_DIGIT], without[:, NOT_A_DIGIT], atol=1e-5)
    assert not np.allclose(chances, without, atol=1e-2)


def test_a_gate_opens_for_clean_digits_and_shuts_for_what_is_hardly_to_be_seen(
    mnist: Mnist,
) -> None:
    cascade = RECIPES["shipped"]
    assert isinstance(cascade, Cascade)
    student = untrained(4)
    gate = fit_gate(student, cascade.mate, Material(mnist.train_images[:3000], mnist.train_labels[:3000]))
    clean = torch.from_numpy(mnist.test_images)[:, None] / 255
    blurred = nn.functional.avg_pool2d(clean, 9, 1, 4)
    with torch.inference_mode():
        opened = [float((gate(student.features(one)) > 0).float().mean()) for one in (clean, blurred)]

    assert opened[0] > 0.7
    assert opened[1] < 0.1
