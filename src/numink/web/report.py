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

from ..classifier import Classifier, Contract

log = logging.getLogger(__name__)
CLASSES = 10


@dataclass(frozen=True)
class Measure:
    """How often the model was wrong on a set of `n` glyphs or pictures."""

    name: str
    n: int
    errors: int

    @property
    def error(self) -> float:
        """Share of wrong ones."""
        return self.errors / self.n


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
    def of(cls, classifier: Classifier) -> ModelReport:
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


def _parts(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The report itself, and every object in it, by name."""
    yield str(report.get("data", report.get("name", "validation"))), report
    for name, part in report.items():
        if isinstance(part, Mapping):
            yield from ((name if inner == "validation" else inner, found) for inner, found in _parts(part))


def _measures(report: Mapping[str, Any]) -> Iterator[Measure]:
    for name, part in _parts(report):
        n, errors, rate = part.get("n"), part.get("errors"), part.get("error")
        if not isinstance(n, int) or n < 1:
            continue
        if isinstance(errors, int):
            yield Measure(name, n, errors)
        elif isinstance(rate, int | float) and not isinstance(rate, bool):
            yield Measure(name, n, round(rate * n))


def _confusion(report: Mapping[str, Any]) -> tuple[tuple[Cell, ...], ...]:
    """The first matrix of whole numbers, at least 10 x 10; rows are what was written."""
    for _, part in _parts(report):
        rows: Any = part.get("confusion")
        if _is_matrix(rows):
            worst = (
                max((row[k] for i, row in enumerate(rows) for k in range(CLASSES) if i != k), default=0) or 1
            )
            return tuple(
                tuple(
                    Cell(count, i == k, 9 if i == k else min(9, -(-9 * count // worst)))
                    for k, count in enumerate(row[:CLASSES])
                )
                for i, row in enumerate(rows[:CLASSES])
            )
    return ()


def _is_matrix(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) >= CLASSES
        and all(
            isinstance(row, list) and len(row) >= CLASSES and all(isinstance(count, int) for count in row)
            for row in rows
        )
    )
