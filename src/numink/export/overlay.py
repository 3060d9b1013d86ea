"""Annotated pictures: a frame around each digit with the answer above it, and explanations of single digits.

Digits that are not accepted have a broken frame besides another colour, so that nobody has to tell colours apart.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..imaging.decode import Picture, encode_png
from ..recognition.explanation import Explanation
from ..results import Box, Digit, Page

ACCEPTED_COLOUR = (16, 122, 72)
"""RGB of frames of accepted digits."""
DOUBTFUL_COLOUR = (200, 90, 0)
"""RGB of frames of digits that are not accepted."""
HALO_COLOUR = (255, 255, 255)
"""RGB of the line behind each frame, which keeps it legible on dark pictures."""
MAX_SIDE = 1600
"""Longest side of an annotated picture in pixels."""
EXPLANATION_SIDE = 168
"""Side of the picture of an explanation in pixels."""
MIN_CHANGE = 0.02
"""Change of the probability that is shown in full colour where no change is larger; smaller ones look faint."""


def draw(picture: Picture, page: Page) -> bytes:
    """Draw the digits of `page`, with boxes in pixels of `picture`, on a PNG of at most MAX_SIDE pixels a side."""
    scale = min(1.0, MAX_SIDE / max(picture.width, picture.height))
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    canvas = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=scale == 1.0)
    pen = max(round(max(size) / 500), 1)
    for number in page.numbers:
        for digit in number.digits:
            _draw_digit(canvas, digit, scale, pen)
    return encode_png(canvas)


def draw_explanation(explanation: Explanation) -> bytes:
    """Draw a glyph as a PNG, dark on light; areas that count for the digit are green, those against it orange."""
    size = (EXPLANATION_SIDE, EXPLANATION_SIDE)
    foreground = cv2.resize(explanation.glyph, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)[:, :, None]
    counts = cv2.resize(explanation.counts, size, interpolation=cv2.INTER_CUBIC)[:, :, None]
    strength = counts / max(float(np.abs(counts).max()), MIN_CHANGE)
    tint = np.where(strength > 0, np.array(ACCEPTED_COLOUR), np.array(DOUBTFUL_COLOUR))
    paper = 255 + (tint - 255) * np.abs(strength) * 0.75
    return encode_png(np.clip(paper * (1 - 0.8 * foreground), 0, 255).astype(np.uint8))


def _draw_digit(canvas: NDArray[np.uint8], digit: Digit, scale: float, pen: int) -> None:
    box = Box(*(round(value * scale) for value in digit.box))
    frame_colour = ACCEPTED_COLOUR if digit.accepted else DOUBTFUL_COLOUR
    for colour, width in ((HALO_COLOUR, 3 * pen), (frame_colour, pen)):
        _draw_frame(canvas, box, colour, width, broken=not digit.accepted)
        size = max(box.h / 60, 0.4)
        position = (box.x, max(box.y - 2 * pen, round(22 * size)))
        text = digit.text if digit.accepted else f"{digit.text}?"
        cv2.putText(canvas, text, position, cv2.FONT_HERSHEY_SIMPLEX, size, colour, width, cv2.LINE_AA)


def _draw_frame(canvas: NDArray[np.uint8], box: Box, colour: tuple[int, int, int], width: int, *, broken: bool) -> None:
    corners = [(box.x, box.y), (box.x + box.w, box.y), (box.x + box.w, box.y + box.h), (box.x, box.y + box.h)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        if not broken:
            cv2.line(canvas, start, end, colour, width, cv2.LINE_AA)
            continue
        for ninth in range(0, 10, 2):  # five dashes a side
            dash = [
                (round(start[0] + (end[0] - start[0]) * step / 9), round(start[1] + (end[1] - start[1]) * step / 9))
                for step in (ninth, ninth + 1)
            ]
            cv2.line(canvas, dash[0], dash[1], colour, width, cv2.LINE_AA)
