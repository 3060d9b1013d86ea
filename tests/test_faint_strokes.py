"""Faint handwriting beside bold print is made as strong as the rest, with segmentations made for these tests."""

from __future__ import annotations

import numpy as np

from numink.imaging.faint_strokes import strengthen_faint_strokes
from numink.imaging.page_segmentation import (
    CELL,
    CLASS_NAMES,
    HANDWRITING,
    NEITHER,
    PRINT,
    RULE,
    PageSegmentation,
    page_contrast,
)

HEIGHT, WIDTH = 120, 300
PAPER = 230


def page_with(stroke: int, label: int) -> PageSegmentation:
    """Paper with a black printed block on the left, and a stroke of grey value `stroke` in the middle."""
    surface = np.full((HEIGHT, WIDTH), PAPER, np.uint8)
    cells = np.zeros((HEIGHT // CELL, WIDTH // CELL, len(CLASS_NAMES)), np.float32)
    cells[..., NEITHER] = 1
    for columns, value, kind in ((slice(20, 36), 10, PRINT), (slice(150, 156), stroke, label)):
        surface[30:90, columns] = value
        area = cells[30 // CELL : 90 // CELL, columns.start // CELL : columns.stop // CELL]
        area[:], area[..., kind] = 0, 1
    return PageSegmentation(cells, page_contrast(surface))


def strengthened(stroke: int, label: int = HANDWRITING) -> tuple[float, float]:
    """The mean foreground of the stroke, which was 0.1, and of the paper beside it."""
    foreground = np.zeros((HEIGHT, WIDTH), np.float32)
    foreground[30:90, 20:36] = 1
    foreground[30:90, 150:156] = 0.1
    before = foreground.copy()
    after = strengthen_faint_strokes(foreground, page_with(stroke, label))
    assert (foreground == before).all()
    assert (after >= before).all()
    return float(after[35:85, 151:155].mean()), float(after[:, 200:].max())


def test_a_pencil_stroke_beside_print_becomes_foreground_and_paper_does_not() -> None:
    assert strengthened(185) == (1.0, 0.0)


def test_the_texture_of_paper_stays_faint_whatever_it_is_taken_for() -> None:
    assert strengthened(222)[0] < 0.15


def test_faint_print_and_faint_rules_stay_as_they_are() -> None:
    assert strengthened(185, PRINT)[0] < 0.15
    assert strengthened(185, RULE)[0] < 0.15
