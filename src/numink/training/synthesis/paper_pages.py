"""Composed pages of real kinds of paper with truth to the pixel: the training data of page segmentation.

A page is square and as large as a training example. Forms, tables, notes, puzzles, print without handwriting and
handwriting without print; pictures that hold no writing at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...imaging.page_segmentation import CELL, HANDWRITING, NEITHER, PRINT, RULE, page_contrast
from . import paper_blocks as blocks
from . import paper_tables as tables
from .handwriting_bank import HandwritingBank
from .paper_appearance import Photograph, photograph
from .paper_blocks import PageHand
from .paper_canvas import PaperCanvas, line, put
from .printed_matter import Typeface

Grey = NDArray[np.uint8]
Block = Callable[[PageHand, float, float, float], float]
PAGE_MARGIN = 48
"""Pixels around an example that are composed and then lost to rotation and perspective."""


@dataclass(frozen=True)
class PaperParameters:
    """Tuned shares and sizes of composed pages; set by eye."""

    type_sizes: tuple[float, float] = (7, 26)
    """Least and greatest size of type, in pixels of the working picture."""
    large: float = 0.1
    """Share of pages with handwriting of up to `largest_digit` pixels, as on pictures of a single field."""
    largest_digit: float = 200
    crossing: float = 0.12
    """Share of pages with handwriting across whatever stands there."""
    flourish: float = 0.08
    """Share of pages with a long stroke of the pen: a signature's, or one that fills an empty column."""
    least_coverage: tuple[float, float, float] = (0.22, 0.25, 0.2)
    """Coverage of a cell from which it is handwriting, else print, else a rule."""


PARAMETERS = PaperParameters()
KINDS: tuple[tuple[float, dict[Block, float]], ...] = (
    (0.30, {blocks.field: 5, blocks.comb: 3, blocks.paragraph: 2, blocks.title: 1, blocks.check_boxes: 1,
            tables.table: 1.5, tables.picture_block: 0.5, tables.written_lines: 0.7}),
    (0.20, {tables.table: 6, blocks.title: 1, blocks.paragraph: 1, blocks.field: 1, tables.written_lines: 0.5}),
    (0.13, {tables.written_lines: 1}),
    (0.10, {tables.written_lines: 3, blocks.paragraph: 3, blocks.title: 1, tables.picture_block: 0.5}),
    (0.12, {blocks.paragraph: 6, blocks.title: 2, tables.picture_block: 2, tables.bubbles: 0.5}),
    (0.07, {blocks.comb: 1, tables.puzzle: 0.2}),
    (0.05, {tables.puzzle: 3, blocks.title: 1}),
    (0.03, {tables.bubbles: 3, blocks.paragraph: 1, blocks.comb: 1}),
)  # fmt: skip
"""Kinds of pages with their shares, and how often each block stands on one; the rest are empty."""


@dataclass(frozen=True)
class ComposedPaper:
    """An example of page segmentation: the picture and the class of each of its cells."""

    picture: Grey
    """uint8 (H, W), dark ink on light paper."""
    labels: Grey
    """uint8 (H / CELL, W / CELL): HANDWRITING, PRINT, RULE or NEITHER."""

    @property
    def contrast(self) -> Grey:
        """The network's input."""
        return page_contrast(self.picture)


def compose_paper(bank: HandwritingBank, fonts: Sequence[Path], side: int, rng: Generator) -> ComposedPaper:
    """Return a random example of `side` x `side` pixels, a multiple of CELL.

    Args:
        bank: Handwriting.
        fonts: Files of print fonts.
        side: Side of the picture in pixels.
        rng: Source of all that is random.
    """
    canvas = PaperCanvas.empty(side + 2 * PAGE_MARGIN)
    kind = int(np.searchsorted(np.cumsum([share for share, _ in KINDS]), rng.random()))
    if kind < len(KINDS):
        page = _page_hand(canvas, bank, fonts, rng)
        _draw_background(page)
        _fill(page, KINDS[kind][1])
        if rng.random() < PARAMETERS.crossing and kind not in (4, 5):
            x, y = rng.uniform(0, canvas.side, 2)
            page.write(x, y, canvas.side)
        if rng.random() < PARAMETERS.flourish and kind not in (4, 5):
            _draw_flourish(page)
    taken = photograph(canvas, PAGE_MARGIN, rng)
    return ComposedPaper(taken.picture, _labels(taken))


