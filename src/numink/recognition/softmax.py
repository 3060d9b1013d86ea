"""The softmax function, the one definition for reading, training and evaluation."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Precision = TypeVar("Precision", np.float32, np.float64)


def softmax(logits: NDArray[Precision], temperature: float | NDArray[np.float64] = 1.0) -> NDArray[Precision]:
    """Return the softmax of `logits` / `temperature` over the last axis, in the precision of `logits`.

    `temperature` is a number, or float64 logits' temperatures that broadcast to their shape.

    >>> softmax(np.array([[0.0, 0.0], [0.0, 50.0]])).round(2).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    scaled = logits / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=-1, keepdims=True)
    return scaled
