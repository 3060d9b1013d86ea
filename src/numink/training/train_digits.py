"""`numink train` from data to the files that are shipped: material, fit, calibration, export, report, charts, record.

Expected of the recipe `standard` with UNIPEN and writers at hand: see docs/log.md, where each run has its line.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..datasets.doodles import FILE as DOODLES
from ..datasets.mnist import DOUBTFUL, Mnist, load_mnist, split
from ..datasets.unipen import HELD_OUT, drawn
from ..evaluation import plots as charts
from ..evaluation.calibration import probabilities
from ..evaluation.digits import Report, evaluate
from ..recognition.acceptance import ACCEPTANCE_RULE
from ..recognition.digit_model import Classifier, Contract
from .calibration import fit_acceptance
from .epochs import Material, load_material
from .fit_digits import fit, logits
from .models.cascade import Joined, join
from .models.export_digits import commit, export
from .recipes import Cascade, LineRecipe, Recipe, networks_of
from .trainer import EpochRecord, Shifted, Watcher

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

    def checkpoint(self, stage: Recipe | LineRecipe) -> Path:
        """What a training goes on from after a kill, a file for each stage."""
        return self.out.with_suffix(f".{stage.name}.npz")

    def forget(self, stages: Sequence[Recipe | LineRecipe]) -> None:
        """Removes their checkpoints."""
        for stage in stages:
            self.checkpoint(stage).unlink(missing_ok=True)

    @property
    def record(self) -> Path:
        """One line of JSON for each training that ended."""
        return self.out.with_name("runs.jsonl")


def train(recipe: Recipe | Cascade, places: Places, watcher: Watcher, *, fresh: bool = False) -> Report:
    """Trains by `recipe`, writes everything, and reports on MNIST's test part.

    Goes on where a killed run with the same recipe stopped, unless `fresh`. Raises DataError, ModelError.
    """
    mnist = load_mnist(places.data)
    parts = networks_of(recipe)
    chosen, held = split(mnist, places.writers, SPLIT)
    chosen = chosen[: parts[0].train_images]
    material = load_material(mnist.train_images[chosen], mnist.train_labels[chosen], places.collections, places.data)
    validation = (mnist.train_images[held], mnist.train_labels[held])
    if fresh:
        places.forget(parts)
    trained = _train_all(parts, material, validation, watcher, places)
    shown = _calibration(validation, material)
    joined = _joined(recipe, {one.recipe.name: one.network for one in trained}, shown)
    _export(joined, recipe, places, mnist, shown)
    report = _write_reports(recipe, places, mnist, trained)
    places.forget(parts)
    return report


def _joined(recipe: Recipe | Cascade, networks: dict[str, nn.Module], shown: tuple[Glyphs, Glyphs]) -> Joined:
    if isinstance(recipe, Recipe):
        return join(networks[recipe.name], None, shown)
    return join(networks[recipe.student.name], networks[recipe.quick.name], shown)


def _train_all(
    parts: Sequence[Recipe], material: Material, validation: tuple[Glyphs, Glyphs], watcher: Watcher, places: Places
) -> list[_Trained]:
    """The networks of `parts` in their order; those that are not taught themselves teach those that are."""
    trained: dict[str, _Trained] = {}
    done = 0
    for part in parts:
        shifted = Shifted(watcher, done)
        teachers = [one.network for one in trained.values() if not one.recipe.taught] if part.taught else []
        start = trained[part.after] if part.after else None
        network, history = fit(
            part, material, validation, shifted, places.checkpoint(part), teachers, start.network if start else None
        )
        done += len(history)
        trained[part.name] = _Trained(part, network, [shifted.later(record) for record in history])
    return list(trained.values())


@dataclass(frozen=True)
class _Trained:
    """One network, by which recipe, and how it went."""

    recipe: Recipe
    network: nn.Module
    history: list[EpochRecord]

    def facts(self, whole: Recipe | Cascade, mnist: Mnist) -> dict[str, Any]:
        """What is reported of it beside the `whole`; errors in parts of one."""
        guesses = logits(self.network, mnist.test_images)[:, :10].argmax(axis=1)
        return {
            "name": self.recipe.name, "role": whole.role(self.recipe.name) if isinstance(whole, Cascade) else "member",
            "seed": self.recipe.seed, "after": self.recipe.after, "epochs": len(self.history),
            "parameters": sum(weight.numel() for weight in self.network.parameters()),
            "seconds": round(sum(record.seconds for record in self.history)),
            "validation_error": self.history[-1].validation_error,
            "mnist_error": float((guesses != mnist.test_labels).mean()),
        }  # fmt: skip


def _calibration(validation: tuple[Glyphs, Glyphs], material: Material) -> tuple[Glyphs, Glyphs]:
    """Digits that no training saw: MNIST's held-out writers and, where at hand, UNIPEN's held-out collections."""
    if material.digits is None:
        return validation
    rng = np.random.default_rng(7)
    held = np.flatnonzero(np.isin(material.digits.source, HELD_OUT))
    images = [validation[0], *(drawn(material.digits, held, rng) for _ in range(DRAWN_ANEW))]
    labels = [validation[1], *([material.digits.label[held].astype(np.uint8)] * DRAWN_ANEW)]
    return np.concatenate(images), np.concatenate(labels)


def _export(
    joined: Joined, recipe: Recipe | Cascade, places: Places, mnist: Mnist, shown: tuple[Glyphs, Glyphs]
) -> None:
    threshold = fit_acceptance(probabilities(joined.logits(shown[0]), joined.temperature), shown[1])
    tested = joined.logits(mnist.test_images)[:, :10].argmax(axis=1)
    sources = "MNIST train (LeCun, Cortes, Burges)"
    if places.collections is not None:
        sources += "; UNIPEN train_r01_v07 without imp, art, pri (CC BY 4.0)"
    if (places.data / DOODLES).is_file():
        sources += "; Quick, Draw! as no digits (CC BY 4.0)"
    contract = Contract(
        name=f"numink-{version('numink')}", labels=Contract.EXPECTED_LABELS, glyph=Contract.EXPECTED_GLYPH,
        temperature=joined.temperature, threshold=threshold, accepts=ACCEPTANCE_RULE,
        mnist_error=float((tested != mnist.test_labels).mean()),
        commit=commit(), data=sources, recipe=recipe.to_json(),
    )  # fmt: skip
    export(joined, contract, places.out, shown[0])


def _write_reports(recipe: Recipe | Cascade, places: Places, mnist: Mnist, trained: Sequence[_Trained]) -> Report:
    """The report and the charts beside the model file; `numink evaluate --all --card` measures more into them."""
    report = evaluate(Classifier(places.out), mnist.test_images, mnist.test_labels, doubtful=DOUBTFUL)
    facts: dict[str, Any] = {"mnist": report.to_dict(), "networks": [one.facts(recipe, mnist) for one in trained]}
    places.out.with_name("report.json").write_text(json.dumps(facts, indent=1) + "\n")
    charts.learning_curves([record for one in trained for record in one.history], places.out.with_suffix(".curves.png"))
    charts.confusion(report.confusion, places.out.with_suffix(".confusion.png"))
    with places.record.open("a") as record:
        record.write(json.dumps(_record(places, report, facts["networks"])) + "\n")
    return report


def _record(places: Places, report: Report, networks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a reader of docs/log.md would ask for."""
    contract = Classifier(places.out).contract
    return {
        "recipe": json.loads(contract.recipe), "commit": contract.commit,
        "seconds": sum(one["seconds"] for one in networks), "networks": networks,
        "mnist_error": report.error, "mnist_error_without_doubtful": report.error_without_doubtful,
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
        "places": {name: str(value) for name, value in asdict(places).items()},
    }  # fmt: skip