def _page_hand(canvas: PaperCanvas, bank: HandwritingBank, fonts: Sequence[Path], rng: Generator) -> PageHand:
    size = math.exp(rng.uniform(*np.log(PARAMETERS.type_sizes)))
    digit = float(np.clip(size * rng.uniform(1.0, 2.6), 12, 64))
    if rng.random() < PARAMETERS.large:
        digit = math.exp(rng.uniform(math.log(50), math.log(PARAMETERS.largest_digit)))
        size = digit * rng.uniform(0.25, 0.6)
    return PageHand(
        canvas, bank, Typeface.draw(fonts, rng), Typeface.draw(fonts, rng), rng, max(round(size), 7), digit,
        max(rng.uniform(0.6, 1.6) * size / 14, 1.0), 1.0 if rng.random() < 0.5 else float(rng.uniform(0.0, 1.0)),
    )  # fmt: skip


def _fill(page: PageHand, frequencies: dict[Block, float]) -> None:
    """Draw blocks one below the other, in one column or two."""
    rng, side = page.rng, page.canvas.side
    columns = [(-0.05 * side, side * 1.05)]
    if rng.random() < 0.5:
        columns = [(side * rng.uniform(0.02, 0.3), side * rng.uniform(0.75, 1.1))]
    if rng.random() < 0.25:
        middle = rng.uniform(0.3, 0.7) * side
        columns = [(columns[0][0], middle - 8), (middle + 8, columns[0][1])]
    available = list(frequencies)
    shares = np.array(list(frequencies.values())) / sum(frequencies.values())
    for left, right in columns:
        top = rng.uniform(-0.2, 0.25) * side
        while top < side:
            block = available[int(rng.choice(len(available), p=shares))]
            top = block(page, left, top, right) + rng.exponential(0.6) * page.type_size
            if rng.random() < 0.06:
                page.draw_rule((left, top), (right, top))
                top += page.type_size


def _draw_flourish(page: PageHand) -> None:
    """Draw a long smooth stroke through random points."""
    rng, side = page.rng, page.canvas.side
    turns = rng.uniform(0.05, 0.95, (1, int(rng.integers(3, 8)), 2)).astype(np.float32)
    extent = side * rng.uniform(0.2, 1.0)
    path = cv2.resize(turns, (80, 1), interpolation=cv2.INTER_CUBIC)[0] * extent + rng.uniform(-0.1, 0.6, 2) * side
    points = np.round(path * 8).astype(np.int32).reshape(-1, 1, 2)
    thickness = max(round(page.digit_height * rng.uniform(0.04, 0.1)), 1)
    cv2.polylines(page.canvas.handwriting, [points], False, 255, thickness, cv2.LINE_AA, shift=3)


def _draw_background(page: PageHand) -> None:
    """Draw what whole sheets carry: squares, rules, dots, or a pattern as on cheques."""
    rng, side, kind = page.rng, page.canvas.side, page.rng.random()
    pitch = page.digit_height * rng.uniform(0.5, 1.8)
    level = int(rng.integers(50, 200))
    if kind < 0.14:
        for offset in np.arange(rng.uniform(0, pitch), side, pitch):
            line(page.canvas.rules, (0, offset), (side, offset), level, 1)
            if kind < 0.08:
                line(page.canvas.rules, (offset, 0), (offset, side), level, 1)
    elif kind < 0.17:
        rows, columns = (np.arange(rng.uniform(0, pitch), side, pitch).astype(int) for _ in range(2))
        page.canvas.rules[np.ix_(rows, columns)] = 255
    elif kind < 0.27:
        y, x = np.mgrid[0:side, 0:side].astype(np.float32)
        waves = np.sin(x * rng.uniform(0.05, 1.2) + 3 * np.sin(y * rng.uniform(0.02, 0.3)) + y * rng.uniform(-0.6, 0.6))
        page.canvas.shade[:] *= 1 - rng.uniform(0.03, 0.16) * (waves > rng.uniform(0.0, 0.8))
    if rng.random() < 0.08:  # bleed-through of the other side
        for _ in range(int(rng.integers(1, 8))):
            written = page.bank.line(page.digit_height, side, rng).strokes[:, ::-1]
            x, y = rng.uniform(-0.2, 1, 2) * side
            faint = np.zeros((side, side), np.uint8)
            put(faint, written, x, y)
            page.canvas.shade[:] *= 1 - cv2.GaussianBlur(faint, (5, 5), 1.2).astype(np.float32) / 255 * rng.uniform(
                0.02, 0.1
            )


def _labels(taken: Photograph) -> Grey:
    """Return the class of each cell by the coverage of it; handwriting counts before print, print before rules."""
    size = (taken.picture.shape[1] // CELL, taken.picture.shape[0] // CELL)
    labels = np.full(size[::-1], NEITHER, np.uint8)
    layers = (taken.handwriting, taken.printed, taken.rules)
    for label, layer, least in reversed(
        list(zip((HANDWRITING, PRINT, RULE), layers, PARAMETERS.least_coverage, strict=True))
    ):
        labels[cv2.resize(layer, size, interpolation=cv2.INTER_AREA) > least * 255] = label
    return labels
