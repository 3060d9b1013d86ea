"""Blocks of composed pages: paragraphs, fields, combs, tables, lists, puzzles, and what else stands on paper.

Each function draws one block into a column of the page and returns the row below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from . import printed_matter as matter
from .handwriting_bank import HandwritingBank, scaled_character
from .paper_canvas import PaperCanvas, frame, line, put
from .printed_matter import Typeface


@dataclass(frozen=True)
class PageHand:
    """All that the blocks of one page share: its layers, its sources of marks, and its sizes in pixels."""

    canvas: PaperCanvas
    bank: HandwritingBank
    typeface: Typeface
    heading: Typeface
    rng: Generator
    type_size: int
    """Size of the type of captions and paragraphs."""
    digit_height: float
    """Height of handwritten digits."""
    rule: float
    """Thickness of rules."""
    filled: float
    """Share of fields and cells that are filled in."""

    def print(self, text: str, left: float, top: float, size: int = 0, typeface: Typeface | None = None) -> float:
        """Print `text` with its upper left corner at a place; return its width."""
        patch = (typeface or self.typeface).set(text, size or self.type_size)
        put(self.canvas.printed, patch, left, top)
        return float(patch.shape[1])

    def write(self, left: float, baseline: float, widest: float, height: float = 0.0) -> float:
        """Write a line of handwriting that stands on row `baseline`, at most `widest` pixels; return its width."""
        height = height or self.digit_height * math.exp(self.rng.normal(0, 0.08))
        written = self.bank.line(height, widest, self.rng)
        put(self.canvas.handwriting, written.strokes, left, baseline - height - written.top)
        return float(written.strokes.shape[1])

    def draw_rule(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a straight rule of the page's usual thickness."""
        line(self.canvas.rules, start, end, 255, self.rule)


