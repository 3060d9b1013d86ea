"""Gaps of a line image at which a number may end: the breaks between which constrained decoding divides a line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .constrained_decoding import Break
from .line_image import BODY_HEIGHT, LineImage
from .line_model import FRAME_WIDTH


@dataclass(frozen=True)
class BreakParameters:
    """Parameters of breaks, in heights of the line's digits; all set by eye."""

    least_gap: float = 0.25
    """A narrower gap is none at which a number may end."""
    even_gap: float = 0.8
    """At a gap of this width a number ends as often as not."""
    steepness: float = 5.0
    """Log-odds of a number's end for each height that a gap is wider."""
    least_foreground: float = 0.3
    """A column with a brighter pixel than this is not empty."""


PARAMETERS = BreakParameters()


def find_breaks(image: LineImage) -> list[Break]:
    """Return the gaps of a line, from left to right, each with the probability that a number ends there."""
    empty = image.pixels.max(axis=0) < PARAMETERS.least_foreground
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(np.int8), [0]])))
    breaks = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        gap = (last - first) / BODY_HEIGHT
        if first == 0 or last == len(empty) or gap < PARAMETERS.least_gap:
            continue
        log_odds = PARAMETERS.steepness * (gap - PARAMETERS.even_gap)
        breaks.append(Break((first + last) // (2 * FRAME_WIDTH), 1 / (1 + math.exp(-log_odds))))
    return breaks
