"""Everything that a model is judged by, in one report: digits of several hands, corrupted ones, and what is no digit.

What cannot be measured, for want of data or of a package, is named with how to get it.
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

KEPT = 0.99
"""Share of MNIST's and of UNIPEN's digits that must be kept at the threshold of refusal."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Refusal:
    """Glyphs are refused `below` a confidence at which KEPT of the digits are kept; the share refused of each kind."""

    below: float
    kept: dict[str, float]
    refused: dict[str, float]


@dataclass
class FullReport:
    """All of it; `missing` says what was not measured, and why."""

    model: str
    digits: dict[str, Report] = field(default_factory=dict)
    corrupted: dict[str, float] = field(default_factory=dict)
    refusal: Refusal | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def corrupted_mean(self) -> float | None:
        """Mean accuracy over the corruptions."""
        return float(np.mean(list(self.corrupted.values()))) if self.corrupted else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "model": self.model, **{name: report.to_dict() for name, report in self.digits.items()},
            "corrupted": {"severity": SEVERITY, "mean": self.corrupted_mean, "accuracy": self.corrupted},
            "refusal": asdict(self.refusal) if self.refusal else None,
            "missing": self.missing,
        }  # fmt: skip


def evaluate_all(classifier: Classifier, data: Path, collections: Path | None, say: Say) -> FullReport:
    """Measures `classifier` on all that is at hand in `data` (MNIST's folder) and `collections`."""
    report = FullReport(classifier.contract.name)
    found: dict[str, Collection] = {}
    for name in ("mnist", *COLLECTIONS):
        say(f"digits: {name}")
        try:
            one = found[name] = mnist_test(data) if name == "mnist" else load_collection(name, collections)
        except DataError as error:
            report.missing[name] = str(error)
            continue
        report.digits[name] = evaluate(classifier, one.images, one.labels, data=name, doubtful=one.doubtful)
    report.refusal = _refusal(classifier, data, collections, found, report.missing, say)
    if "mnist" in found:
        test = found["mnist"]
        try:
            for name, images in corrupted(test.images):
                say(f"corruption: {name}")
                guesses = classifier.predict(images)[:, :NOT_A_DIGIT].argmax(axis=1)
                report.corrupted[name] = float((guesses == test.labels).mean())
        except DataError as error:
            report.missing["corruptions"] = str(error)
    return report


def _refusal(
    classifier: Classifier, data: Path, collections: Path | None, found: dict[str, Collection],
    missing: dict[str, str], say: Say,
) -> Refusal | None:  # fmt: skip
    """At one threshold for all. Without both kinds of digits there is none to choose it by."""
    sure = {name: _confidence(classifier, found[name].images) for name in ("mnist", "unipen") if name in found}
    if not sure:
        return None
    below = min(float(np.quantile(one, 1 - KEPT, method="lower")) for one in sure.values())
    refused = {}
    for name, load in NEGATIVES.items():
        say(f"no digits: {name}")
        try:
            refused[name] = float((_confidence(classifier, load(collections, data)) < below).mean())
        except DataError as error:
            missing[name] = str(error)
    return Refusal(below, {name: float((one >= below).mean()) for name, one in sure.items()}, refused)


def _confidence(classifier: Classifier, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The probability of the likeliest digit: (N,)."""
    sure: NDArray[np.float32] = classifier.predict(images)[:, :NOT_A_DIGIT].max(axis=1)
    return sure
