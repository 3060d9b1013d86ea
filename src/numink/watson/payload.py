"""Glyphs as Watson's runtime for ONNX takes them, logits as it gives them, and a digit that shows whether all is well.

The shape of requests and answers is that of IBM's samples (docs/ibm.md): one entry an input or output of the network,
`values` nested as the array is.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import WatsonRefused
from ..recognition.digit_model import NOT_A_DIGIT

DECIMALS = 4
"""Of a pixel 0..1: a fifth of the bytes, and logits that differ in the third decimal at most."""
CHECK_DIGIT = 7
"""What `check_glyph` shows."""
ALIKE = 0.05
"""Logits of the same model, here and there, differ by less; those of another model by whole numbers."""


@cache
def check_glyph() -> NDArray[np.float32]:
    """A seven, float32 (1, 28, 28), which every batch begins with: another model at Watson would be noticed at once."""
    glyph = np.zeros((28, 28), np.float32)
    glyph[5:8, 7:20] = 1
    for row in range(8, 24):
        centre = 18 - (row - 8) // 2
        glyph[row, centre - 1 : centre + 2] = 1
        glyph[row, [centre - 2, centre + 2]] = 0.5
    glyph.setflags(write=False)
    return glyph[None]


def to_input(glyphs: NDArray[np.float32]) -> dict[str, Any]:
    """The body of a request for glyphs (N, 28, 28), 0..1."""
    values = np.round(glyphs[:, None].astype(np.float64), DECIMALS)
    return {"input_data": [{"values": values.tolist()}]}


def from_answer(answer: object, count: int) -> NDArray[np.float32]:
    """The logits (count, 11) of an answer. Raises WatsonRefused for anything else."""
    try:
        values = answer["predictions"][0]["values"]  # type: ignore[index]  # what else it may be is caught below
        logits = np.asarray(values, np.float32)
    except (KeyError, IndexError, TypeError, ValueError):
        logits = np.empty(0, np.float32)
    if logits.shape != (count, NOT_A_DIGIT + 1) or not np.isfinite(logits).all():
        raise WatsonRefused(
            f"Watson's answer is not {count} rows of {NOT_A_DIGIT + 1} numbers: another model is deployed there; "
            "run 'numink watson deploy'"
        )
    return logits
