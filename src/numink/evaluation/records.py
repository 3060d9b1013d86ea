"""Records of a training that reports and charts are made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochRecord:
    """Result of one epoch: the mean training loss, and the validation error of the averaged weights in 0..1."""

    epoch: int
    loss: float
    validation_error: float
    seconds: float


@dataclass(frozen=True)
class LineReport:
    """Measured quality of a line model on `n` composed lines by writers that no training saw.

    `right` is the share of lines read exactly right, `interval` its Wilson interval at 95 %.
    """

    n: int
    right: float
    interval: tuple[float, float]
    calibration_error: float
    threshold: float
    """Least confidence of an accepted number of digits only."""
    threshold_with_signs: float
    """The same of a number with signs or letters."""
    error_bound: float | None
    """Upper bound of the share of wrong numbers among the accepted on composed pages; None where no threshold holds it
    and both were set by eye on development sets."""
    networks: int
    parameters: int
    seconds: float
    taken: tuple[str, ...] = ()
    """Networks taken from an earlier training instead of being trained."""


@dataclass(frozen=True)
class PageReport:
    """Measured quality of a page model on `n` composed pages by writers and in fonts that no training saw."""

    n: int
    f1: dict[str, float]
    """F1 score of each class, over cells of 2 x 2 pixels."""
    parameters: int
    seconds: int
