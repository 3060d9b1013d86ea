"""Model page: the metadata in the model file, and the evaluation report stored beside it.

The report (`models/report.json`, written after training) may be absent or differ from the expected form; the page
shows as much of it as is valid.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...recognition.digit_model import Contract, DigitClassifier
from ...results import CONFIDENCE_STEPS, DIGIT_COUNT
from .confusion_table import Cell, shade

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Measurement:
    """Errors of the model on a data set of `n` digits, with the 95 % interval and acceptance where known."""

    name: str
    n: int
    wrong: int
    interval: tuple[float, float] | None
    accepted: float | None
    error_among_accepted: float | None

    @property
    def error(self) -> float:
        """Error rate."""
        return self.wrong / self.n


@dataclass(frozen=True)
class ModelReport:
    """Metadata and measured errors of the model in use."""

    contract: Contract
    kilobytes: int
    measurements: tuple[Measurement, ...]
    confusion: tuple[tuple[Cell, ...], ...]
    recipe: Mapping[str, Any]

    @classmethod
    def from_classifier(cls, classifier: DigitClassifier) -> ModelReport:
        """Load the report of the model that a classifier uses."""
        report = _load_report(classifier)
        return cls(
            classifier.contract, classifier.path.stat().st_size // 1000, tuple(_measurements(report)),
            _confusion(report), _json_object(classifier.contract.recipe),
        )  # fmt: skip

    @property
    def confusion_count(self) -> int:
        """Number of digits in the confusion matrix."""
        return sum(cell.count for row in self.confusion for cell in row)


@dataclass(frozen=True)
class MeasuredDistributions:
    """Counts of MNIST's test digits by confidence (in the steps of `results.CONFIDENCE_STEPS`) and by digit; empty
    where the report has none."""

    confidence_counts: tuple[int, ...]
    digit_counts: tuple[int, ...]

    @classmethod
    def from_classifier(cls, classifier: DigitClassifier) -> MeasuredDistributions:
        """Load the distributions from the report of the model that a classifier uses."""
        mnist = _load_report(classifier).get("mnist", {})
        confidence_counts = mnist.get("confidence_counts", mnist.get("sureness"))  # reports of 1.0 call it sureness
        digits = [entry.get("n") for entry in mnist.get("classes", ()) if isinstance(entry, dict)]
        return cls(_counts(confidence_counts, len(CONFIDENCE_STEPS) + 1), _counts(digits, DIGIT_COUNT))


def _counts(value: Any, length: int) -> tuple[int, ...]:
    valid = isinstance(value, list) and len(value) == length and all(isinstance(count, int) for count in value)
    return tuple(value) if valid else ()


def _load_report(classifier: DigitClassifier) -> dict[str, Any]:
    path: Path = classifier.path.with_name("report.json")
    try:
        return _json_object(path.read_text())
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("cannot read the report of the model, %s: %s", path, error)
        return {}


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Walk through all JSON objects of the report, the outermost first."""
    if isinstance(value, Mapping):
        yield value
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for child in children:
        yield from _objects(child)


def _measurements(report: Mapping[str, Any]) -> Iterator[Measurement]:
    """Find the results of `numink evaluate`: objects with a name, a number of digits and a number of errors."""
    for part in _objects(report):
        name, n, wrong = part.get("data"), part.get("n"), part.get("wrong")
        if isinstance(name, str) and isinstance(n, int) and n > 0 and isinstance(wrong, int):
            ends = part.get("error_interval")
            interval = (float(ends[0]), float(ends[1])) if isinstance(ends, list) and len(ends) == 2 else None
            yield Measurement(name, n, wrong, interval, _share(part, "accepted"), _share(part, "error_among_accepted"))


def _share(part: Mapping[str, Any], name: str) -> float | None:
    share = part.get(name)
    return float(share) if isinstance(share, int | float) else None


def _confusion(report: Mapping[str, Any]) -> tuple[tuple[Cell, ...], ...]:
    """Cells of the first confusion matrix: a row for each written digit; the last column counts rejected glyphs."""
    rows: Any = next((part["confusion"] for part in _objects(report) if _is_matrix(part.get("confusion"))), ())
    largest = max((count for i, row in enumerate(rows) for k, count in enumerate(row) if i != k), default=0)
    return tuple(
        tuple(Cell(count, i == k, shade(count, largest)) for k, count in enumerate(row)) for i, row in enumerate(rows)
    )


def _is_matrix(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) == DIGIT_COUNT
        and all(isinstance(row, list) and len(row) in (DIGIT_COUNT, DIGIT_COUNT + 1) for row in rows)
        and all(isinstance(count, int) for row in rows for count in row)
    )
