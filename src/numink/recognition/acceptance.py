"""Acceptance of digits and numbers: when an answer is used without a person's check.

Which digit it is and whether it is one digit at all are two questions. Were a digit accepted by its probability alone,
every trace of "not one digit" would count as if it might be another digit, and many correct answers would be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ..results import Digit


@dataclass(frozen=True)
class AcceptanceParameters:
    """Parameters of acceptance; E156 chose `most_not_a_digit` among 0.5, 0.1, 0.05 and 0.01 (E155, E156)."""

    most_not_a_digit: float = 0.05
    """Greatest probability of "not one digit" with which a digit that stands alone is accepted."""


PARAMETERS = AcceptanceParameters()
ACCEPTANCE_RULE = f"surety among the ten digits; not one digit at most {PARAMETERS.most_not_a_digit}"
"""The rule that a digit model's threshold was fitted for, as model files state it: a file with another is refused."""


@dataclass(frozen=True)
class AcceptanceThresholds:
    """The thresholds of acceptance, as the model files state them; training fitted them."""

    lone_digit: float = 1.0
    """Least confidence (`digit_confidence`) of a digit that stands alone on its line; the digit model's threshold."""
    digit_in_number: float = 1.0
    """Least probability of each digit of a line of several digits; the line model's threshold."""

    def accept_digit(self, probability: float, total: float, presence: float, *, lone: bool, constrained: bool) -> bool:
        """Return whether a digit is accepted.

        Args:
            probability: Probability of the digit.
            total: Probability of all ten digits together.
            presence: Probability, by the digit model alone, that there is one digit.
            lone: Whether it stands alone on its line.
            constrained: Whether constraints chose it: then its probability alone counts.
        """
        if lone and not constrained:
            return digit_confidence(probability / total * presence, presence) >= self.lone_digit
        return probability >= (self.lone_digit if lone else self.digit_in_number)


def accept_number(digits: Sequence[Digit], character_count: int, satisfied: bool | None) -> bool:
    """Return whether a number is accepted: each of its characters is an accepted digit, and no constraint is broken."""
    return satisfied is not False and len(digits) == character_count and all(digit.accepted for digit in digits)


@overload
def digit_confidence(best: float, present: float) -> float: ...
@overload
def digit_confidence(best: NDArray[np.float64], present: NDArray[np.float64]) -> NDArray[np.float64]: ...
def digit_confidence(
    best: float | NDArray[np.float64], present: float | NDArray[np.float64]
) -> float | NDArray[np.float64]:
    """Return the confidence of which digit it is, to be compared with the digit model's threshold.

    It is 0 where there may be no digit, or more than one.

    Args:
        best: Probability of the likeliest digit, or an array of them.
        present: Probability of all ten digits together, in the same shape.

    >>> digit_confidence(0.96, 0.97) > 0.98, digit_confidence(0.9, 0.91)
    (True, 0.0)
    """
    certain = np.asarray(present) >= 1 - PARAMETERS.most_not_a_digit
    confidence = np.where(certain, best / np.maximum(present, 1e-12), 0.0)
    return confidence if isinstance(present, np.ndarray) else float(confidence)
