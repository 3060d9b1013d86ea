"""Writers of composed lines: digits of MNIST's and UNIPEN's writers, with one pen, slant and set of habits a line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.strokes import LONGEST, draw
from ...results import DIGIT_COUNT
from .contextual_styles import connected_zeros
from .digit_styles import DigitStyle
from .non_digit_glyphs import cropped
from .signs import DRAWN, draw_sign
from .style_renderer import draw_style, styles_of
from .typography import placement_of
from .writer_pool import Glyphs, WriterPool

Floats = NDArray[np.float32]
DIGIT_HEIGHT = 40
"""Height of a digit on composed lines in pixels."""


@dataclass(frozen=True)
class WriterParameters:
    """Tuned shares of writing habits; experiments are in docs/log.md, values without one were set by eye."""

    widest_digit: float = 1.5
    """Largest ratio of width to height of a digit."""
    pen_strokes: float = 0.55
    """Share of lines drawn from UNIPEN's pen strokes; the others use MNIST's images."""
    rare_style: float = 0.09
    rare_style_one: float = 0.4
    """Share of digits, and of 1s, in one of their rare styles (1s: E064)."""
    habit: float = 0.14
    habit_one: float = 0.4
    """Share of writers with one fixed rare style for a digit, and for the 1, in numbers (introduced in E078)."""
    fast: float = 0.42
    """Share of writers that write amounts fast, as on cheques (E167; introduced with 0.35 in E144)."""
    habit_fast: float = 0.6
    """Share of digits with a fixed rare style of a fast writer (E144)."""
    program_drawn: float = 0.4
    """Share of signs drawn by program where pen data has them too: pen data has few writers of each."""
    uneven: float = 0.3
    """Share of writers whose characters differ much in height (E240)."""
    low_zero: float = 0.2
    low_one: float = 0.2
    """Share of zeros, and of 1s, that are clearly lower than their neighbours (1s: E240)."""
    raised_point: float = 0.12
    """Share of writers who set the decimal point above the baseline."""
    connected_zeros: float = 0.1
    connected_zeros_fast: float = 0.55
    """Share of writers, and of fast writers, that write consecutive zeros in one stroke (fast ones: E144)."""


WRITERS = WriterParameters()


@dataclass(frozen=True)
class LineWriter:
    """The writer of one line: pen, slant, width of digits, gaps, unsteadiness and habits."""

    pool: WriterPool
    rng: Generator
    uses_strokes: bool
    """True where digits are drawn from UNIPEN's strokes, False for MNIST's images."""
    writer: int
    pen: float
    slant: float
    stretch: float
    gap: float
    spread: float
    unsteady: float
    sign_writer: int
    """Writer of the letters and signs: the same as the digits' where that one wrote any."""
    habits: Mapping[int, DigitStyle]
    """Fixed rare styles by digit."""
    is_fast: bool
    """True for a writer that writes amounts fast, as on cheques, with several digits similar to letters."""
    connects_zeros: bool
    """True for a writer that writes consecutive zeros in one stroke."""
    point_rise: float
    """Height of the writer's points above their usual place, in units of DIGIT_HEIGHT."""

    @classmethod
    def draw(cls, pool: WriterPool, rng: Generator) -> LineWriter:
        """Return a random writer of `pool`."""
        uses_strokes = bool(rng.random() < WRITERS.pen_strokes)
        writers = pool.stroke_writers if uses_strokes else pool.writers
        is_fast = bool(rng.random() < WRITERS.fast)
        writer = int(writers[rng.integers(len(writers))])
        sign_writers = pool.signs.writer[pool.usable_signs]
        wrote_signs = uses_strokes and writer in pool.writers_of_signs
        return cls(
            pool, rng, uses_strokes, writer,
            math.exp(rng.uniform(math.log(3), math.log(17))), rng.normal(0.04, 0.16), math.exp(rng.normal(0, 0.14)),
            _draw_gap(rng), rng.uniform(0.02, 0.12),
            rng.uniform(0.12, 0.25) if rng.random() < WRITERS.uneven else rng.uniform(0.02, 0.12),
            writer if wrote_signs else int(sign_writers[rng.integers(len(sign_writers))]),
            _draw_habits(rng, is_fast), is_fast,
            bool(rng.random() < (WRITERS.connected_zeros_fast if is_fast else WRITERS.connected_zeros)),
            rng.uniform(0.15, 0.5) if rng.random() < WRITERS.raised_point else 0.0,
        )  # fmt: skip

    def digit(self, digit: int, *, alone: bool = False) -> Floats:
        """Return one digit about DIGIT_HEIGHT tall, cropped: float32 (h, w) in 0..1.

        With `alone`, styles that only a neighbouring digit tells from a letter are left out.
        """
        rng = self.rng
        height = DIGIT_HEIGHT * math.exp(rng.normal(0, self.unsteady))
        low = {0: WRITERS.low_zero, 1: WRITERS.low_one}.get(digit, 0.0)
        height *= rng.uniform(0.55, 0.9) if rng.random() < low else 1.0
        style = None if alone else self.habits.get(digit)
        if style is None and rng.random() < (WRITERS.rare_style_one if digit == 1 else WRITERS.rare_style):
            style = _draw_rare_style(digit, rng, alone=alone)
        if style is not None:
            return _resized(cropped(draw_style(style, self.pen, self.slant, rng)), height, self.stretch)
        if self.uses_strokes:
            strokes = self.pool.strokes.strokes(int(rng.choice(self.pool.unipen(self.writer, digit))))
            return _resized(cropped(draw(strokes, self.pen, _shear(self.slant))), height, self.stretch)
        image = cropped(self.pool.images[int(rng.choice(self.pool.mnist(self.writer, digit)))])
        scale = height / 20
        large = cv2.resize(image, None, fx=scale * self.stretch, fy=scale, interpolation=cv2.INTER_CUBIC)
        return np.clip((large.astype(np.float32) / 255 - 0.5) * 1.6 + 0.55, 0, 1).astype(np.float32)

    def zeros(self, count: int) -> Floats:
        """Return `count` zeros in one stroke, cropped: float32 (h, w) in 0..1."""
        style = partial(connected_zeros, count)
        glyph = cropped(draw_style(style, self.pen, self.slant, self.rng, upright=True))
        height, width = glyph.shape
        return resized(glyph, width * DIGIT_HEIGHT / LONGEST, height * DIGIT_HEIGHT / LONGEST, cv2.INTER_AREA)

    def doodle(self) -> Floats:
        """Return a doodle, cropped: float32 (h, w) in 0..1; the pool must have doodles."""
        assert self.pool.doodles is not None  # noqa: S101 - documented
        image = self.pool.doodles[int(self.rng.integers(len(self.pool.doodles)))]
        return _resized(cropped(image), DIGIT_HEIGHT * self.rng.uniform(0.7, 1.3))

    def sign(self, character: str) -> tuple[Floats, float]:
        """Return a letter or sign, cropped, and its top's distance from the line's top in units of DIGIT_HEIGHT.

        The glyph is float32 (h, w) in 0..1, sized and placed as handwriting has it.
        """
        rng, placement = self.rng, placement_of(character)
        indices = self.pool.sign(self.sign_writer, character)
        pen = max(self.pen * DIGIT_HEIGHT / 100, 1.2)
        if character in DRAWN and (not len(indices) or rng.random() < WRITERS.program_drawn):
            glyph = draw_sign(character, pen, DIGIT_HEIGHT, rng)
        else:
            size = math.exp(rng.normal(0, self.unsteady + 0.08)) * DIGIT_HEIGHT
            glyph = self._stroked_sign(int(rng.choice(indices)), placement.height * size, placement.width * size, pen)
        if character == "/" and rng.random() < 0.3:  # without overshoot, as many write it between digits
            return glyph, 1 - glyph.shape[0] / DIGIT_HEIGHT + rng.normal(0, 0.05)
        rise = self.point_rise if character == "." else 0.0
        return glyph, placement.top - rise + rng.normal(0, 0.05 + self.unsteady / 2)

    def _stroked_sign(self, index: int, height: float, width: float, pen: float) -> Floats:
        """Return the strokes of a letter or sign at a height in pixels, or, where that is 0, at a width."""
        strokes = self.pool.signs.strokes(index)
        extent = np.ptp(np.concatenate(strokes).astype(np.float64), axis=0)
        scale = height / max(extent[1], 1) if height else width / max(extent[0], 1)
        scale = min(scale, WRITERS.widest_digit * DIGIT_HEIGHT / max(float(extent.max()), 1))
        matrix = _shear(self.slant) @ np.diag([self.stretch, 1.0]) if height else np.eye(2)
        glyph = cropped(draw(strokes, pen, matrix, max(scale, 1e-3)))
        return (glyph / 255).astype(np.float32)


