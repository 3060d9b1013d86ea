"""A cascade of a stage-one network and a larger one gives the same answers in torch and in its ONNX file."""

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
from numink.training.models.cascade import Cascade, StageOne
from numink.training.models.digit_net import DigitNet, predict_logits
from numink.training.models.export_digits import export, largest_difference
from numink.training.models.onnx_graph import build

Glyphs = NDArray[np.uint8]


def untrained(seed: int, *, early_stride: bool = False) -> DigitNet:
    """Return an untrained network with distinct answers, the same for a seed."""
    torch.manual_seed(seed)
    network = DigitNet(12, early_stride=early_stride)
    network.head.weight.data.mul_(20)
    return network.eval()


@pytest.fixture
def glyphs(mnist: Mnist) -> Glyphs:
    return np.ascontiguousarray(mnist.test_images[:200])


@pytest.fixture
def cascade(glyphs: Glyphs) -> Cascade:
    """A cascade in which each network answers half of the glyphs."""
    stage_one = untrained(1, early_stride=True)
    threshold = float(np.median(probabilities(predict_logits(stage_one, glyphs), 1.0).max(axis=1)))
    return Cascade(untrained(2), 0.5, StageOne(stage_one, 0.7, threshold))


@pytest.fixture
def file(cascade: Cascade, glyphs: Glyphs, tmp_path: Path) -> Path:
    """The exported cascade."""
    return exported(cascade, glyphs, tmp_path / "cascade.onnx")


def exported(cascade: Cascade, glyphs: Glyphs, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        export(cascade, Classifier().contract, path, glyphs)
    return path


def test_the_file_gives_the_answers_of_its_two_networks(cascade: Cascade, glyphs: Glyphs, file: Path) -> None:
    differences = np.abs(Classifier(file).logits(glyphs) - cascade.logits(glyphs)).max(axis=1)

    assert np.median(differences) < 0.01
    assert (differences > 0.05).sum() <= 2  # at the very threshold, with weights in half precision


def test_a_glyph_gets_the_same_answer_alone_and_in_a_batch(glyphs: Glyphs, file: Path) -> None:
    classifier = Classifier(file)
    alone = np.concatenate([classifier.logits(glyphs[index : index + 1]) for index in range(40)])

    assert np.allclose(classifier.logits(glyphs)[:40], alone, atol=1e-4)


def test_a_different_larger_network_in_the_file_is_detected(cascade: Cascade, glyphs: Glyphs, file: Path) -> None:
    """Detected by glyphs that stage one passes on; those that it answers alone show no difference."""
    other = replace(cascade, network=untrained(3))
    assert cascade.stage_one is not None
    confidence = probabilities(predict_logits(cascade.stage_one.network, glyphs), 1.0).max(axis=1)
    alone = glyphs[confidence > cascade.stage_one.threshold + 0.001]

    assert largest_difference(file, glyphs, other.logits(glyphs)) > 0.05
    assert largest_difference(file, alone, other.logits(alone)) < 0.05


def test_a_file_that_differs_from_torch_is_not_written(
    cascade: Cascade, glyphs: Glyphs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "numink.training.models.export_digits.build",
        lambda exported_cascade: build(replace(exported_cascade, network=untrained(3))),
    )

    with pytest.raises(ModelError, match="differs from torch"):
        exported(cascade, glyphs, tmp_path / "other.onnx")
    assert not list(tmp_path.iterdir())
