"""Composed lines with known texts: the training data of the line model.

Each line has one writer. Numbers of all kinds, words, codes, single characters and lines without text; characters are
apart, touching, overlapping or connected by a stroke, struck out or circled, with remains of ruled lines, frames and
noise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.unipen import DIGIT_LOOK_ALIKES
from ...recognition.alphabet import LETTERS, OTHER_MARK
from ...recognition.line_image import to_line_image
from ...recognition.types import LineImage
from ...results import Box
from . import texts, words
from .clutter import add_ruled_lines, add_specks
from .degradation import degrade, warp
from .line_layout import CANVAS_MARGIN, LinePart, lay_out, top_on_baseline
from .non_text_lines import compose_without_text, encircle, strike_out
from .writers import DIGIT_HEIGHT, LineWriter, WriterPool

Floats = NDArray[np.float32]
LENGTH_WEIGHTS = np.array([8, 8, 12, 15, 17, 12, 8, 6, 4, 4, 3, 3], float)
"""Relative frequencies of lines of 1, 2, 3 ... digits."""
AMOUNT_LENGTH_WEIGHTS = np.array([3, 6, 15, 25, 28, 14, 6, 3], float)
"""Relative frequencies of amounts of 1, 2, 3 ... digits."""
SLANT_OVERHANG = 8
"""Columns by which slanted digits may extend beyond the line's ends."""
FIRST_DIGIT_PROBABILITIES = np.log10(1 + 1 / np.arange(1, 10))
"""Probabilities of amounts beginning with 1, 2 ... 9 (Benford 1938)."""
LONE_CHARACTERS = "".join(sorted(set(LETTERS + "$%&#@?*+=") - DIGIT_LOOK_ALIKES))
"""Letters and signs that stand alone on a line in training: none that resembles a digit."""


@dataclass(frozen=True)
class LineParameters:
    """Tuned shares of kinds of lines; experiments are in docs/log.md, values without one were set by eye."""

    amounts: float = 0.3
    """Share of lines with a run of digits, as the line model of ten digits was trained on."""
    numbers: float = 0.27
    """Share of lines with a number of any kind, signs included."""
    pen_lines: float = 0.2
    """Share of lines with words that somebody wrote, some with a number beside them."""
    composed_words: float = 0.06
    """Share of lines with letters put together."""
    fonts: float = 0.04
    """Share of lines set in handwriting fonts and in print."""
    lone: float = 0.05
    """Share of lines with one letter or sign."""
    number_beside: float = 0.25
    """Share of words with a number beside them."""
    struck_out: float = 0.06
    """Share of numbers that are struck out, half of them with the right one beside."""
    circled: float = 0.03
    """Share of numbers in a ring."""
    steep: float = 0.12
    """Share of lines slanted so far to the right that each digit stands below the next (E130)."""
    grouped: float = 0.3
    grouped_fast: float = 0.55
    """Share of numbers of more than three digits with separated thousands, by normal and by fast writers (E167)."""


LINES = LineParameters()


@dataclass(frozen=True)
class ComposedLine:
    """A line image with its text, as written but for blanks; empty for a line without text."""

    image: LineImage
    text: str
    case_is_known: bool = True
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
    case_is_known: bool


def compose_strokes(pool: WriterPool, rng: Generator) -> ComposedStrokes:
    """Return the strokes of a random line by a random writer."""
    writer = LineWriter.draw(pool, rng)
    parts, case_is_known, is_number = _compose_parts(writer)
    canvas, columns = lay_out(parts, writer)
    text = _mark_number(canvas, parts, columns, writer) if is_number else "".join(part.text for part in parts)
    return ComposedStrokes(canvas, (columns[0][0], max(last for _, last in columns)), text, case_is_known)


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
    return ComposedLine(image, "".join(strokes.text.split()), strokes.case_is_known)


