"""What the line network and the classifier say of one digit -> one probability for each digit that it may be.

Both look at the same ink in different ways: the one at the whole line, where a digit's neighbours say how it is
written, the other at the digit alone, cut out, as it knows a million others. Their answers are multiplied, each
with a weight (a product of experts: Hinton 2002).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 10
BY_LINE, BY_GLYPH = 0.7, 0.7
"""Weights of the line network's and of the classifier's answers."""
LEAST = 1e-3
"""No answer is taken as less likely than this by one of them alone."""
DOUBT = 0.5
"""Weight of the classifier's 'this is not one digit': what was cut out of a line is often not quite one."""


def judged(line: Floats, glyph: NDArray[np.float32]) -> Floats:
    """`line` (N, 10) and `glyph` (N, 11) -> (N, 10); what is missing to 1 in a row is the doubt that it is a digit."""
    weights = np.maximum(line, LEAST) ** BY_LINE * np.maximum(glyph[:, :DIGITS].astype(np.float64), LEAST) ** BY_GLYPH
    shares = weights / weights.sum(axis=1, keepdims=True)
    present = np.minimum(line.sum(axis=1), 1.0) * (1 - glyph[:, DIGITS].astype(np.float64)) ** DOUBT
    return np.asarray(shares * present[:, None])
