"""Spacing of a line: the gap from which characters stand apart, by the line's own gaps.

People space digits in their own ways: gaps within numbers were 0.05 to 0.8 digit heights wide (5 % and 95 % of 274
integers of UNIPEN, E220), those between numbers 0.5 and more. One limit for all parts "1 2 3 4" and joins "12 34"
written close together. Here the gaps of a line are sorted and cut in two: the narrow ones are a sample of one normal
distribution whose mean and variance are not known (a normal-inverse-gamma prior says what is usual), the wide ones
come from a broad log-normal distribution. The likeliest cut decides.

Limits of the rule: a line with one gap has no spacing of its own, so the priors decide alone; single digits in a row
with even gaps are one number up to `greatest_gap`; a writer whose gaps vary as much as those between the numbers
cannot be told by gaps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SpacingParameters:
    """Parameters of the gaps between characters of one kind, in digit heights."""

    least_gap: float
    """Narrower gaps never part characters."""
    greatest_gap: float
    """Wider gaps always do."""
    usual_gap: float
    """Threshold where the line has no gaps to learn from."""
    mean_gap: float
    """Prior mean of the gaps within a token."""
    mean_weight: float
    """Number of gaps that the prior mean counts for."""
    variance_shape: float
    variance_scale: float
    """Shape and scale of the inverse gamma prior of the gaps' variance."""
    median_wide_gap: float
    """Median of the gaps between tokens."""
    wide_gap_spread: float
    """Standard deviation of their logarithms."""
    wide_log_odds: float
    """Natural logarithm of the odds that a gap lies between two tokens."""


def parting_gap(gaps: Sequence[float], parameters: SpacingParameters) -> float:
    """Return the gap from which characters stand apart, in digit heights.

    Args:
        gaps: The gaps between neighbouring characters of the line, in digit heights; negative where they overlap.
        parameters: The priors of such characters.

    >>> priors = SpacingParameters(0.45, 1.2, 0.9, 0.3, 0.3, 2.0, 0.08, 1.2, 0.5, -1.0)
    >>> parting_gap([0.2, 0.7, 0.2], priors) < 0.7 < parting_gap([0.7, 0.7, 0.7], priors)
    True
    """
    ordered = sorted(gaps)
    counts = [
        count
        for count in range(len(ordered) + 1)
        if (count == 0 or ordered[count - 1] <= parameters.greatest_gap)
        and (count == len(ordered) or ordered[count] >= parameters.least_gap)
    ]
    wide = [_log_wide(gap, parameters) for gap in ordered]
    count = max(counts, key=lambda count: _log_narrow(ordered[:count], parameters) + sum(wide[count:]))
    below = max(ordered[count - 1], parameters.least_gap) if count else parameters.least_gap
    if count < len(ordered):
        return (below + ordered[count]) / 2
    return max(below, parameters.usual_gap)


def _log_narrow(gaps: Sequence[float], parameters: SpacingParameters) -> float:
    """Return the log marginal likelihood of gaps within tokens (Murphy 2007, normal-inverse-gamma, formula 203)."""
    if not gaps:
        return 0.0
    count, mean = len(gaps), math.fsum(gaps) / len(gaps)
    weight, shape = parameters.mean_weight + count, parameters.variance_shape + count / 2
    scatter = math.fsum((gap - mean) ** 2 for gap in gaps)
    shift = parameters.mean_weight * count * (mean - parameters.mean_gap) ** 2 / weight
    scale = parameters.variance_scale + (scatter + shift) / 2
    return (
        math.lgamma(shape) - math.lgamma(parameters.variance_shape)
        + parameters.variance_shape * math.log(parameters.variance_scale) - shape * math.log(scale)
        + (math.log(parameters.mean_weight) - math.log(weight) - count * math.log(2 * math.pi)) / 2
    )  # fmt: skip


def _log_wide(gap: float, parameters: SpacingParameters) -> float:
    """Return the log density of a gap between tokens, with the log odds of one."""
    if gap < parameters.least_gap:
        return -math.inf
    deviation = (math.log(gap) - math.log(parameters.median_wide_gap)) / parameters.wide_gap_spread
    normalisation = math.log(gap * parameters.wide_gap_spread * math.sqrt(2 * math.pi))
    return parameters.wide_log_odds - normalisation - deviation**2 / 2
