"""A quick network and a wider one answer as one: in torch, and in the file that is shipped."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from numink.datasets.mnist import Mnist
from numink.errors import ModelError
from numink.evaluation.calibration import probabilities
from numink.recognition.digit_model import Classifier
from numink.training.fit_digits import logits
from numink.training.models.cascade import Joined, Quick
from numink.training.models.digit_net import DigitNet
from numink.training.models.export_digits import export, largest_difference
from numink.training.models.onnx_graph import build

Glyphs = NDArray[np.uint8]


def untrained(seed: int, *, early: bool = False) -> DigitNet:
    """A network that says something, though nothing right; the same for a seed."""
    torch.manual_seed(seed)
    network = DigitNet(12, early=early)
    network.head.weight.data.mul_(20)
    return network.eval()


@pytest.fixture
def glyphs(mnist: Mnist) -> Glyphs:
    return np.ascontiguousarray(mnist.test_images[:200])


@pytest.fixture
def joined(glyphs: Glyphs) -> Joined:
    """Each of its networks answers half of the glyphs."""
    quick = untrained(1, early=True)
    bar = float(np.median(probabilities(logits(quick, glyphs), 1.0).max(axis=1)))
    return Joined(untrained(2), 0.5, Quick(quick, 0.7, bar))


@pytest.fixture
def file(joined: Joined, glyphs: Glyphs, tmp_path: Path) -> Path:
    """Exported, and checked."""
    return exported(joined, glyphs, tmp_path / "joined.onnx")


def exported(joined: Joined, glyphs: Glyphs, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        export(joined, Classifier().contract, path, glyphs)
    return path


def test_the_file_says_what_its_two_networks_say(joined: Joined, glyphs: Glyphs, file: Path) -> None:
    differences = np.abs(Classifier(file).logits(glyphs) - joined.logits(glyphs)).max(axis=1)

    assert np.median(differences) < 0.01
    assert (differences > 0.05).sum() <= 2  # at the very bar, with weights in half precision


def test_a_glyph_is_answered_alone_as_among_others(glyphs: Glyphs, file: Path) -> None:
    classifier = Classifier(file)
    alone = np.concatenate([classifier.logits(glyphs[at : at + 1]) for at in range(40)])

    assert np.allclose(classifier.logits(glyphs)[:40], alone, atol=1e-4)


def test_a_file_whose_wider_network_says_something_else_is_found(joined: Joined, glyphs: Glyphs, file: Path) -> None:
    """By glyphs that the quick network is not sure of; those that it answers alone show nothing."""
    other = replace(joined, network=untrained(3))
    assert joined.quick is not None
    sure = probabilities(logits(joined.quick.network, glyphs), 1.0).max(axis=1)
    alone = glyphs[sure > joined.quick.sure + 0.001]

    assert largest_difference(file, glyphs, other.logits(glyphs)) > 0.05
    assert largest_difference(file, alone, other.logits(alone)) < 0.05


def test_a_file_that_differs_from_torch_is_not_written(
    joined: Joined, glyphs: Glyphs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "numink.training.models.export_digits.build", lambda one: build(replace(one, network=untrained(3)))
    )

    with pytest.raises(ModelError, match="differs from torch"):
        exported(joined, glyphs, tmp_path / "other.onnx")
    assert not list(tmp_path.iterdir())
