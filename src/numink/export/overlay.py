"""Annotated pictures: frames around digits and signs with the answers above, fields of forms, explanations of digits.

Those that are not accepted have a broken frame besides another colour, so that nobody has to tell colours apart.
Handwriting that was seen and not read has a thin dotted frame without an answer.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..imaging.decode import Picture, encode_png
from ..imaging.lettering import draw_text
from ..recognition.explanation import Explanation
from ..results import Box, Digit, Page
from ..structure.template import FieldKind, Template

ACCEPTED_COLOUR = (16, 122, 72)
"""RGB of frames of accepted digits."""
DOUBTFUL_COLOUR = (200, 90, 0)
"""RGB of frames of digits that are not accepted."""
LEFT_OVER_COLOUR = (96, 96, 96)
"""RGB of frames of handwriting that was not read, and of fields that are not read."""
FIELD_COLOUR, TICK_COLOUR = (176, 0, 96), (0, 96, 200)
"""RGB of frames of a template's fields, and of its boxes to tick."""
DASHES, DOTS = 5, 20
"""Dashes of a broken frame on each side, and those of a dotted one."""
HALO_COLOUR = (255, 255, 255)
"""RGB of the line behind each frame, which keeps it legible on dark pictures."""
MAX_SIDE = 1600
"""Longest side of an annotated picture in pixels."""
EXPLANATION_SIDE = 168
"""Side of the picture of an explanation in pixels."""
MIN_CHANGE = 0.02
"""Change of the probability that is shown in full colour where no change is larger; smaller ones look faint."""


def draw(picture: Picture, page: Page) -> bytes:
    """Draw the answers and the unread handwriting of `page` on a PNG of at most MAX_SIDE pixels a side.

    The boxes of `page` are in pixels of `picture`.
    """
    canvas, scale, pen = _canvas(picture.rgb)
    for box in page.left_over:
        for colour, width in ((HALO_COLOUR, 3 * pen), (LEFT_OVER_COLOUR, pen)):
            _draw_frame(canvas, _scaled(box, scale), colour, width, dashes=DOTS)
    for number in page.numbers:
        for digit in number.digits:
            _draw_digit(canvas, digit, scale, pen)
    return encode_png(canvas)


def draw_template(template: Template) -> bytes:
    """Draw the fields of `template` on its reference page, each with its name and length, as a PNG of its size.

    The frames of fields that are not read are broken.
    """
    canvas = np.stack([template.reference] * 3, axis=2)
    pen = max(round(max(canvas.shape) / 900), 1)
    size = 9 * pen
    colours = {FieldKind.TICK: TICK_COLOUR, FieldKind.NONE: LEFT_OVER_COLOUR}
    for field in template.fields:
        colour = colours.get(field.kind, FIELD_COLOUR)
        _draw_frame(canvas, field.area, colour, pen, dashes=DASHES if field.kind is FieldKind.NONE else 0)
        label = f"{field.name} ({field.length})" if field.length else field.name
        inside = field.area.h >= 2 * size
        baseline = field.area.y + size if inside else max(field.area.y - 2 * pen, size)
        draw_text(canvas, label, field.area.x + 2 * pen, baseline, size, colour)
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


def _canvas(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float, int]:
    """Return a copy of a picture, reduced to MAX_SIDE, with its scale and the width of frames in pixels."""
    height, width = rgb.shape[:2]
    scale = min(1.0, MAX_SIDE / max(width, height))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    canvas = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=scale == 1.0)
    return canvas, scale, max(round(max(size) / 500), 1)


def _draw_digit(canvas: NDArray[np.uint8], digit: Digit, scale: float, pen: int) -> None:
    box = _scaled(digit.box, scale)
    frame_colour = ACCEPTED_COLOUR if digit.accepted else DOUBTFUL_COLOUR
    for colour, width in ((HALO_COLOUR, 3 * pen), (frame_colour, pen)):
        _draw_frame(canvas, box, colour, width, dashes=0 if digit.accepted else DASHES)
        size = max(box.h / 60, 0.4)
        position = (box.x, max(box.y - 2 * pen, round(22 * size)))
        text = digit.text if digit.accepted else f"{digit.text}?"
        cv2.putText(canvas, text, position, cv2.FONT_HERSHEY_SIMPLEX, size, colour, width, cv2.LINE_AA)


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(value * scale) for value in box))


def _draw_frame(canvas: NDArray[np.uint8], box: Box, colour: tuple[int, int, int], width: int, *, dashes: int) -> None:
    """Draw a frame of so many dashes on each side, as long as the gaps between them; without dashes unbroken."""
    corners = [(box.x, box.y), (box.x + box.w, box.y), (box.x + box.w, box.y + box.h), (box.x, box.y + box.h)]
    steps = 2 * dashes - 1
    for (x, y), (next_x, next_y) in zip(corners, corners[1:] + corners[:1], strict=True):
        if not dashes:
            cv2.line(canvas, (x, y), (next_x, next_y), colour, width, cv2.LINE_AA)
        for step in range(0, steps, 2) if dashes else ():
            first, last = (
                (round(x + (next_x - x) * part / steps), round(y + (next_y - y) * part / steps))
                for part in (step, step + 1)
            )
            cv2.line(canvas, first, last, colour, width, cv2.LINE_AA)
