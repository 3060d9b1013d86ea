"""Acceptance: which digits and numbers are certain enough to be used without a check.

A digit that stands alone is accepted by the digit model, unless the line model reads something else. Whole numbers are
accepted by a small model over the evidence of both models, of the line and of the page; training fits it, with a
threshold that an upper bound of the error on other writers' pages demands.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError


@dataclass(frozen=True)
class AcceptanceParameters:
    """Parameters of acceptance; E156 chose `most_not_a_digit` among 0.5, 0.1, 0.05 and 0.01 (E155, E156)."""

    most_not_a_digit: float = 0.05
    """Greatest probability of "not one digit" with which a digit that stands alone is accepted."""
    most_log_odds: float = 9.0
    """Log-odds of evidence are cut here: beyond it networks say nothing about how sure they are."""


PARAMETERS = AcceptanceParameters()
ACCEPTANCE_RULE = f"surety among the ten digits; not one digit at most {PARAMETERS.most_not_a_digit}"
"""The rule that a digit model's threshold was fitted for, as model files state it: a file with another is refused."""


@dataclass(frozen=True)
class NumberEvidence:
    """Facts about a number that its confidence is made of; probabilities are 0..1."""

    string: float
    """Probability of its characters by both models, one after the other."""
    length: float
    """Probability that it has so many characters, among all hypotheses."""
    least_character: float
    """Probability of its least certain character."""
    agreement: float
    """Least probability, by the digit model alone, of one of its digits."""
    presence: float
    """Least probability, by the digit model alone, that one of its digits is one digit."""
    unread: float
    """Foreground about it that is part of no character, as a share of its own."""
    characters: int
    """Number of its characters."""
    signs: int
    """Number of its characters that are no digits."""
    turned: bool
    """Whether the page was turned to be read."""
    size_ratio: float
    """Height of its tallest digit over that of its lowest, at least 1."""
    widest_gap: float
    """Width of the widest gap between its characters, in digit heights: it may part two numbers."""
    digits_agreement: float = 1.0
    """Probability of its digits by the line networks that know digits only; 1 where there are none."""

    def features(self) -> NDArray[np.float64]:
        """Return the features of the acceptance model: float64 (len(FEATURES),)."""
        return np.array([
            _log_odds(self.string), _log_odds(self.length), _log_odds(self.least_character), _log_odds(self.agreement),
            _log_odds(self.presence), _log_odds(self.digits_agreement),
            math.sqrt(min(self.unread, 1.0)), math.log(self.characters),
            float(self.signs > 0), math.log1p(self.signs), float(self.turned), math.log(self.size_ratio),
            max(self.widest_gap, 0.0),
        ])  # fmt: skip


FEATURES = (
    "string", "length", "least_character", "agreement", "presence", "digits_agreement",
    "unread", "characters", "has_signs", "signs",
    "turned", "size_ratio", "widest_gap",
)  # fmt: skip
"""Names of the features, in order."""


def _log_odds(probability: float) -> float:
    most = PARAMETERS.most_log_odds
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return float(np.clip(math.log(bounded / (1 - bounded)), -most, most))


@dataclass(frozen=True)
class AcceptanceModel:
    """Logistic regression from a number's evidence to its confidence, and the confidence from which it is accepted."""

    weights: tuple[float, ...]
    """Weight of each of FEATURES."""
    intercept: float
    threshold: float
    """Least confidence of an accepted number of digits only."""
    threshold_with_signs: float
    """The same of a number with signs or letters."""

    @classmethod
    def from_json(cls, text: str) -> AcceptanceModel:
        """Return the model that `to_json` wrote. Raises ModelError where it has other features."""
        try:
            stored = json.loads(text)
            model = cls(tuple(map(float, stored["weights"])), *(float(stored[field.name]) for field in fields(cls)[1:]))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"the acceptance model is damaged ({error}): train the line model again.") from None
        if len(model.weights) != len(FEATURES):
            raise ModelError("the acceptance model has other features than this numink: train the line model again.")
        return model

    def to_json(self) -> str:
        """Return the model as JSON."""
        return json.dumps(asdict(self))

    def confidence(self, evidence: NumberEvidence) -> float:
        """Return the probability that a number is right, 0..1."""
        logit = float(np.dot(self.weights, evidence.features())) + self.intercept
        return 1 / (1 + math.exp(-min(max(logit, -30.0), 30.0)))

    def accepts(self, evidence: NumberEvidence) -> bool:
        """Return whether a number is accepted."""
        return self.confidence(evidence) >= (self.threshold_with_signs if evidence.signs else self.threshold)


UNFITTED = AcceptanceModel((0.6, 0.3, 0.3, 0.1, 0.1, 0.0, -4.0, 0.0, -0.5, 0.0, -2.0, 0.0, 0.0), -1.0, 0.995, 0.995)
"""The acceptance model of networks whose training has not fitted one yet; by eye."""


@dataclass(frozen=True)
class AcceptanceThresholds:
    """The rules of acceptance, as the model files state them; training fitted them."""

    lone_digit: float = 1.0
    """Least confidence (`digit_confidence`) of a digit that stands alone on its line; the digit model's threshold."""
    digit_in_number: float = 1.0
    """Least probability of a character of a line of several; the line model's threshold."""
    numbers: AcceptanceModel = UNFITTED
    """The acceptance model of numbers of several characters."""

    def accept_lone_digit(self, probability: float, total: float, presence: float) -> bool:
        """Return whether a digit that stands alone is accepted.

        Args:
            probability: Probability of the digit.
            total: Probability of all ten digits together.
            presence: Probability, by the digit model alone, that there is one digit.
        """
        return digit_confidence(probability / max(total, 1e-12) * presence, presence) >= self.lone_digit


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
