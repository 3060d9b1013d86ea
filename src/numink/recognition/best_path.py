"""Best path decoding of CTC (Graves et al. 2006): where a rough string is enough."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .alphabet import BLANK, CHARACTERS
from .types import LineOutput


def best_path(output: LineOutput) -> str:
    """Return the string of the likeliest character at each frame: not always the likeliest string, but at no cost."""
    mean = np.tensordot(np.array(output.ensemble_weights), output.probabilities, axes=1)
    columns = mean.argmax(axis=1).tolist()
    pairs = pairwise([BLANK, *columns])
    return "".join(CHARACTERS[column] for before, column in pairs if column not in (BLANK, before))