def paragraph(page: PageHand, left: float, top: float, right: float) -> float:
    """Print a few lines of text, at times two columns of figures."""
    rng, pitch = page.rng, page.type_size * page.rng.uniform(1.1, 1.7)
    size = page.type_size if rng.random() < 0.7 else max(round(page.type_size * rng.uniform(0.6, 1.3)), 6)
    words = max(round((right - left) / (size * 2.6)), 1)
    for index in range(int(rng.integers(1, 8))):
        indent = 0.0 if rng.random() < 0.8 else rng.uniform(0, 0.3) * (right - left)
        text = matter.sentence(page.bank.vocabulary, rng, max(words - int(rng.integers(0, 2 + words // 3)), 1))
        page.print(text, left + indent, top + index * pitch, size)
        last = top + (index + 1) * pitch
    return last + page.type_size * rng.uniform(0.3, 1.5)


def title(page: PageHand, left: float, top: float, right: float) -> float:
    """Print a heading, at times white on a dark band, underlined or spaced."""
    rng = page.rng
    size = round(page.type_size * rng.uniform(1.2, 3.5))
    text = matter.sentence(page.bank.vocabulary, rng, int(rng.integers(1, 4)))
    text = text.upper() if rng.random() < 0.5 else text
    patch = page.heading.set(text, size)[:, : max(int(right - left), 1)]
    start = left if rng.random() < 0.5 else left + (right - left - patch.shape[1]) / 2
    if rng.random() < 0.15:
        band = np.full((patch.shape[0] + size // 2, max(int(right - left), 2)), int(rng.integers(150, 256)), np.uint8)
        area = band[size // 4 : size // 4 + patch.shape[0], : patch.shape[1]]
        area[:] = np.minimum(area, 255 - patch[:, : area.shape[1]])
        put(page.canvas.printed, band, left, top)
        return top + float(band.shape[0]) + size * 0.5
    put(page.canvas.printed, patch, start, top)
    bottom = top + float(patch.shape[0])
    if rng.random() < 0.2:
        page.draw_rule((left, bottom + 3), (right, bottom + 3))
    return bottom + size * rng.uniform(0.3, 0.9)


def field(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw one or two captions with a fill-in line, a dotted line, a box or nothing, most of them filled in."""
    rng, height = page.rng, max(page.digit_height * page.rng.uniform(1.2, 1.9), page.type_size * 1.2)
    count = 2 if rng.random() < 0.3 and right - left > 12 * page.digit_height else 1
    step, kind = (right - left) / count, rng.random()
    above = rng.random() < 0.2
    for index in range(count):
        x = left + index * step
        baseline = top + height * 0.85 + (page.type_size if above else 0)
        end = x + step - page.type_size * rng.uniform(0.3, 1.0)
        caption_top = top if above else baseline - page.type_size * rng.uniform(0.7, 1.1)
        width = page.print(matter.caption(rng), x, caption_top)
        start = x if above else x + width + page.type_size * rng.uniform(0.2, 1.5)
        if end - start < page.digit_height:
            continue
        below = rng.uniform(0.0, 0.35) * page.digit_height
        if kind < 0.35:
            page.draw_rule((start, baseline + below), (end, baseline + below))
        elif kind < 0.55:
            dotted_rule(page, start, end, baseline + below)
        elif kind < 0.8:
            frame(page.canvas.rules, (start, baseline - height * 0.85, end, baseline + height * 0.3), 255, page.rule)
        if rng.random() < page.filled:
            offset = rng.uniform(0, 0.4) * (end - start)
            page.write(start + offset, baseline, (end - start - offset) * rng.uniform(0.8, 1.25))
    return top + height * rng.uniform(1.15, 1.6) + (page.type_size if above else 0)


def dotted_rule(page: PageHand, start: float, end: float, row: float) -> None:
    """Draw a fill-in line of dots, dashes, or underscores."""
    rng = page.rng
    pitch = rng.uniform(2.5, 7) * max(page.rule, 1)
    length = 0.0 if rng.random() < 0.5 else pitch * rng.uniform(0.3, 0.8)
    for x in np.arange(start, end, pitch):
        line(page.canvas.rules, (x, row), (min(x + length, end), row), 255, page.rule)


def comb(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw a row of boxes, joined, apart or as a comb, with one written character in each, or none."""
    rng, size = page.rng, page.digit_height * page.rng.uniform(1.1, 2.0)
    caption_width = page.print(matter.caption(rng), left, top + size * 0.3) if rng.random() < 0.6 else 0.0
    x = left + caption_width + page.type_size * 0.5
    pitch = size * rng.uniform(0.7, 1.3)
    count = min(int(rng.integers(2, 16)), max(int((right - x) // pitch), 0))
    gap, is_comb = (0.0 if rng.random() < 0.65 else pitch * rng.uniform(0.1, 0.4)), rng.random() < 0.25
    writer, is_filled = page.bank.writer(rng), rng.random() < page.filled
    is_printed = rng.random() < 0.06
    for _ in range(count):
        box = (x, top, x + pitch - gap, top + size)
        if is_comb:
            page.draw_rule((box[0], top + size), (box[0], top + size * rng.uniform(0.4, 0.6)))
            page.draw_rule((box[0], top + size), (x + pitch, top + size))
        else:
            frame(page.canvas.rules, box, 255, page.rule)
        if is_printed:
            page.print(str(rng.integers(10)), x + pitch * 0.25, top + size * 0.25, max(round(size * 0.6), 6))
        elif is_filled and rng.random() < 0.9:
            _write_in_box(page, writer[int(rng.integers(len(writer)))], box)
        elif rng.random() < 0.05:
            page.print(str(rng.choice(list("DMY/-.0"))), x + pitch * 0.3, top + size * 0.3)
        x += pitch
    return top + size * rng.uniform(1.15, 1.7)


def _write_in_box(page: PageHand, character: np.ndarray, box: tuple[float, float, float, float]) -> None:
    rng, (left, top, right, bottom) = page.rng, box
    glyph = scaled_character(character, min(page.digit_height, (bottom - top) * 0.9) * rng.uniform(0.75, 1.1))
    x = (left + right - glyph.shape[1]) / 2 + rng.normal(0, 0.12) * (right - left)
    y = (top + bottom - glyph.shape[0]) / 2 + rng.normal(0, 0.1) * (bottom - top)
    put(page.canvas.handwriting, glyph, x, y)


def check_boxes(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw boxes or rings with a label each, some ticked, crossed or filled by hand."""
    rng, size = page.rng, page.type_size * page.rng.uniform(0.9, 1.6)
    for _ in range(int(rng.integers(1, 5))):
        x = left
        for _ in range(int(rng.integers(1, 4))):
            frame(page.canvas.rules, (x, top, x + size, top + size), 255, page.rule)
            if rng.random() < page.filled * 0.5:
                ends = rng.uniform(-0.2, 1.2, (3, 2)) * size + (x, top)
                for start, end in ((0, 1), (1, 2)):
                    thickness = max(page.digit_height * 0.08, 1)
                    line(page.canvas.handwriting, tuple(ends[start]), tuple(ends[end]), 255, thickness)
            x += size * 1.4 + page.print(matter.caption(rng), x + size * 1.4, top) + page.type_size
            if x > right - 4 * size:
                break
        top += size * 1.6
    return top + size * 0.3
