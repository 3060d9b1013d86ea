"""Drift: comparison of recent digits with earlier ones and with the test set that the model was measured on.

Two distributions are compared, the confidences and the digits. Their distance is the population stability index, the
sum of (a - b) ln(a / b) over all shares; its customary limits come from credit scoring in the 1990s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...results import CONFIDENCE_STEPS, DIGIT_COUNT
from ..i18n import localised
from .charts import Chart, bar_chart
from .model_report import MeasuredDistributions

SLIGHT_DRIFT, STRONG_DRIFT = 0.1, 0.25
"""Population stability indices from which on drift is slight, and strong."""
MIN_DIGITS = 100
"""Smallest number of digits to compare; with fewer, chance moves the shares by more than drift does."""
MIN_SHARE = 1e-4
"""Smallest share in the index, so that an empty step has a logarithm."""
Counts = Mapping[str, int]


@dataclass(frozen=True)
class DriftReport:
    """Recent shares beside earlier ones and those of the test set, with their distances (None: too few digits)."""

    digits: int
    """Number of recent digits."""
    chart: Chart
    from_baseline: float | None
    from_model: float | None


def drift_level(index: float | None) -> str:
    """Name the drift that a population stability index stands for: 'unknown', 'none', 'slight' or 'strong'.

    >>> drift_level(0.05), drift_level(0.3), drift_level(None)
    ('none', 'strong', 'unknown')
    """
    if index is None:
        return "unknown"
    return "none" if index < SLIGHT_DRIFT else "slight" if index < STRONG_DRIFT else "strong"


def confidence_drift(recent: Counts, baseline: Counts, measured: MeasuredDistributions) -> DriftReport:
    """Compare the confidences of digits alone on their page, as the digits of the test set are."""
    names = [f"< {_percent(CONFIDENCE_STEPS[0])}", *(f"≥ {_percent(step)}" for step in CONFIDENCE_STEPS)]
    recent_counts, baseline_counts = (_counts(counts, "alone", len(names)) for counts in (recent, baseline))
    return _compare(names, recent_counts, baseline_counts, measured.confidence_counts)


def digit_drift(recent: Counts, baseline: Counts, measured: MeasuredDistributions) -> DriftReport:
    """Compare how often each digit is read."""
    names = [str(digit) for digit in range(DIGIT_COUNT)]
    recent_counts, baseline_counts = (_counts(counts, "digit", DIGIT_COUNT) for counts in (recent, baseline))
    return _compare(names, recent_counts, baseline_counts, measured.digit_counts)


def stability_index(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Return the population stability index of two lists of counts; None where one has fewer than MIN_DIGITS.

    >>> stability_index([50, 50], [50, 50])
    0.0
    """
    if min(sum(first), sum(second)) < MIN_DIGITS:
        return None
    shares = [[max(count / sum(counts), MIN_SHARE) for count in counts] for counts in (first, second)]
    return math.fsum((a - b) * math.log(a / b) for a, b in zip(*shares, strict=True))


def _compare(names: Sequence[str], recent: Sequence[int], baseline: Sequence[int], model: Sequence[int]) -> DriftReport:
    series = [_shares(counts, len(names)) for counts in (recent, baseline, model)]
    rows = [(name, [shares[index] for shares in series]) for index, name in enumerate(names)]
    chart = bar_chart(rows, shares=True)
    return DriftReport(sum(recent), chart, stability_index(recent, baseline), stability_index(recent, model))


def _shares(counts: Sequence[int], length: int) -> list[float | None]:
    total = sum(counts)
    return [count / total for count in counts] if total else [None] * length


def _counts(counts: Counts, kind: str, length: int) -> list[int]:
    return [counts.get(f"{kind}.{index}", 0) for index in range(length)]


def _percent(share: float) -> str:
    return localised(f"{share * 100:.4g}")
