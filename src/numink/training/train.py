"""`numink train` from data to the files that are shipped: material, fit, calibration, export, report, charts, record.

Expected of the recipe `standard` with UNIPEN and writers at hand: see docs/log.md, where each run has its line.
"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..classifier import Classifier, Contract
from . import charts
from .calibrate import fit_temperature, fit_threshold, probabilities
from .data import DOUBTFUL, Mnist, load_mnist, split
from .evaluate import Report, evaluate
from .export import commit, export
from .fit import EpochRecord, Watcher, fit, logits
from .material import HELD_OUT, Material, drawn, load_material
from .recipe import Recipe, stages

Glyphs = NDArray[np.uint8]
SPLIT = 1
"""Seed of the split into training and validation: the same for all, so that networks can be compared and joined."""
DRAWN_ANEW = 6
"""Times that each held-out pen stroke digit is drawn for calibration, at other pen widths each time."""


@dataclass(frozen=True)
class Places:
    """Where the data is, and where the results go. Charts and report are named after `out`, the model file."""

    data: Path
    out: Path
    collections: Path | None = None
    writers: Path | None = None

    def checkpoint(self, stage: Recipe) -> Path:
        """What a training goes on from after a kill, a file for each stage."""
        return self.out.with_suffix(f".{stage.name}.npz")

    @property
    def record(self) -> Path:
        """One line of JSON for each training that ended."""
        return self.out.with_name("runs.jsonl")


def train(recipe: Recipe, places: Places, watcher: Watcher, *, fresh: bool = False) -> Report:
    """Trains by `recipe`, writes everything, and reports on MNIST's test part.

    Goes on where a killed run with the same recipe stopped, unless `fresh`. Raises DataError, ModelError.
    """
    started = time.monotonic()
    mnist = load_mnist(places.data)
    chosen, held = split(mnist, places.writers, SPLIT)
    chosen = chosen[: recipe.train_images]
    material = load_material(mnist.train_images[chosen], mnist.train_labels[chosen], places.collections, places.data)
    validation = (mnist.train_images[held], mnist.train_labels[held])
    if fresh:
        _forget(recipe, places)
    network: nn.Module | None = None
    history: list[EpochRecord] = []
    for stage in stages(recipe):
        shifted = _Shifted(watcher, len(history))
        network, epochs = fit(stage, material, validation, shifted, places.checkpoint(stage), network)
        history += [replace(record, epoch=record.epoch + shifted.before) for record in epochs]
    assert network is not None  # noqa: S101 - there is always a last stage
    _export(network, recipe, places, mnist, _calibration(validation, material))
    report = _write_reports(places, mnist, history)
    _write_record(recipe, places, report, history, time.monotonic() - started)
    _forget(recipe, places)
    return report


@dataclass(frozen=True)
class _Shifted:
    """Tells a watcher of a stage's epochs, counted over all stages."""

    watcher: Watcher
    before: int

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """See `Watcher.step`."""
        self.watcher.step(epoch + self.before, step, steps, loss)

    def epoch(self, record: EpochRecord) -> None:
        """See `Watcher.epoch`."""
        self.watcher.epoch(replace(record, epoch=record.epoch + self.before))


def _forget(recipe: Recipe, places: Places) -> None:
    for stage in stages(recipe):
        places.checkpoint(stage).unlink(missing_ok=True)


def _calibration(validation: tuple[Glyphs, Glyphs], material: Material) -> tuple[Glyphs, Glyphs]:
    """Digits that no training saw: MNIST's held-out writers and, where at hand, UNIPEN's held-out collections."""
    if material.digits is None:
        return validation
    rng = np.random.default_rng(7)
    held = np.flatnonzero(np.isin(material.digits.source, HELD_OUT))
    images = [validation[0], *(drawn(material.digits, held, rng) for _ in range(DRAWN_ANEW))]
    labels = [validation[1], *([material.digits.label[held].astype(np.uint8)] * DRAWN_ANEW)]
    return np.concatenate(images), np.concatenate(labels)


def _export(network: nn.Module, recipe: Recipe, places: Places, mnist: Mnist, shown: tuple[Glyphs, Glyphs]) -> None:
    said = logits(network, shown[0])
    temperature = fit_temperature(said, shown[1])
    chances = probabilities(said, temperature)[:, :10]
    threshold = fit_threshold(chances.max(axis=1), chances.argmax(axis=1) == shown[1])
    tested = logits(network, mnist.test_images)[:, :10].argmax(axis=1)
    sources = "MNIST train (LeCun, Cortes, Burges)"
    if places.collections is not None:
        sources += "; UNIPEN train_r01_v07 without imp, art, pri (CC BY 4.0)"
    contract = Contract(
        name=f"numink-{version('numink')}", labels=Contract.EXPECTED_LABELS, glyph=Contract.EXPECTED_GLYPH,
        temperature=temperature, threshold=threshold, mnist_error=float((tested != mnist.test_labels).mean()),
        commit=commit(), data=sources, recipe=recipe.to_json(),
    )  # fmt: skip
    export(network, contract, places.out)


def _write_reports(places: Places, mnist: Mnist, history: list[EpochRecord]) -> Report:
    report = evaluate(Classifier(places.out), mnist.test_images, mnist.test_labels, doubtful=DOUBTFUL)
    places.out.with_name("report.json").write_text(json.dumps({"mnist": report.to_dict()}, indent=1) + "\n")
    charts.learning_curves(history, places.out.with_suffix(".curves.png"))
    charts.confusion(report.confusion, places.out.with_suffix(".confusion.png"))
    return report


def _write_record(recipe: Recipe, places: Places, report: Report, history: list[EpochRecord], seconds: float) -> None:
    """Appends what a reader of docs/log.md would ask for."""
    line = {
        "recipe": json.loads(recipe.to_json()), "commit": commit(), "seconds": round(seconds, 1),
        "validation_error": history[-1].validation_error if history else None,
        "mnist_error": report.error, "mnist_error_without_doubtful": report.error_without_doubtful,
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
        "places": {name: str(value) for name, value in asdict(places).items()},
    }  # fmt: skip
    with places.record.open("a") as record:
        record.write(json.dumps(line) + "\n")
