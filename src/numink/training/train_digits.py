"""`numink train` for digit networks: data, training, calibration, export, report, charts and run log."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from torch import nn

from ..datasets.doodles import DOODLES_FILE
from ..datasets.mnist import DOUBTFUL, Mnist, load_mnist, split
from ..datasets.unipen import HELD_OUT, Glyphs, Labels, drawn
from ..evaluation import plots
from ..evaluation.calibration import probabilities
from ..evaluation.digits import Report, evaluate
from ..evaluation.records import EpochRecord
from ..recognition.acceptance import ACCEPTANCE_RULE
from ..recognition.digit_model import Classifier, Contract
from ..results import DIGIT_COUNT
from .calibration import fit_acceptance
from .devices import find_device
from .epochs import EpochSampler, load_sampler
from .fit_digits import fit
from .models.cascade import Cascade, calibrate_cascade
from .models.digit_net import predict_logits
from .models.export_digits import current_commit, export
from .observer import OffsetObserver, TrainingObserver
from .paths import TrainingPaths
from .recipes import CascadeRecipe, Recipe, networks_of

SPLIT_SEED = 1
"""Seed of the split into training and validation: the same for all networks, so that they can be compared."""
CALIBRATION_DRAWINGS = 6
"""Drawings of each held-out pen stroke digit for calibration, with other pens each time."""


def train(
    recipe: Recipe | CascadeRecipe, paths: TrainingPaths, observer: TrainingObserver, *, fresh: bool = False,
    device: str = "auto",
) -> Report:  # fmt: skip
    """Train by `recipe`, write the model file with report and charts, and return the report on MNIST's test part.

    Args:
        recipe: Settings of one network or of a cascade.
        paths: Data, and the model file to write.
        observer: Receiver of progress, with epochs counted over all networks.
        fresh: Start anew instead of resuming a stopped training with the same recipe.
        device: Where to train: 'auto', 'cpu' or 'cuda'.

    Raises:
        DataError: A data file is missing or damaged, or there is no such device.
        ModelError: The exported file does not agree with torch.
    """
    target = find_device(device)
    mnist = load_mnist(paths.data)
    stages = networks_of(recipe)
    chosen, held_out = split(mnist, paths.writers, SPLIT_SEED)
    chosen = chosen[: stages[0].train_images]
    sampler = load_sampler(mnist.train_images[chosen], mnist.train_labels[chosen], paths.collections, paths.data)
    validation = (mnist.train_images[held_out], mnist.train_labels[held_out])
    if fresh:
        paths.remove_checkpoints(stages)
    trained = _train_all(stages, sampler, validation, observer, paths, target)
    calibration = _calibration_glyphs(validation, sampler)
    cascade = _cascade(recipe, {stage.recipe.name: stage.network for stage in trained}, calibration)
    _export(cascade, recipe, paths, mnist, calibration)
    report = _write_reports(recipe, paths, mnist, trained)
    paths.remove_checkpoints(stages)
    return report


def _cascade(
    recipe: Recipe | CascadeRecipe, networks: dict[str, nn.Module], calibration: tuple[Glyphs, Labels]
) -> Cascade:
    if isinstance(recipe, Recipe):
        return calibrate_cascade(networks[recipe.name], None, calibration)
    return calibrate_cascade(networks[recipe.student.name], networks[recipe.stage_one.name], calibration)


def _train_all(
    stages: Sequence[Recipe], sampler: EpochSampler, validation: tuple[Glyphs, Labels], observer: TrainingObserver,
    paths: TrainingPaths, device: torch.device,
) -> list[_TrainedStage]:  # fmt: skip
    """Train the networks of `stages` in order; those that are not distilled are the teachers of those that are."""
    trained: dict[str, _TrainedStage] = {}
    epochs = 0
    for stage in stages:
        stage_observer = OffsetObserver(observer, epochs)
        candidates = [earlier.network for earlier in trained.values() if not earlier.recipe.distillation]
        teachers = candidates if stage.distillation else []
        start = trained[stage.after].network if stage.after else None
        network, history = fit(
            stage, sampler, validation, stage_observer, paths.checkpoint(stage), teachers, start, device
        )
        epochs += len(history)
        trained[stage.name] = _TrainedStage(stage, network, [stage_observer.renumber(record) for record in history])
    return list(trained.values())


@dataclass(frozen=True)
class _TrainedStage:
    """One trained network with its recipe and history."""

    recipe: Recipe
    network: nn.Module
    history: list[EpochRecord]

    def facts(self, whole: Recipe | CascadeRecipe, mnist: Mnist) -> dict[str, Any]:
        """Return the facts that the report lists for this network of the recipe `whole`; errors in 0..1."""
        role = whole.role(self.recipe.name) if isinstance(whole, CascadeRecipe) else "member"
        predicted = predict_logits(self.network, mnist.test_images)[:, :DIGIT_COUNT].argmax(axis=1)
        return {
            "name": self.recipe.name, "role": role,
            "seed": self.recipe.seed, "after": self.recipe.after, "epochs": len(self.history),
            "parameters": sum(weight.numel() for weight in self.network.parameters()),
            "seconds": round(sum(record.seconds for record in self.history)),
            "validation_error": self.history[-1].validation_error,
            "mnist_error": float((predicted != mnist.test_labels).mean()),
        }  # fmt: skip


def _calibration_glyphs(validation: tuple[Glyphs, Labels], sampler: EpochSampler) -> tuple[Glyphs, Labels]:
    """Return held-out digits: MNIST's held-out writers and, where available, UNIPEN's held-out collections."""
    if sampler.digits is None:
        return validation
    rng = np.random.default_rng(7)
    held_out = np.flatnonzero(np.isin(sampler.digits.source, HELD_OUT))
    images = [validation[0], *(drawn(sampler.digits, held_out, rng) for _ in range(CALIBRATION_DRAWINGS))]
    labels = [validation[1], *([sampler.digits.label[held_out].astype(np.uint8)] * CALIBRATION_DRAWINGS)]
    return np.concatenate(images), np.concatenate(labels)


def _export(
    cascade: Cascade, recipe: Recipe | CascadeRecipe, paths: TrainingPaths, mnist: Mnist,
    calibration: tuple[Glyphs, Labels],
) -> None:  # fmt: skip
    glyphs, labels = calibration
    threshold = fit_acceptance(probabilities(cascade.logits(glyphs), cascade.temperature), labels)
    predicted = cascade.logits(mnist.test_images)[:, :DIGIT_COUNT].argmax(axis=1)
    sources = "MNIST train (LeCun, Cortes, Burges)"
    if paths.collections is not None:
        sources += "; UNIPEN train_r01_v07 without imp, art, pri (CC BY 4.0)"
    if (paths.data / DOODLES_FILE).is_file():
        sources += "; Quick, Draw! as no digits (CC BY 4.0)"
    contract = Contract(
        name=f"numink-{version('numink')}", labels=Contract.EXPECTED_LABELS, glyph=Contract.EXPECTED_GLYPH,
        temperature=cascade.temperature, threshold=threshold, accepts=ACCEPTANCE_RULE,
        mnist_error=float((predicted != mnist.test_labels).mean()),
        commit=current_commit(), data=sources, recipe=recipe.to_json(),
    )  # fmt: skip
    export(cascade, contract, paths.out, glyphs)


def _write_reports(
    recipe: Recipe | CascadeRecipe, paths: TrainingPaths, mnist: Mnist, trained: Sequence[_TrainedStage]
) -> Report:
    """Write the report and the charts beside the model file, and a line of the run log.

    `numink evaluate --all --card` later adds further measurements to the report.
    """
    report = evaluate(Classifier(paths.out), mnist.test_images, mnist.test_labels, doubtful=DOUBTFUL)
    networks = [stage.facts(recipe, mnist) for stage in trained]
    facts = {"mnist": report.to_dict(), "networks": networks}
    paths.out.with_name("report.json").write_text(json.dumps(facts, indent=1) + "\n")
    history = [record for stage in trained for record in stage.history]
    plots.learning_curves(history, paths.out.with_suffix(".curves.png"))
    plots.confusion(report.confusion, paths.out.with_suffix(".confusion.png"))
    with paths.run_log.open("a") as log:
        log.write(json.dumps(_run_record(paths, report, networks)) + "\n")
    return report


def _run_record(paths: TrainingPaths, report: Report, networks: list[dict[str, Any]]) -> dict[str, Any]:
    contract = Classifier(paths.out).contract
    return {
        "recipe": json.loads(contract.recipe), "commit": contract.commit,
        "seconds": sum(network["seconds"] for network in networks), "networks": networks,
        "mnist_error": report.error, "mnist_error_without_doubtful": report.error_without_doubtful,
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
        "places": {name: str(value) for name, value in asdict(paths).items()},
    }  # fmt: skip
