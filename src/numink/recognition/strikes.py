"""Strikes: long strokes across several characters, by which people cancel a number.

A number under a rule, or with a dash in it, is not struck out: a strike crosses the middle of its digits and most of
its width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .components import PARAMETERS as COMPONENT_PARAMETERS
from .types import CharacterHypothesis, Component


@dataclass(frozen=True)
class StrikeParameters:
    """Parameters of strikes; all set by eye on composed struck-out numbers."""

    least_characters: int = 2
    """A number of fewer characters is not looked at: a stroke through one may be part of it."""
    least_length: float = 0.72
    """A strike is at least this part of the number's width long."""
    least_height_ratio: float = 0.75
    """The same in heights of the number, which keeps short dashes out."""
    greatest_slope: float = 0.9
    """Rows per column of the steepest strike."""
    slopes: int = 13
    """Slopes that are tried."""
    middle: tuple[float, float] = (0.2, 0.82)
    """The strike's middle lies between these parts of the number's height."""
    working_height: int = 32
    """Numbers are looked at at this height in pixels."""


PARAMETERS = StrikeParameters()


def is_struck_out(characters: Sequence[CharacterHypothesis], beside: Sequence[Component] = ()) -> bool:
    """Return whether a stroke crosses most of a number.

    Args:
        characters: The characters of the number.
        beside: Components of its line that are part of no character, which may be the strike.
    """
    if len(characters) < PARAMETERS.least_characters:
        return False
    own = Component.merge([character.component for character in characters])
    if not own.foreground.size or own.box.w < own.box.h * PARAMETERS.least_height_ratio:
        return False
    near = [other for other in beside if own.box.x - own.box.h < other.middle < own.box.x + own.box.w + own.box.h]
    whole = Component.merge([own, *near])
    top, left = own.box.y - whole.box.y, own.box.x - whole.box.x
    mask = whole.foreground[top : top + own.box.h, left : left + own.box.w] > COMPONENT_PARAMETERS.foreground_threshold
    scale = PARAMETERS.working_height / own.box.h
    size = (max(round(own.box.w * scale), 2), PARAMETERS.working_height)
    small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return _has_strike(small.astype(np.uint8))


def _has_strike(mask: NDArray[np.uint8]) -> bool:
    height, width = mask.shape
    length = max(PARAMETERS.least_length * width, PARAMETERS.least_height_ratio * height)
    first, last = (round(part * height) for part in PARAMETERS.middle)
    padded = cv2.dilate(mask, np.ones((3, 1), np.uint8))  # a strike may wave by a pixel
    for slope in np.linspace(-PARAMETERS.greatest_slope, PARAMETERS.greatest_slope, PARAMETERS.slopes):
        columns = min(length, height / max(abs(slope), 1e-6))
        if columns < PARAMETERS.least_length * width:
            continue  # too steep to cross the number
        kernel = _line(columns, float(slope))
        if cv2.erode(padded, kernel, borderValue=0)[first:last].any():
            return True
    return False


def _line(columns: float, slope: float) -> NDArray[np.uint8]:
    """Return a line over so many columns as a kernel with its middle at the anchor."""
    half, rise = math.ceil(columns / 2), abs(slope) * columns / 2
    kernel = np.zeros((2 * math.ceil(rise) + 1, 2 * half + 1), np.uint8)
    xs = np.arange(-half, half + 1)
    kernel[np.round(xs * slope).astype(int).clip(-math.ceil(rise), math.ceil(rise)) + math.ceil(rise), xs + half] = 1
    return kernel
