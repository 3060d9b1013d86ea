"""The results of reading: `Page` > `Number` > `Digit`, each with a `Box` and a confidence.

Plain frozen values, the same for the library, the command line, HTTP and the store. `Page.to_dict` and `from_dict`
convert them to JSON and back.
"""

from __future__ import annotations

from bisect import bisect_right

from .box import Box
from .empty_reason import EmptyReason, empty_reason
from .page import KINDS, REVIEW_MARK, Alternative, Digit, Number, NumberKind, Page, in_place_of
from .table import Cell, Table

__all__ = [
    "CONFIDENCE_STEPS", "DIGIT_COUNT", "KINDS", "REVIEW_MARK", "Alternative", "Box", "Cell", "Digit", "EmptyReason",
    "Number", "NumberKind", "Page", "Table", "confidence_step", "empty_reason", "in_place_of",
]  # fmt: skip
DIGIT_COUNT = 10
"""Number of digits, and the column after theirs in an array of eleven probabilities."""
CONFIDENCE_STEPS = (0.5, 0.9, 0.99, 0.999, 0.9999)
"""Limits of the intervals by which confidences are counted, in usage statistics and in a model's report."""


def confidence_step(confidence: float) -> int:
    """Return the number of CONFIDENCE_STEPS that a confidence reaches: 0 where it is below all of them.

    >>> confidence_step(0.2), confidence_step(0.95), confidence_step(1.0)
    (0, 2, 5)
    """
    return bisect_right(CONFIDENCE_STEPS, confidence)
