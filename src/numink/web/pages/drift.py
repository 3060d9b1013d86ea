"""Whether this week's digits are like those before, and like those that the model was measured on.

Two spreads are compared: how sure the model is, and which digits it reads. The distance between them is the
population stability index, the sum of (a - b) ln(a / b) over the steps: below 0.1 nothing to speak of, above 0.25 a
change (as credit scorers have used it since the 1990s).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...results import CONFIDENCE_STEPS, DIGIT_COUNT
from ..i18n import localised
from .charts import Chart, bar_chart
from .model_report import Measured

FEW = 100
"""With fewer digits than this nothing is said: chance moves shares by more than a change does."""
LEAST = 1e-4
"""The least share that is reckoned with, so that an empty step has a logarithm."""
SOME, MUCH = 0.1, 0.25
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Spread:
    """This week's shares beside those of the weeks before and of the model's measure (none where there are too few)."""

    digits: int
    chart: Chart
    from_before: float | None
    from_model: float | None


def confidence_spread(week: Counts, before: Counts, measured: Measured) -> Spread:
    """How sure: of digits that stand alone on their page, since such the model was measured on."""
    names = [f"< {_percent(CONFIDENCE_STEPS[0])}", *(f"≥ {_percent(step)}" for step in CONFIDENCE_STEPS)]
    steps = len(names)
    return _spread(names, _taken(week, "alone", steps), _taken(before, "alone", steps), measured.confidence_counts)


def class_spread(week: Counts, before: Counts, measured: Measured) -> Spread:
    """Which digits."""
    names = [str(digit) for digit in range(DIGIT_COUNT)]
    return _spread(names, _taken(week, "digit", DIGIT_COUNT), _taken(before, "digit", DIGIT_COUNT), measured.classes)


def distance(one: Sequence[int], other: Sequence[int]) -> float | None:
    """The population stability index of two lists of counts; None where one has fewer than FEW.

    >>> distance([50, 50], [50, 50])
    0.0
    """
    if min(sum(one), sum(other)) < FEW:
        return None
    shares = [[max(count / sum(counts), LEAST) for count in counts] for counts in (one, other)]
    return math.fsum((a - b) * math.log(a / b) for a, b in zip(*shares, strict=True))


def _spread(names: Sequence[str], week: Sequence[int], before: Sequence[int], model: Sequence[int]) -> Spread:
    shares = [_shares(counts, len(names)) for counts in (week, before, model)]
    rows = [(name, [one[at] for one in shares]) for at, name in enumerate(names)]
    return Spread(sum(week), bar_chart(rows, shares=True), distance(week, before), distance(week, model))


def _shares(counts: Sequence[int], length: int) -> list[float | None]:
    total = sum(counts)
    return [count / total for count in counts] if total else [None] * length


def _taken(counts: Counts, what: str, length: int) -> list[int]:
    return [counts.get(f"{what}.{at}", 0) for at in range(length)]


def _percent(share: float) -> str:
    return localised(f"{share * 100:.4g}")
