"""Exact bounds of shares, against values of statistical tables and against simulated trials."""

from __future__ import annotations

import numpy as np
import pytest

from numink.evaluation.binomial import clopper_pearson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(5, 10, 0.1871, 0.8129), (1, 10, 0.0025, 0.4450), (10, 10, 0.6915, 1.0), (0, 10, 0.0, 0.3085)],
)
def test_the_bounds_are_those_of_the_tables(hits: int, count: int, low: float, high: float) -> None:
    assert clopper_pearson(hits, count) == pytest.approx((low, high), abs=1e-4)


def test_without_an_event_the_upper_bound_is_the_rule_of_three() -> None:
    assert clopper_pearson(0, 10_000, level=0.9)[1] == pytest.approx(3 / 10_000, rel=0.01)


def test_many_trials_have_a_narrow_interval_around_the_observed_share() -> None:
    low, high = clopper_pearson(600, 60_000)

    assert low < 0.01 < high
    assert high - low < 0.002


def test_the_interval_holds_the_true_share_as_often_as_promised() -> None:
    trials = np.random.default_rng(1).binomial(200, 0.02, 1000)
    bounds = {hits: clopper_pearson(int(hits), 200) for hits in np.unique(trials)}
    held = [bounds[hits][0] <= 0.02 <= bounds[hits][1] for hits in trials]

    assert np.mean(held) >= 0.95
