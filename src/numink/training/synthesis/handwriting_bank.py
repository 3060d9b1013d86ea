"""A bank of handwriting that the pages of one epoch share: composing lines anew for each page would take longest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from . import words
from .line_layout import CANVAS_MARGIN, lay_out
from .lines import compose_strokes
from .writer_pool import WriterPool
from .writers import DIGIT_HEIGHT, LineWriter

Layer = NDArray[np.uint8]
CAPITALS = "ABDEFGHKLMNPRSTUXYZ"
"""Letters that writers of combs write."""
PEN_LINES = 0.35
"""Share of words among the lines; the others are numbers and all that is composed for the line model."""
LONGEST_SHORT_LINE = 4.0
"""Width of a line that fits into a cell, in digit heights."""
THIN_STROKE_GAIN = 1.7
"""Factor of the coverage of strokes that are reduced below a pixel's width: a pen leaves a visible line."""


@dataclass(frozen=True)
class WrittenLine:
    """A line of handwriting, uint8 (h, w) bright on 0, whose digits stand in the rows `top` to `top` + DIGIT_HEIGHT."""

    strokes: Layer
    top: int = CANVAS_MARGIN

    def scaled(self, height: float) -> WrittenLine:
        """Return the line with digits `height` pixels tall."""
        scale = height / DIGIT_HEIGHT
        size = (max(round(self.strokes.shape[1] * scale), 1), max(round(self.strokes.shape[0] * scale), 1))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        strokes = cv2.resize(self.strokes, size, interpolation=interpolation)
        gain = min(THIN_STROKE_GAIN, 1 / scale) if scale < 1 else 1.0
        return WrittenLine(
            cv2.convertScaleAbs(strokes, alpha=gain).astype(np.uint8, copy=False), round(self.top * scale)
        )


@dataclass(frozen=True)
class HandwritingBank:
    """Lines and single characters, each set of characters by one writer, and the words of the pen lines' labels."""

    lines: Sequence[WrittenLine]
    characters: Sequence[Sequence[Layer]]
    """Of each writer some digits and capitals, uint8 (h, w), digits about DIGIT_HEIGHT tall."""
    vocabulary: Sequence[str]

    @cached_property
    def short_lines(self) -> Sequence[WrittenLine]:
        """The lines that fit into a cell of a table."""
        return [line for line in self.lines if line.strokes.shape[1] < LONGEST_SHORT_LINE * DIGIT_HEIGHT]

    def line(self, height: float, widest: float, rng: Generator) -> WrittenLine:
        """Return a random line with digits `height` pixels tall, cut off, or at times squeezed, at width `widest`."""
        lines = self.short_lines if widest < LONGEST_SHORT_LINE * height and self.short_lines else self.lines
        chosen = lines[int(rng.integers(len(lines)))].scaled(height)
        return replace(chosen, strokes=chosen.strokes[:, : max(math.ceil(widest), 2)])

    def writer(self, rng: Generator) -> Sequence[Layer]:
        """Return the characters of a random writer."""
        return self.characters[int(rng.integers(len(self.characters)))]


def compose_bank(pool: WriterPool, lines: int, writers: int, rng: Generator) -> HandwritingBank:
    """Return a bank of so many lines and writers of single characters."""
    pool = _without_print(pool)
    labels = pool.pen_lines.text[pool.usable_lines]
    vocabulary = sorted({word for label in labels[:4000].tolist() for word in str(label).split() if len(word) > 1})
    return HandwritingBank(
        [_compose_line(pool, rng) for _ in range(lines)],
        [_compose_characters(LineWriter.draw(pool, rng)) for _ in range(writers)],
        vocabulary,
    )


def scaled_character(character: Layer, height: float) -> Layer:
    """Return a writer's character where digits are `height` pixels tall."""
    return WrittenLine(character).scaled(height).strokes


def _without_print(pool: WriterPool) -> WriterPool:
    """Return `pool` with handwriting fonts in the place of print: what the bank holds is handwriting."""
    return pool if pool.fonts is None else replace(pool, fonts=replace(pool.fonts, printed=pool.fonts.handwriting))


def _compose_line(pool: WriterPool, rng: Generator) -> WrittenLine:
    if rng.random() < PEN_LINES:
        writer = LineWriter.draw(pool, rng)
        canvas, columns = lay_out([words.pen_line(writer)[0] for _ in range(int(rng.integers(1, 4)))], writer)
        edges = columns[0][0], columns[-1][1]
    else:
        composed = compose_strokes(pool, rng)
        canvas, edges = composed.canvas, composed.edges
    strokes = canvas[:, max(edges[0] - 2, 0) : edges[1] + 3]
    slant = rng.normal(0.03, 0.12)
    matrix = np.array([[1, -slant, slant * (CANVAS_MARGIN + DIGIT_HEIGHT)], [0, 1, 0]])
    size = (strokes.shape[1] + 8, strokes.shape[0])
    slanted = cv2.warpAffine(np.clip(strokes, 0, 1) * 255, matrix, size)
    return WrittenLine(slanted.astype(np.uint8))


def _compose_characters(writer: LineWriter) -> list[Layer]:
    digits = [writer.digit(digit) for digit in (*range(10), *range(10))]
    capitals = [writer.sign(str(letter))[0] for letter in writer.rng.choice(list(CAPITALS), 6)]
    return [(np.clip(glyph, 0, 1) * 255).astype(np.uint8) for glyph in (*digits, *capitals)]
