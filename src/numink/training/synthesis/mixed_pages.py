"""Composed pages of mixed lines with known texts: numbers of all kinds, words, drawings, as on the training lines.

Acceptance is fitted on them, by writers that no training saw: the whole reader is asked, from binarization on.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.alphabet import OTHER_MARK
from .clutter import add_specks
from .degradation import warp
from .line_layout import CANVAS_MARGIN
from .lines import ComposedStrokes, compose_strokes
from .pages import PAPERS, PageStyle, on_paper
from .writer_pool import WriterPool
from .writers import DIGIT_HEIGHT

Grey = NDArray[np.uint8]
MOST_LINES = 5
DIGIT_HEIGHTS = (28, 70)
"""Least and greatest height of digits in pixels: below it a point is no more than a pixel."""
PAGE_MARGIN = 40
"""Empty paper around the lines in pixels."""


@dataclass(frozen=True)
class MixedPage:
    """A page with the texts that stand on it."""

    picture: Grey
    """uint8 (H, W), 0 black."""
    texts: frozenset[str]
    """The texts of all lines without blanks, and those of their parts between blanks."""

    def holds(self, text: str) -> bool:
        """Return whether a number with that text stands on the page."""
        return "".join(text.split()) in self.texts


def compose_mixed_page(pool: WriterPool, rng: Generator) -> MixedPage:
    """Return a page of one to five lines on random paper."""
    lines = [compose_strokes(pool, rng) for _ in range(int(rng.integers(1, MOST_LINES + 1)))]
    digit = rng.uniform(*DIGIT_HEIGHTS)
    drawn = [_drawn(line, digit / DIGIT_HEIGHT, rng) for line in lines]
    pitch = [round(rows.shape[0] * rng.uniform(0.75, 1.1)) for rows in drawn]
    height = sum(pitch) + drawn[-1].shape[0] + 2 * PAGE_MARGIN
    width = max(rows.shape[1] for rows in drawn) + 2 * PAGE_MARGIN + int(rng.integers(0, 200))
    foreground = np.zeros((height, width), np.float32)
    top = PAGE_MARGIN
    for rows, step in zip(drawn, pitch, strict=True):
        left = int(rng.integers(PAGE_MARGIN // 2, width - rows.shape[1] + 1 - PAGE_MARGIN // 2))
        area = foreground[top : top + rows.shape[0], left : left + rows.shape[1]]
        np.maximum(area, rows[: area.shape[0]], out=area)
        top += step
    shadow = 0.0 if rng.random() < 0.5 else float(rng.uniform(0.1, 0.5))
    style = PageStyle(width, height, round(digit), str(rng.choice(PAPERS)), shadow)
    return MixedPage(on_paper(foreground, style, max(pitch[0], 12), rng), _texts(lines))


def _drawn(line: ComposedStrokes, scale: float, rng: Generator) -> NDArray[np.float32]:
    """Return the strokes of a line as they stand on the page, slightly slanted and tilted."""
    canvas = add_specks(line.canvas, rng) if rng.random() < 0.3 else line.canvas
    canvas, _ = warp(canvas, rng.normal(0.05, 0.16), rng)
    margin = max(line.edges[0] - CANVAS_MARGIN, 0)
    canvas = canvas[:, margin:]
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(canvas, None, fx=scale, fy=scale, interpolation=interpolation)
    return np.clip(scaled, 0, 1).astype(np.float32)


def _texts(lines: list[ComposedStrokes]) -> frozenset[str]:
    texts: set[str] = set()
    for line in lines:
        whole = "".join(line.text.split())
        parts = [part for part in line.text.split() if OTHER_MARK not in part]
        texts |= {text for text in (whole, *parts) if OTHER_MARK not in text}
        texts |= {part.rstrip(",.;:") for part in parts}
    return frozenset(texts)
