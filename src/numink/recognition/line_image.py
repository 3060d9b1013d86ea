"""The one definition of a line image: the foreground of a line, levelled, at one height, in reading and in training."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..results import Box
from .glyph import widened
from .types import FloatImage, TextLine

LINE_IMAGE_HEIGHT = 40
"""Height of a line image in pixels (E062; other heights beside it in E151 and E164 gained nothing)."""
BODY_HEIGHT = 28
"""Height of the line's digits within it; the rest is room for parts that rise above or hang below."""


@dataclass(frozen=True)
class LineImage:
    """The image of a line, levelled and of one height: the input of the line model."""

    pixels: FloatImage
    """float32 (LINE_IMAGE_HEIGHT, W)."""
    scale: float
    """Columns of the line image to one of the working picture."""
    left: float
    """The working picture's column at the first column of the line image."""

    def column(self, x: float) -> float:
        """Return the working picture's column at column `x` of the line image."""
        return self.left + x / self.scale


@dataclass(frozen=True)
class LineImageParameters:
    """Parameters of line images; all set by eye, no other values compared."""

    margin: int = 8
    """Empty columns before and after the line."""
    least_pen_width: float = 2.0
    """A thinner pen, in pixels of the line image, is widened to it."""
    greatest_width: int = 1600
    """A line image is at most this wide: longer ones are compressed along the line."""
    blur: float = 0.35
    """Deviation of the blur before a line is shrunk, in pixels of the line image."""
    blur_gain: float = 1.15
    """Factor that makes up for the brightness that thin strokes lose by the blur."""


PARAMETERS = LineImageParameters()


def image_of_line(line: TextLine) -> LineImage:
    """Return the line image of `line`: of its own components, without those above and below it."""
    own = line.merged
    box = Box(line.box.x - own.box.x, line.box.y - own.box.y, line.box.w, line.box.h)
    image = to_line_image(own.foreground, box, line.slope)
    return replace(image, left=image.left + own.box.x)


def image_width(box: Box) -> int:
    """Return the columns of the line image of a line within `box`."""
    return max(round(box.w * _scales(box)[0]), 1) + 2 * PARAMETERS.margin


def _scales(box: Box) -> tuple[float, float]:
    """Return the columns and the rows of the line image to one of the working picture."""
    scale = BODY_HEIGHT / max(box.h, 1)
    return min(scale, (PARAMETERS.greatest_width - 2 * PARAMETERS.margin) / max(box.w, 1)), scale


def to_line_image(foreground: FloatImage, box: Box, slope: float = 0.0) -> LineImage:
    """Return the line image of the line within `box`.

    Args:
        foreground: float32 (H, W) in 0..1.
        box: As tall as the line's digits are in the mean; parts above or below it are included where there is room.
        slope: Rows by which the line falls from one column to the next; the middle of `box` stays in place.
    """
    scale_x, scale = _scales(box)
    foreground = widened(foreground, PARAMETERS.least_pen_width / scale)
    if scale < 1:
        foreground = cv2.GaussianBlur(foreground, (0, 0), PARAMETERS.blur / scale).astype(np.float32)
    left, top = box.x - PARAMETERS.margin / scale_x, box.y - (LINE_IMAGE_HEIGHT - BODY_HEIGHT) / 2 / scale
    middle = box.x + box.w / 2
    # From the line image (u, v) to the picture: x = left + u / scale_x, y = top + v / scale + slope * (x - middle).
    inverse = np.array([
        [1 / scale_x, 0.0, left + 0.5 / scale_x - 0.5],
        [slope / scale_x, 1 / scale, top + 0.5 / scale - 0.5 + slope * (left - middle)],
    ])  # fmt: skip
    size, flags = (image_width(box), LINE_IMAGE_HEIGHT), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(foreground, inverse, size, flags=flags, borderMode=cv2.BORDER_CONSTANT)
    gain = PARAMETERS.blur_gain if scale < 1 else 1.0
    return LineImage(np.clip(pixels * gain, 0, 1).astype(np.float32), scale_x, left)
