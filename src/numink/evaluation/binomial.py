"""Exact bounds of a share that was observed in a number of trials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BISECTIONS = 60
"""Steps of the search for a bound: more would not change a float64."""


def clopper_pearson(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for a share, which holds it at least as often as `level` says.

    Args:
        hits: Number of trials with the event, 0 to `count`.
        count: Number of trials, at least 1.
        level: Probability that the interval holds the share; each side is missed half as often as the rest.

    Returns:
        The lower and the upper bound, 0..1.

    >>> [round(bound, 4) for bound in clopper_pearson(0, 100)]
    [0.0, 0.0362]
    """
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _bisect(lambda share: 1 - _at_most(hits - 1, count, share) > tail)
    high = 1.0 if hits == count else _bisect(lambda share: _at_most(hits, count, share) < tail)
    return low, high


def _at_most(hits: int, count: int, share: float) -> float:
    """Return the probability of at most `hits` events in `count` trials."""
    events = np.arange(hits + 1)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, count + 1)))])
    combinations = factorials[count] - factorials[events] - factorials[count - events]
    logs = combinations + events * np.log(share) + (count - events) * np.log1p(-share)
    return float(min(np.exp(logs).sum(), 1.0))


def _bisect(is_above: Callable[[float], bool]) -> float:
    """Return the share in 0..1 from which on `is_above` is true."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return (low + high) / 2
