"""When the classifier's answer is accepted: it is sure which digit it is, and hardly doubts that it is one.

These are two questions. Were a digit accepted by its probability alone, every trace of "this is not one digit" would
count as if it might be another digit, and many that are read rightly would want a person's look. Knows numbers only.
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

DOUBT = 0.05
"""Where it is likelier than this that there is not one digit, nothing is accepted."""
ACCEPTS = f"surety among the ten digits; not one digit at most {DOUBT}"
"""As a model file says what its threshold was fitted for."""


@overload
def digit_confidence(best: float, present: float) -> float: ...
@overload
def digit_confidence(best: NDArray[np.float64], present: NDArray[np.float64]) -> NDArray[np.float64]: ...
def digit_confidence(
    best: float | NDArray[np.float64], present: float | NDArray[np.float64]
) -> float | NDArray[np.float64]:
    """How sure it is which digit it is, to be held against the model's threshold; 0 where that there is one is not.

    `best` is the probability of the digit, `present` that of all ten together.

    >>> surety(0.96, 0.97) > 0.98, surety(0.9, 0.91)
    (True, 0.0)
    """
    sure = np.where(np.asarray(present) >= 1 - DOUBT, best / np.maximum(present, 1e-12), 0.0)
    return sure if isinstance(present, np.ndarray) else float(sure)