def _compose_parts(writer: LineWriter) -> tuple[list[LinePart], bool, bool]:
    """Return the parts of a random kind of line, whether the case of letters is known, and whether it is a number."""
    rng = writer.rng
    shares = np.array([LINES.amounts, LINES.numbers, LINES.pen_lines, LINES.composed_words, LINES.fonts, LINES.lone])
    kind = int(np.searchsorted(np.cumsum(shares), rng.random()))
    if kind == 0:
        weights = AMOUNT_LENGTH_WEIGHTS if writer.is_fast else LENGTH_WEIGHTS
        return _write_amount(writer, _draw_digits(rng, weights)), True, True
    if kind == 1:
        number = _write(writer, texts.number(rng))
        if rng.random() < LINES.number_beside / 4:
            number += _apart(_write(writer, texts.number(rng)), rng.uniform(0.4, 1.4))
        return number, True, True
    if kind == 2:
        part, case_is_known = words.pen_line(writer)
        if rng.random() > LINES.number_beside:
            return [part], case_is_known, False
        number, gap = _write(writer, texts.number(rng), among_letters=True), rng.uniform(0.5, 1.3)
        parts = [part, *_apart(number, gap)] if rng.random() < 0.6 else [*number, *_apart([part], gap)]
        return parts, case_is_known, False
    if kind == 3:
        text = texts.code(rng) if rng.random() < 0.4 else words.random_word(writer)
        return words.composed_word(writer, text, cursive=bool(rng.random() < 0.2)), True, False
    if kind == 4:
        text = texts.number(rng) if rng.random() < 0.6 else words.random_word(writer)
        return words.font_line(writer, text, printed=bool(rng.random() < 0.35)), True, False
    if kind == 5:
        other = words.other_script(writer) if rng.random() < 0.5 else []
        return other or words.composed_word(writer, str(rng.choice(list(LONE_CHARACTERS)))), True, False
    return compose_without_text(writer), True, False


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


def _draw_digits(rng: Generator, length_weights: NDArray[np.float64]) -> str:
    """Return random digits; some begin as amounts do, a third have a run of one digit, mostly of zeros."""
    count = int(rng.choice(len(length_weights), p=length_weights / length_weights.sum())) + 1
    digits = rng.integers(0, 10, count)
    if rng.random() < 0.3:
        digits[0] = rng.choice(9, p=FIRST_DIGIT_PROBABILITIES) + 1
    if rng.random() < 0.35 and count > 1:
        start = int(rng.integers(0, count - 1))
        digits[start : start + int(rng.integers(2, 5))] = 0 if rng.random() < 0.6 else rng.integers(10)
    return "".join(map(str, digits))


def _write_amount(writer: LineWriter, text: str) -> list[LinePart]:
    """Return the digits of `text` with thousands, a currency before and an ending behind, as on forms and cheques."""
    rng = writer.rng
    separator = ".,"[int(rng.integers(2))]
    written = separator.join(_groups(text, LINES.grouped_fast if writer.is_fast else LINES.grouped, rng))
    if rng.random() < 0.05:
        written = "$#*="[int(rng.integers(4))] + written
    ending = rng.random()
    if ending < 0.26:
        written += ("", "", ",", ".")[int(rng.integers(4))] + ".-=~--"[int(rng.integers(6))]
    return _write(writer, written)


def _write(writer: LineWriter, text: str, *, among_letters: bool = False) -> list[LinePart]:
    """Return the characters of `text` as one number: wide gaps only where it has blanks.

    Digits alone or among letters have none of the styles that only neighbouring digits tell from a letter.
    """
    rng = writer.rng
    alone = among_letters or len(text) == 1 or any(character.isalpha() for character in text)
    parts: list[LinePart] = []
    blank = ""
    for run in re.findall("0{2,}|." if writer.connects_zeros else ".", text):
        if run == " ":
            blank = " "
            continue
        gap = max(writer.gap + rng.normal(0, writer.spread), -0.07)
        if not parts:
            gap = rng.uniform(0.3, 1.2)
        elif blank:
            gap += rng.uniform(0.4, 1.0)
        elif rng.random() < 0.03:
            gap += rng.uniform(0.2, 0.8)
        if run[0].isdigit():
            glyph = writer.digit(int(run), alone=alone) if len(run) == 1 else writer.zeros(len(run))
            top = top_on_baseline(glyph, rng)
        else:
            glyph, top = writer.sign(run)
            gap = max(gap, rng.uniform(0.0, 0.25)) if rng.random() < 0.7 else gap
        parts.append(LinePart(glyph, gap, top, blank + run))
        blank = ""
    return parts


def _groups(text: str, grouped: float, rng: Generator) -> list[str]:
    """Return `text` as one group, in thousands (with probability `grouped`), or split before the last two digits."""
    if len(text) > 3 and rng.random() < grouped:
        first = len(text) % 3
        thousands = (text[start : start + 3] for start in range(first, len(text), 3))
        return [group for group in (text[:first], *thousands) if group]
    return [text[:-2], text[-2:]] if len(text) > 2 and rng.random() < 0.05 else [text]