def _draw_gap(rng: Generator) -> float:
    """Return a writer's gap between characters in units of DIGIT_HEIGHT; some write each well apart (E240)."""
    spacing = rng.random()
    if spacing < 0.32:
        return float(rng.normal(-0.04, 0.05))
    if spacing < 0.73:
        return float(rng.uniform(0.0, 0.2))
    return float(rng.uniform(0.2, 0.8) if spacing < 0.91 else rng.uniform(0.8, 1.5))


def _draw_habits(rng: Generator, is_fast: bool) -> dict[int, DigitStyle]:
    """Return the rare styles in which a writer writes all digits of a kind."""
    habits: dict[int, DigitStyle] = {}
    for digit in range(DIGIT_COUNT):
        share = WRITERS.habit_fast if is_fast else WRITERS.habit_one if digit == 1 else WRITERS.habit
        if rng.random() < share and (style := _draw_rare_style(digit, rng)):
            habits[digit] = style
    return habits


def _draw_rare_style(digit: int, rng: Generator, *, alone: bool = False) -> DigitStyle | None:
    """Return a random rare style of `digit`; None where it has none."""
    styles = styles_of(digit, alone=alone)
    return styles[int(rng.integers(len(styles)))] if styles else None


def _shear(slant: float) -> NDArray[np.float64]:
    return np.array([[1.0, -slant], [0.0, 1.0]])


def _resized(glyph: Glyphs, height: float, stretch: float = 1.0) -> Floats:
    """Return `glyph` at `height`, or smaller where it would get too wide, stretched horizontally by `stretch`."""
    scale = min(height / glyph.shape[0], WRITERS.widest_digit * height / glyph.shape[1])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return resized(glyph, glyph.shape[1] * scale * stretch, glyph.shape[0] * scale, interpolation)


def resized(glyph: Glyphs, width: float, height: float, interpolation: int) -> Floats:
    """Return `glyph` uint8 (h, w) at another size, at least 2 pixels a side: float32 in 0..1."""
    size = (max(round(width), 2), max(round(height), 2))
    out: Floats = (cv2.resize(glyph, size, interpolation=interpolation) / 255).astype(np.float32)
    return out
