"""JSON of requests to and answers from Watson's ONNX runtime, and a check digit.

Source: IBM's samples (docs/ibm.md). There is one entry for each input or output of the network, with its array in
nested lists under `values`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import WatsonRefused
from ..recognition.digit_model import NOT_A_DIGIT

DECIMALS = 4
"""Decimals of a pixel, 0..1, in a request: a fifth of the bytes, and logits change in the third decimal at most."""
CHECK_DIGIT = 7
"""Digit that `check_glyph` shows."""
CHECK_TOLERANCE = 0.05
"""Greatest difference of logits of the same model here and at Watson; those of another model differ by whole units."""


@cache
def check_glyph() -> NDArray[np.float32]:
    """Return the check digit, a seven, float32 (1, 28, 28), with which every batch begins."""
    glyph = np.zeros((28, 28), np.float32)
    glyph[5:8, 7:20] = 1
    for row in range(8, 24):
        centre = 18 - (row - 8) // 2
        glyph[row, centre - 1 : centre + 2] = 1
        glyph[row, [centre - 2, centre + 2]] = 0.5
    glyph.setflags(write=False)
    return glyph[None]


def to_input(glyphs: NDArray[np.float32]) -> dict[str, Any]:
    """Return the body of a request for glyphs (N, 28, 28), 0..1."""
    values = np.round(glyphs[:, None].astype(np.float64), DECIMALS)
    return {"input_data": [{"values": values.tolist()}]}


def from_answer(answer: object, count: int) -> NDArray[np.float32]:
    """Return the logits of an answer, float32 (count, 11). Raises WatsonRefused for anything else."""
    try:
        values = answer["predictions"][0]["values"]  # type: ignore[index]  # other types are caught below
        logits = np.asarray(values, np.float32)
    except (KeyError, IndexError, TypeError, ValueError):
        logits = np.empty(0, np.float32)
    if logits.shape != (count, NOT_A_DIGIT + 1) or not np.isfinite(logits).all():
        raise WatsonRefused(
            f"Watson's answer is not {count} rows of {NOT_A_DIGIT + 1} numbers: another model is deployed there; "
            "run 'numink watson deploy'"
        )
    return logits
