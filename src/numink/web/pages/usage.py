"""Usage page: readings per day, accepted digits, corrections, reading times, errors and drift.

All figures come from counts that the store keeps per day and from reviewed numbers; no reading is loaded. Days are
those of UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, render_template, request

from ...store.reading import ReviewedNumber
from ...store.usage import TIMES
from ..auth.identity import reading_service
from ..formatting import day as short_day
from .charts import Chart, bar_chart
from .confusion_table import ConfusionMatrix
from .drift import (
    SLIGHT_DRIFT,
    STRONG_DRIFT,
    Counts,
    DriftReport,
    confidence_drift,
    digit_drift,
    drift_level,
)
from .model_report import MeasuredDistributions

blueprint = Blueprint("use", __name__)
PERIODS = (7, 28, 91)
"""Lengths of the periods on offer, in days."""
DEFAULT_PERIOD = 28
RECENT_DAYS, BASELINE_DAYS = 7, 28
"""Days that drift is looked for in, and days before them that they are compared with."""
DailyCounts = Mapping[str, Counts]


@dataclass(frozen=True)
class UsageSummary:
    """Figures and charts of a period."""

    total: Counts
    readings: Chart
    accepted: Chart
    corrections: Chart
    times: Chart
    confusion: ConfusionMatrix
    confidence: DriftReport
    digits: DriftReport

    @property
    def accepted_share(self) -> float | None:
        """Share of accepted digits; None where none was read."""
        return _accepted_share(self.total)


@blueprint.get("/use")
def page() -> str:
    """Show the usage of a period."""
    requested = request.args.get("days", "")
    period = int(requested) if requested in map(str, PERIODS) else DEFAULT_PERIOD
    today = datetime.now(UTC).date()
    since = today - timedelta(days=max(period, RECENT_DAYS + BASELINE_DAYS) - 1)
    days, reviews = reading_service().history.usage(since.isoformat())
    measured = MeasuredDistributions.from_classifier(reading_service().reader.classifier)
    return render_template(
        "usage.html", usage=summarise(days, reviews, today, period, measured), period=period, periods=PERIODS,
        recent_days=RECENT_DAYS, baseline_days=BASELINE_DAYS, drift_level=drift_level, slight=SLIGHT_DRIFT,
        strong=STRONG_DRIFT,
    )  # fmt: skip


def summarise(
    days: DailyCounts, reviews: Sequence[ReviewedNumber], today: date, period: int, measured: MeasuredDistributions
) -> UsageSummary:
    """Summarise the `period` days that end `today`, and the drift of the last RECENT_DAYS."""
    dates = _last_days(today, period)
    reviews = [review for review in reviews if review.created[:10] >= dates[0]]
    corrected = Counter(review.created[:10] for review in reviews if review.read_as != review.corrected_to)
    confirmed = Counter(review.created[:10] for review in reviews if review.read_as == review.corrected_to)
    total = _total(days, dates)
    recent = _total(days, _last_days(today, RECENT_DAYS))
    baseline = _total(days, _last_days(today - timedelta(days=RECENT_DAYS), BASELINE_DAYS))
    return UsageSummary(
        total=total,
        readings=bar_chart([(short_day(day), [days.get(day, {}).get("readings", 0)]) for day in dates]),
        accepted=bar_chart([(short_day(day), [_accepted_share(days.get(day, {}))]) for day in dates], shares=True),
        corrections=bar_chart([(short_day(day), [corrected[day], confirmed[day]]) for day in dates]),
        times=bar_chart([(name, [total.get(f"time.{index}", 0)]) for index, name in enumerate(_time_names())]),
        confusion=ConfusionMatrix.from_reviews(reviews),
        confidence=confidence_drift(recent, baseline, measured),
        digits=digit_drift(recent, baseline, measured),
    )


def _last_days(today: date, count: int) -> list[str]:
    return [(today - timedelta(days=days_ago)).isoformat() for days_ago in range(count - 1, -1, -1)]


def _total(days: DailyCounts, dates: Sequence[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for day in dates:
        total.update(days.get(day, {}))
    return total


def _accepted_share(counts: Counts) -> float | None:
    digits = counts.get("digits", 0)
    return counts.get("digits.accepted", 0) / digits if digits else None


def _time_names() -> list[str]:
    ends = [f"{end} ms" if end < 1000 else f"{end // 1000} s" for end in TIMES]
    return [*(f"≤ {end}" for end in ends), f"> {ends[-1]}"]
