"""The full evaluation of a model: digits of several collections, corrupted digits, and rejection of non-digits.

A part that cannot be measured because data or a package is missing is named in the report, with the remedy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..datasets.collections import COLLECTIONS, Collection, load_collection, mnist_test
from ..datasets.negatives import NEGATIVES
from ..errors import DataError
from ..recognition.digit_model import NOT_A_DIGIT, Classifier
from .corruptions import SEVERITY, corrupted
from .digits import Report, evaluate

KEPT_SHARE = 0.99
"""Share of MNIST's and of UNIPEN's digits that must be kept at the rejection threshold."""
ReportStep = Callable[[str], None]


@dataclass(frozen=True)
class Refusal:
    """Rejection `below` the confidence at which KEPT_SHARE of the digits are kept: shares kept and rejected by kind."""

    below: float
    kept: dict[str, float]
    refused: dict[str, float]


@dataclass
class FullReport:
    """Results of the full evaluation; `missing` names the parts that were not measured, with the reason."""

    model: str
    digits: dict[str, Report] = field(default_factory=dict)
    corrupted: dict[str, float] = field(default_factory=dict)
    refusal: Refusal | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def corrupted_mean(self) -> float | None:
        """Mean accuracy over the corruptions, None where they were not measured."""
        return float(np.mean(list(self.corrupted.values()))) if self.corrupted else None

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "model": self.model, **{name: report.to_dict() for name, report in self.digits.items()},
            "corrupted": {"severity": SEVERITY, "mean": self.corrupted_mean, "accuracy": self.corrupted},
            "refusal": asdict(self.refusal) if self.refusal else None,
            "missing": self.missing,
        }  # fmt: skip


def evaluate_all(classifier: Classifier, data: Path, collections: Path | None, say: ReportStep) -> FullReport:
    """Evaluate `classifier` on all the data available in `data` (MNIST's folder) and `collections`."""
    report = FullReport(classifier.contract.name)
    loaded: dict[str, Collection] = {}
    for name in ("mnist", *COLLECTIONS):
        say(f"digits: {name}")
        try:
            collection = mnist_test(data) if name == "mnist" else load_collection(name, collections)
        except DataError as error:
            report.missing[name] = str(error)
            continue
        loaded[name] = collection
        report.digits[name] = evaluate(
            classifier, collection.images, collection.labels, data=name, doubtful=collection.doubtful
        )
    report.refusal = _refusal(classifier, data, collections, loaded, report.missing, say)
    if "mnist" in loaded:
        test = loaded["mnist"]
        try:
            for name, images in corrupted(test.images):
                say(f"corruption: {name}")
                guesses = classifier.predict(images)[:, :NOT_A_DIGIT].argmax(axis=1)
                report.corrupted[name] = float((guesses == test.labels).mean())
        except DataError as error:
            report.missing["corruptions"] = str(error)
    return report


def _refusal(
    classifier: Classifier, data: Path, collections: Path | None, loaded: dict[str, Collection],
    missing: dict[str, str], say: ReportStep,
) -> Refusal | None:  # fmt: skip
    """Measure rejection at one threshold for all kinds, chosen on MNIST and UNIPEN; None where both are missing."""
    confidences = {name: _confidence(classifier, loaded[name].images) for name in ("mnist", "unipen") if name in loaded}
    if not confidences:
        return None
    below = min(float(np.quantile(values, 1 - KEPT_SHARE, method="lower")) for values in confidences.values())
    refused = {}
    for name, load in NEGATIVES.items():
        say(f"no digits: {name}")
        try:
            refused[name] = float((_confidence(classifier, load(collections, data)) < below).mean())
        except DataError as error:
            missing[name] = str(error)
    return Refusal(below, {name: float((values >= below).mean()) for name, values in confidences.items()}, refused)


def _confidence(classifier: Classifier, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probability of the likeliest digit: (N,)."""
    confidence: NDArray[np.float32] = classifier.predict(images)[:, :NOT_A_DIGIT].max(axis=1)
    return confidence
