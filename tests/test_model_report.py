"""The evaluation report and the model card made from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.evaluate import evaluate as command
from numink.evaluation.calibration import probabilities
from numink.evaluation.digits import evaluate
from numink.evaluation.full_report import evaluate_all
from numink.evaluation.model_card import card, merged
from numink.recognition.digit_model import SHIPPED, Classifier
from numink.training.calibration import fit_stage_one_threshold, fit_temperature

ROOT = Path(__file__).parents[1]


def test_missing_data_sets_are_listed_with_instructions(classifier: Classifier, tmp_path: Path) -> None:
    report = evaluate_all(classifier, tmp_path, None, lambda _: None)

    assert set(report.missing) == {"mnist", "unipen", "optdigits", "usps"}
    assert "'numink data fetch" in report.missing["mnist"]
    assert "--collections FOLDER" in report.missing["usps"]
    assert report.to_dict()["corrupted"]["mean"] is None


def test_model_card_has_the_figures_of_the_report_and_lists_missing_ones(classifier: Classifier) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 28, 28), dtype=np.uint8), np.arange(40, dtype=np.uint8) % 10
    measured = evaluate(classifier, images, labels).to_dict()
    network = {"name": "member-1", "role": "teacher", "seed": 1, "after": "", "parameters": 1234, "epochs": 2,
               "seconds": 120, "validation_error": 0.01, "mnist_error": 0.02}  # fmt: skip
    report = {
        "mnist": measured,
        "corrupted": {"severity": 3, "mean": 0.5, "accuracy": {"glass_blur": 0.5}},
        "refusal": {"below": 0.4, "kept": {"mnist": 0.99}, "refused": {"doodles": 0.951}},
        "networks": [
            network,
            {**network, "name": "member-3", "mnist_error": 0.04},
            {**network, "name": "finish-3", "after": "member-3", "mnist_error": 0.5},
        ],
        "missing": {"usps": "say where it is"},
        "lines": {
            "n": 50,
            "right": 0.8,
            "interval": [0.7, 0.9],
            "calibration_error": 0.01,
            "threshold": 0.95,
            "threshold_with_signs": 0.97,
            "error_bound": 0.003,
            "networks": 2,
            "parameters": 99,
            "seconds": 60,
        },
    }
    text = card(report, classifier.contract)

    assert f"| mnist | 40 | {measured['accuracy']:.2%} |" in text
    assert "| glass blur | 50.00% |" in text
    assert "| doodles | 95.10% |" in text
    assert "mean 97.000%, standard deviation 1.414%." in text
    assert "- usps: say where it is" in text
    assert "80.0% of them are read exactly, letter case aside (70.0% to 90.0%)" in " ".join(text.split())


@pytest.mark.parametrize("old", ["", "no json", "[]", '{"networks": [1], "mnist": "old"}'])
def test_new_report_keeps_the_results_of_training(old: str) -> None:
    whole = merged(old, {"mnist": "new"})

    assert whole["mnist"] == "new"
    assert ("networks" in whole) == ("networks" in old)


def test_shipped_model_card_matches_the_shipped_report() -> None:
    report = json.loads(SHIPPED.with_name("report.json").read_text())

    assert SHIPPED.with_name("MODEL_CARD.md").read_text() == card(report, Classifier().contract)
    assert report["mnist"]["error"] == Classifier().contract.mnist_error


def test_model_card_without_all_measurements_is_a_usage_error() -> None:
    result = CliRunner().invoke(command, ["--card"])

    assert result.exit_code == 2
    assert "--card needs --all" in result.output


def test_stage_one_threshold_excludes_its_own_errors() -> None:
    """Two glyphs: where the quick one is wrong at 0.985, it must be surer than that."""
    stage_one, together = np.full((2, 11), 1e-4), np.full((2, 11), 1e-4)
    stage_one[0, 3], stage_one[1, 4] = 0.9999, 0.985
    together[0, 3], together[1, 5] = 0.9999, 0.99
    labels = np.array([3, 5], np.uint8)

    assert fit_stage_one_threshold(stage_one.max(axis=1), stage_one, together, labels) == 0.99
    assert fit_stage_one_threshold(together.max(axis=1), together, together, labels) == 0.7


def test_mislabelled_digits_do_not_raise_the_temperature() -> None:
    """2,000 answers, sure ones and less sure ones, right as often as they should be; then 20 labels are mistaken."""
    rng = np.random.default_rng(3)
    logits = np.zeros((2000, 11), np.float32)
    labels = rng.integers(0, 10, 2000).astype(np.uint8)
    logits[np.arange(2000), labels] = rng.uniform(2, 16, 2000)
    predicted = probabilities(logits, 1.0)
    labels = np.array([rng.choice(11, p=row) for row in predicted], np.uint8)
    without = fit_temperature(logits, labels)
    labels[::100] = (labels[::100] + 1) % 10

    assert abs(np.log(without)) < 0.25
    assert fit_temperature(logits, labels) < 1.3
