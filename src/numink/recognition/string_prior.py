"""Prior probabilities of strings: people write numbers of known kinds more often than signs and digits in no order.

It decides between strings that look alike to the line model: 05/03/94 rather than 05-03/94.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .alphabet import DIGITS
from .number_grammar import parse_number


@dataclass(frozen=True)
class StringPriorParameters:
    """Odds of kinds of strings against a number of a known kind; E209 chose them on composed lines."""

    expression: float = 0.3
    """Odds of digits and signs of no other kind."""
    code: float = 0.3
    """Odds of digits among letters; codes that are known are read with constraints."""


PARAMETERS = StringPriorParameters()


def with_prior(strings: Mapping[str, float], parameters: StringPriorParameters = PARAMETERS) -> dict[str, float]:
    """Return the strings of a line with their probabilities times their prior odds, the likeliest first.

    The probabilities keep their sum. A line that may hold no digit keeps its probabilities.

    >>> next(iter(with_prior({"05-03/94": 0.5, "05/03/94": 0.4})))
    '05/03/94'
    """
    weighted = {text: probability * _odds(text, parameters) for text, probability in strings.items()}
    scale = sum(strings.values()) / max(sum(weighted.values()), 1e-300)
    return dict(sorted(((text, weight * scale) for text, weight in weighted.items()), key=lambda item: -item[1]))


def _odds(text: str, parameters: StringPriorParameters) -> float:
    if not any(character in DIGITS for character in text):
        return 1.0
    return {"expression": parameters.expression, "code": parameters.code}.get(parse_number(text).kind, 1.0)
