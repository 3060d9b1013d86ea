"""Choice of the grey channel: luminance, unless the writing differs from its paper in little but colour.

Red ink on green paper of the same brightness is invisible in grey. The colours of strokes less those about them spread
along one direction, their first principal component, which tells the two apart.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SAMPLE_SIDE = 256
"""Sides of the sample of pixels by which the channel is chosen."""
LUMINANCE = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in luminance (ITU-R BT.601)."""
SURROUNDINGS = 25
"""Side of the square whose mean colour strokes are compared with, in pixels of the sample."""
LEAST_GAIN = 2.5
"""Least contrast of strokes in the colour channel, as a multiple of theirs in luminance."""
LEAST_CONTRAST = 20.0
"""Least contrast of strokes in the colour channel, 0..255."""
STROKES = 98.0
"""Percentile of the pixels' contrast that is that of strokes."""

Weights = tuple[float, float, float, float]


def grey_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Return the grey values, uint8 (H, W), of an image of mode L or RGB."""
    if image.mode == "L":
        return np.asarray(image, dtype=np.uint8)
    size = (min(image.width, SAMPLE_SIDE), min(image.height, SAMPLE_SIDE))
    weights = grey_weights(np.asarray(image.resize(size, Image.Resampling.NEAREST).convert("RGB"), dtype=np.uint8))
    plain = image.convert("L") if weights is None else image.convert("RGB").convert("L", weights)
    return np.asarray(plain, dtype=np.uint8)


def grey_weights(sample: NDArray[np.uint8]) -> Weights | None:
    """Choose the weights of red, green and blue, and a constant, that bring out the writing.

    Args:
        sample: Pixels of a picture, uint8 (h, w, 3) in RGB, taken here and there and not averaged.

    Returns:
        Weights whose weighted sum is a grey value 0..255; None where luminance is as good, as it nearly always is.
    """
    colours = sample.astype(np.float32)
    differences = (colours - cv2.blur(colours, (SURROUNDINGS, SURROUNDINGS))).reshape(-1, 3)
    by_luminance = _contrast(differences @ LUMINANCE.astype(np.float32))
    if len(differences) < 2 or by_luminance * LEAST_GAIN > np.abs(differences).max():
        return None
    _, directions = np.linalg.eigh(np.cov(differences, rowvar=False))
    direction = directions[:, -1] / np.abs(directions[:, -1]).sum()
    by_colour = _contrast(differences @ direction.astype(np.float32))
    if by_colour < max(LEAST_GAIN * by_luminance, LEAST_CONTRAST):
        return None
    if direction @ LUMINANCE < 0:
        direction = -direction
    values = colours.reshape(-1, 3) @ direction
    low, high = (float(value) for value in np.percentile(values, (0.5, 99.5)))
    scale = 255 / max(high - low, 64.0)
    red, green, blue = (float(value) * scale for value in direction)
    return red, green, blue, -low * scale


def _contrast(differences: NDArray[np.float32]) -> float:
    return float(np.percentile(np.abs(differences), STROKES))
