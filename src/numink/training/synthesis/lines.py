"""Composed lines with known texts: the training data of the line model.

Each line has one writer. Numbers of all kinds, words, codes, single characters and lines without text; characters are
apart, touching, overlapping or connected by a stroke, struck out or circled, with remains of ruled lines, frames and
noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.unipen import DIGIT_LOOK_ALIKES
from ...recognition.alphabet import LETTERS, OTHER_MARK
from ...recognition.line_image import LineImage, to_line_image
from ...results import Box
from . import texts, words
from .clutter import add_ruled_lines, add_specks
from .degradation import degrade, warp
from .line_layout import CANVAS_MARGIN, LinePart, lay_out
from .non_text_lines import compose_without_text, encircle, strike_out
from .number_parts import write_amount, write_number
from .writer_pool import WriterPool
from .writers import DIGIT_HEIGHT, LineWriter

Floats = NDArray[np.float32]
SLANT_OVERHANG = 8
"""Columns by which slanted digits may extend beyond the line's ends."""
LONE_CHARACTERS = "".join(sorted(set(LETTERS + "$%&#@?*+=") - DIGIT_LOOK_ALIKES))
"""Letters and signs that stand alone on a line in training: none that resembles a digit."""


@dataclass(frozen=True)
class LineParameters:
    """Tuned shares of kinds of lines; experiments are in docs/log.md, values without one were set by eye."""

    amounts: float = 0.2
    """Share of lines with a run of digits, as the line model of ten digits was trained on."""
    numbers: float = 0.5
    """Share of lines with a number of any kind, signs included."""
    pen_lines: float = 0.11
    """Share of lines with words that somebody wrote, some with a number beside them."""
    composed_words: float = 0.05
    """Share of lines with letters put together."""
    fonts: float = 0.04
    """Share of lines set in handwriting fonts and in print."""
    lone: float = 0.05
    """Share of lines with one letter or sign."""
    number_beside: float = 0.25
    """Share of words with a number beside them."""
    second_number: float = 0.06
    """Share of numbers with another one beside them."""
    struck_out: float = 0.06
    """Share of numbers that are struck out, half of them with the right one beside."""
    circled: float = 0.03
    """Share of numbers in a ring."""
    steep: float = 0.12
    """Share of lines slanted so far to the right that each digit stands below the next (E130)."""


LINES = LineParameters()


@dataclass(frozen=True)
class ComposedLine:
    """A line image with its text, as written but for blanks; empty for a line without text."""

    image: LineImage
    text: str
    case_is_reliable: bool = True
    """False where the text does not say which letters are upper case."""


@dataclass(frozen=True)
class ComposedStrokes:
    """The strokes of a line on an empty canvas, with its text; digits stand in the rows from CANVAS_MARGIN on."""

    canvas: Floats
    """float32 (DIGIT_HEIGHT + 2 * CANVAS_MARGIN, W) in 0..1."""
    edges: tuple[int, int]
    """First and last column of the strokes."""
    text: str
    """The text with its blanks."""
    case_is_reliable: bool


def compose_strokes(pool: WriterPool, rng: Generator) -> ComposedStrokes:
    """Return the strokes of a random line by a random writer."""
    writer = LineWriter.draw(pool, rng)
    parts, case_is_reliable, is_number = _compose_parts(writer)
    canvas, columns = lay_out(parts, writer)
    text = _mark_number(canvas, parts, columns, writer) if is_number else "".join(part.text for part in parts)
    return ComposedStrokes(canvas, (columns[0][0], max(last for _, last in columns)), text, case_is_reliable)


def compose_line(pool: WriterPool, rng: Generator) -> ComposedLine:
    """Return a random line."""
    strokes = compose_strokes(pool, rng)
    edges = strokes.edges
    body = Box(edges[0], CANVAS_MARGIN, max(edges[1] - edges[0], 4), DIGIT_HEIGHT)
    canvas = add_specks(add_ruled_lines(strokes.canvas, body, rng), rng)
    slant = rng.uniform(0.35, 1.05) if rng.random() < LINES.steep else rng.normal(0.05, 0.16)
    border = max(math.ceil(abs(slant) * DIGIT_HEIGHT / 2) - SLANT_OVERHANG, 0)
    canvas = cv2.copyMakeBorder(canvas, 0, 0, border, border, cv2.BORDER_CONSTANT).astype(np.float32)
    canvas, slope = warp(canvas, slant, rng)
    box = _line_box(canvas, (edges[0], edges[1] + 2 * border), rng)
    image = to_line_image(degrade(canvas, rng), box, slope + rng.normal(0, 0.015))
    return ComposedLine(image, "".join(strokes.text.split()), strokes.case_is_reliable)


class _Parts(NamedTuple):
    """The parts of a line, whether the case of its letters is known, and whether it is one number."""

    parts: list[LinePart]
    case_is_reliable: bool = True
    is_number: bool = False


