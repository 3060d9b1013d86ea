"""What the page about the model shows: the contract in the model file, and the report that lies beside it.

The report (`models/report.json`, which training writes) may be absent or have other parts than expected:
what is there is shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...recognition.digit_model import Contract, DigitClassifier
from ...results import CONFIDENCE_STEPS

log = logging.getLogger(__name__)
CLASSES = 10


@dataclass(frozen=True)
class Measure:
    """How often the model was wrong on `n` digits; where known, the 95 % interval and what was accepted."""

    name: str
    n: int
    wrong: int
    interval: tuple[float, float] | None
    accepted: float | None
    error_among_accepted: float | None

    @property
    def error(self) -> float:
        """Share of wrong ones."""
        return self.wrong / self.n


@dataclass(frozen=True)
class Cell:
    """One field of the confusion matrix; `shade` 0..9 for its colour."""

    count: int
    right: bool
    shade: int


@dataclass(frozen=True)
class ModelReport:
    """All that is known of the model in use."""

    contract: Contract
    kilobytes: int
    measures: tuple[Measure, ...]
    confusion: tuple[tuple[Cell, ...], ...]
    recipe: Mapping[str, Any]

    @classmethod
    def of(cls, classifier: DigitClassifier) -> ModelReport:
        """From the model file and, where it is there, the report in its folder."""
        report = _load(classifier.path.with_name("report.json"))
        measures = tuple(_measures(report))
        return cls(
            classifier.contract, classifier.path.stat().st_size // 1000, measures, _confusion(report),
            _mapping(classifier.contract.recipe),
        )  # fmt: skip

    @property
    def confused(self) -> int:
        """Glyphs in the confusion matrix."""
        return sum(cell.count for row in self.confusion for cell in row)


@dataclass(frozen=True)
class Measured:
    """How sure the model was of MNIST's test digits, counted by the steps of `results.SURENESS`, and which they were,
    counted by digit; empty where the report does not say."""

    confidence_counts: tuple[int, ...]
    classes: tuple[int, ...]

    @classmethod
    def of(cls, classifier: DigitClassifier) -> Measured:
        """From the report in the model file's folder."""
        told = _load(classifier.path.with_name("report.json")).get("mnist", {})
        classes = told.get("classes", ())
        return cls(
            _counts(told.get("confidence_counts", told.get("sureness")), len(CONFIDENCE_STEPS) + 1),
            _counts([one.get("n") for one in classes if isinstance(one, dict)], CLASSES),
        )


def _counts(found: Any, length: int) -> tuple[int, ...]:
    sound = isinstance(found, list) and len(found) == length and all(isinstance(count, int) for count in found)
    return tuple(found) if sound else ()


def _load(path: Path) -> dict[str, Any]:
    try:
        return _mapping(path.read_text())
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("the model's report %s cannot be read: %s", path, error)
        return {}


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _parts(report: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in the report, itself included."""
    if isinstance(report, Mapping):
        yield report
    inner = report.values() if isinstance(report, Mapping) else report if isinstance(report, list) else ()
    for part in inner:
        yield from _parts(part)


def _measures(report: Mapping[str, Any]) -> Iterator[Measure]:
    """What `numink evaluate` measured: objects with a name, a number of digits, and how many were wrong."""
    for part in _parts(report):
        name, n, wrong = part.get("data"), part.get("n"), part.get("wrong")
        if isinstance(name, str) and isinstance(n, int) and n > 0 and isinstance(wrong, int):
            ends = part.get("error_interval")
            interval = (float(ends[0]), float(ends[1])) if isinstance(ends, list) and len(ends) == 2 else None
            yield Measure(name, n, wrong, interval, _share(part, "accepted"), _share(part, "error_among_accepted"))


def _share(part: Mapping[str, Any], name: str) -> float | None:
    share = part.get(name)
    return float(share) if isinstance(share, int | float) else None


def _confusion(report: Mapping[str, Any]) -> tuple[tuple[Cell, ...], ...]:
    """The first matrix of counts: rows are what was written, columns what was read, the last what was refused."""
    rows: Any = next((part["confusion"] for part in _parts(report) if _is_matrix(part.get("confusion"))), ())
    worst = max((count for i, row in enumerate(rows) for k, count in enumerate(row) if i != k), default=0) or 1
    return tuple(
        tuple(Cell(count, i == k, min(9, -(-9 * count // worst))) for k, count in enumerate(row))
        for i, row in enumerate(rows)
    )


def _is_matrix(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) == CLASSES
        and all(isinstance(row, list) and len(row) in (CLASSES, CLASSES + 1) for row in rows)
        and all(isinstance(count, int) for row in rows for count in row)
    )
