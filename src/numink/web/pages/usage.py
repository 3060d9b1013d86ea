"""The page about use: readings a day, what was accepted, corrected, taken for what, times, and drift.

Everything comes from counts that the store keeps by day and from corrected numbers; no reading is loaded. Days are
UTC's.
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
from ..formatting import day as written
from .charts import Chart, bar_chart
from .confusion_table import Mistakes
from .drift import Counts, Spread, class_spread, confidence_spread
from .model_report import Measured

blueprint = Blueprint("use", __name__)
PERIODS = (7, 28, 91)
"""Days that can be looked at."""
WEEK, BEFORE = 7, 28
"""Days of the week that is held against the days before it."""
Days = Mapping[str, Counts]


@dataclass(frozen=True)
class Use:
    """What the page shows of a period."""

    total: Counts
    readings: Chart
    accepted: Chart
    corrections: Chart
    times: Chart
    mistakes: Mistakes
    confidence: Spread
    classes: Spread

    @property
    def accepted_share(self) -> float | None:
        """Of all digits."""
        return _share(self.total)


@blueprint.get("/use")
def page() -> str:
    """Numbers about the last days."""
    asked = request.args.get("days", "")
    period = int(asked) if asked in map(str, PERIODS) else 28
    today = datetime.now(UTC).date()
    since = today - timedelta(days=max(period, WEEK + BEFORE) - 1)
    days, corrected = reading_service().history.usage(since.isoformat())
    use = summary(days, corrected, today, period, Measured.of(reading_service().reader.classifier))
    return render_template("use.html", use=use, period=period, periods=PERIODS, week=WEEK, before=BEFORE)


def summary(days: Days, corrected: Sequence[ReviewedNumber], today: date, period: int, measured: Measured) -> Use:
    """Of the `period` days that end `today`; drift of the last WEEK against BEFORE days before it."""
    shown = _last(today, period)
    fixes = [one for one in corrected if one.created[:10] >= shown[0]]
    wrong = Counter(one.created[:10] for one in fixes if one.read_as != one.corrected_to)
    right = Counter(one.created[:10] for one in fixes if one.read_as == one.corrected_to)
    total = _total(days, shown)
    week = _total(days, _last(today, WEEK))
    before = _total(days, _last(today - timedelta(days=WEEK), BEFORE))
    return Use(
        total=total,
        readings=bar_chart([(written(day), [days.get(day, {}).get("readings", 0)]) for day in shown]),
        accepted=bar_chart([(written(day), [_share(days.get(day, {}))]) for day in shown], shares=True),
        corrections=bar_chart([(written(day), [wrong[day], right[day]]) for day in shown]),
        times=bar_chart([(name, [total.get(f"time.{at}", 0)]) for at, name in enumerate(_times())]),
        mistakes=Mistakes.of(fixes),
        confidence=confidence_spread(week, before, measured),
        classes=class_spread(week, before, measured),
    )


def _last(today: date, count: int) -> list[str]:
    return [(today - timedelta(days=ago)).isoformat() for ago in range(count - 1, -1, -1)]


def _total(days: Days, wanted: Sequence[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for day in wanted:
        total.update(days.get(day, {}))
    return total


def _share(counts: Counts) -> float | None:
    digits = counts.get("digits", 0)
    return counts.get("digits.accepted", 0) / digits if digits else None


def _times() -> list[str]:
    seconds = [f"{end} ms" if end < 1000 else f"{end // 1000} s" for end in TIMES]
    return [*(f"≤ {end}" for end in seconds), f"> {seconds[-1]}"]