def _compose_parts(writer: LineWriter) -> _Parts:
    """Return the parts of a random kind of line, or, beyond all shares, of a line without text."""
    shares, kinds = zip(*KINDS, strict=True)
    kind = int(np.searchsorted(np.cumsum(shares), writer.rng.random()))
    return kinds[kind](writer) if kind < len(kinds) else _Parts(compose_without_text(writer))


def _compose_amount(writer: LineWriter) -> _Parts:
    return _Parts(write_amount(writer), is_number=True)


def _compose_number(writer: LineWriter) -> _Parts:
    rng = writer.rng
    number = write_number(writer, texts.number(rng))
    if rng.random() < LINES.second_number:
        number += _apart(write_number(writer, texts.number(rng)), rng.uniform(0.4, 1.4))
    return _Parts(number, is_number=True)


def _compose_pen_line(writer: LineWriter) -> _Parts:
    """Return a word or a line that somebody wrote, at times with a number beside it."""
    rng = writer.rng
    part, case_is_reliable = words.pen_line(writer)
    if rng.random() > LINES.number_beside:
        return _Parts([part], case_is_reliable)
    number, gap = write_number(writer, texts.number(rng), among_letters=True), rng.uniform(0.5, 1.3)
    parts = [part, *_apart(number, gap)] if rng.random() < 0.6 else [*number, *_apart([part], gap)]
    return _Parts(parts, case_is_reliable)


def _compose_word(writer: LineWriter) -> _Parts:
    rng = writer.rng
    text = texts.code(rng) if rng.random() < 0.4 else words.random_word(writer)
    return _Parts(words.composed_word(writer, text, cursive=bool(rng.random() < 0.2)))


def _compose_in_font(writer: LineWriter) -> _Parts:
    rng = writer.rng
    text = texts.number(rng) if rng.random() < 0.6 else words.random_word(writer)
    return _Parts(words.font_line(writer, text, printed=bool(rng.random() < 0.35)))


def _compose_lone(writer: LineWriter) -> _Parts:
    """Return one letter or sign, or up to three characters of another script."""
    other = words.other_script(writer) if writer.rng.random() < 0.5 else []
    return _Parts(other or words.composed_word(writer, str(writer.rng.choice(list(LONE_CHARACTERS)))))


KINDS: tuple[tuple[float, Callable[[LineWriter], _Parts]], ...] = (
    (LINES.amounts, _compose_amount), (LINES.numbers, _compose_number), (LINES.pen_lines, _compose_pen_line),
    (LINES.composed_words, _compose_word), (LINES.fonts, _compose_in_font), (LINES.lone, _compose_lone),
)  # fmt: skip
"""Kinds of lines with their shares; the rest are lines without text."""


def _apart(parts: list[LinePart], gap: float) -> list[LinePart]:
    """Return `parts` with a wide gap, and a blank in the text, before the first."""
    return [parts[0]._replace(gap=gap, text=f" {parts[0].text}"), *parts[1:]]


def _mark_number(
    canvas: Floats, parts: Sequence[LinePart], columns: Sequence[tuple[int, int]], writer: LineWriter
) -> str:
    """Strike out or encircle some numbers, or some of their characters, and return the text that is left."""
    rng, text = writer.rng, [part.text for part in parts]
    kind, pen = rng.random(), max(writer.pen * DIGIT_HEIGHT / 100, 1.2) * rng.uniform(0.8, 1.3)
    if kind > LINES.struck_out + LINES.circled:
        return "".join(text)
    count = len(parts) if rng.random() < 0.5 else int(rng.integers(1, len(parts) + 1))
    first = int(rng.integers(0, len(parts) - count + 1))
    extent = (
        min(left for left, _ in columns[first : first + count]),
        max(c for _, c in columns[first : first + count]),
    )
    rows = (CANVAS_MARGIN, CANVAS_MARGIN + DIGIT_HEIGHT)
    if kind < LINES.struck_out:
        strike_out(canvas, extent, rows, pen, rng)
        return "".join([*text[:first], OTHER_MARK, *text[first + count :]])
    encircle(canvas, extent, rows, pen, rng)
    return "".join(text)


def _line_box(canvas: Floats, edges: tuple[int, int], rng: Generator) -> Box:
    """Return the line's box between the columns `edges`, with the inaccuracy of a line segmentation."""
    rows = np.flatnonzero(canvas[:, edges[0] : edges[1]].max(axis=1) > 0.3)
    top, bottom = CANVAS_MARGIN, CANVAS_MARGIN + DIGIT_HEIGHT
    if not (rng.random() < 0.5 or not len(rows)):
        top, bottom = int(rows[0]), int(rows[-1]) + 1
    height = min(max(bottom - top, DIGIT_HEIGHT * 0.6), DIGIT_HEIGHT * 1.6) * math.exp(rng.normal(0, 0.08))
    middle = (top + bottom) / 2 + rng.normal(0, 0.04) * DIGIT_HEIGHT
    return Box(edges[0], round(middle - height / 2), edges[1] - edges[0], max(round(height), 8))
