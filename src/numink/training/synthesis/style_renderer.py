"""Digits in styles that MNIST hardly has, as pen strokes made by program: hooked 1, crossed 7, slashed 0, open 4 ...

Each style is a few strokes through points that wander, as a hand does; drawn like UNIPEN's strokes. A thick pen runs
hook and stem together, which is how such digits come from coarse scans. Knows nothing of how many are shown.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.strokes import LONGEST, Points, draw
from ...recognition.glyph import normalise
from .contextual_styles import IN_ROWS
from .digit_styles import STYLES, Line, Way

Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]
HEIGHT = 1000
"""Units of a style's height, as in UNIPEN's strokes."""
WIDEST = 27.0
"""Of pens, in hundredths of the digit's longer side; the finest is 2.5."""


def styled(count: int, rng: Generator) -> tuple[Glyphs, Labels]:
    """`count` digits of STYLES with pens of any width: uint8 (N, 28, 28), labels uint8 (N,)."""
    glyphs, labels = [], np.empty(count, np.uint8)
    for at, kind in enumerate(rng.integers(len(STYLES), size=count)):
        labels[at], way = STYLES[kind]
        pen = math.exp(rng.uniform(math.log(2.5), math.log(WIDEST)))
        glyphs.append(normalise(draw_style(way, pen, rng.normal(0, 0.12), rng)))
    return np.round(np.stack(glyphs) * 255).astype(np.uint8), labels


def ways_to_write(digit: int, *, alone: bool) -> list[Way]:
    """The rare styles of `digit`, alone or in a number."""
    return [way for of, way in (STYLES if alone else (*STYLES, *IN_ROWS)) if of == digit]


def draw_style(way: Way, pen: float, slant: float, rng: Generator, *, upright: bool = False) -> NDArray[np.uint8]:
    """As `strokes.draw` draws: uint8 (H, W), bright on 0. With `upright` a height of 1 is LONGEST pixels, however long
    it is, else the longer side has them."""
    strokes = [_wandering(line, rng) for line in way(rng)]
    matrix = np.array([[math.exp(rng.normal(0, 0.17)), -slant], [0.0, 1.0]])
    return draw(strokes, pen, matrix, scale=LONGEST / HEIGHT if upright else None)


def _wandering(line: Line, rng: Generator) -> Points:
    """The corners moved a little and, in most strokes, cut off twice (Chaikin 1974): (N, 2), HEIGHT to the height."""
    points = np.array(line) + rng.normal(0, 0.022, (len(line), 2))
    for _ in range(2 if rng.random() < 0.7 else 0):
        before, after = points[:-1], points[1:]
        middle = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], middle, points[-1:]])
    return np.round(points * HEIGHT).astype(np.int16)
