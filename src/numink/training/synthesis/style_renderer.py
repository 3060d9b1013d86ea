"""Rendering of digit styles: strokes with random variation, drawn like UNIPEN's with pens of any width.

A thick pen merges hook and stem, as coarse scans of such digits do.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.strokes import LONGEST, Points, draw
from ...recognition.glyph import normalise
from .contextual_styles import CONTEXTUAL_STYLES
from .digit_styles import STYLES, DigitStyle, Line

Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]
STROKE_UNITS = 1000
"""Units of a digit's height, as in UNIPEN's strokes."""
THINNEST_PEN, WIDEST_PEN = 2.5, 27.0
"""Pen widths in hundredths of the digit's longer side."""


def render_styles(count: int, rng: Generator) -> tuple[Glyphs, Labels]:
    """Return `count` digits of STYLES with random pens: glyphs uint8 (N, 28, 28) and labels uint8 (N,)."""
    glyphs, labels = [], np.empty(count, np.uint8)
    for index, style_index in enumerate(rng.integers(len(STYLES), size=count)):
        labels[index], style = STYLES[style_index]
        pen = math.exp(rng.uniform(math.log(THINNEST_PEN), math.log(WIDEST_PEN)))
        glyphs.append(normalise(draw_style(style, pen, rng.normal(0, 0.12), rng)))
    return np.round(np.stack(glyphs) * 255).astype(np.uint8), labels


def styles_of(digit: int, *, alone: bool) -> list[DigitStyle]:
    """Return the styles of `digit`; without the contextual ones where it stands `alone`."""
    styles = STYLES if alone else (*STYLES, *CONTEXTUAL_STYLES)
    return [style for style_digit, style in styles if style_digit == digit]


def draw_style(
    style: DigitStyle, pen: float, slant: float, rng: Generator, *, upright: bool = False
) -> NDArray[np.uint8]:
    """Draw one digit of `style` like `strokes.draw`: uint8 (H, W), bright on 0.

    The longer side is LONGEST pixels long; with `upright` the height is, however long the drawing gets.
    """
    strokes = [_vary(line, rng) for line in style(rng)]
    matrix = np.array([[math.exp(rng.normal(0, 0.17)), -slant], [0.0, 1.0]])
    return draw(strokes, pen, matrix, scale=LONGEST / STROKE_UNITS if upright else None)


def _vary(line: Line, rng: Generator) -> Points:
    """Return `line` with its corners moved a little and, in most strokes, cut off twice (Chaikin 1974): (N, 2)."""
    points = np.array(line) + rng.normal(0, 0.022, (len(line), 2))
    for _ in range(2 if rng.random() < 0.7 else 0):
        before, after = points[:-1], points[1:]
        middle = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], middle, points[-1:]])
    return np.round(points * STROKE_UNITS).astype(np.int16)
