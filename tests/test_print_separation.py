"""The parting of print from handwriting by components, with segmentations made for these tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from numink.imaging.page_segmentation import CELL, CLASS_NAMES, HANDWRITING, NEITHER, PRINT, RULE, PageSegmentation
from numink.imaging.print_separation import may_hold_print, separate_print

HEIGHT, WIDTH = 120, 300
Mask = NDArray[np.float32]


def empty() -> tuple[Mask, NDArray[np.float32]]:
    """A foreground without marks, and a segmentation that calls all of it neither."""
    cells = np.zeros((HEIGHT // CELL, WIDTH // CELL, len(CLASS_NAMES)), np.float32)
    cells[..., NEITHER] = 1
    return np.zeros((HEIGHT, WIDTH), np.float32), cells


def mark(
    page: tuple[Mask, NDArray[np.float32]], box: tuple[int, int, int, int], label: int, chance: float = 0.96
) -> None:
    """Draw a block (left, top, right, bottom) that the segmentation takes for `label`, its rest for the other text."""
    (foreground, cells), (left, top, right, bottom) = page, box
    foreground[top:bottom, left:right] = 1
    area = cells[top // CELL : bottom // CELL, left // CELL : right // CELL]
    area[:] = 0
    area[..., label] = chance
    area[..., PRINT if label != PRINT else HANDWRITING] += 1 - chance


def print_row(page: tuple[Mask, NDArray[np.float32]]) -> None:
    """Print eight marks along the upper edge."""
    for left in range(150, 290, 18):
        mark(page, (left, 2, left + 10, 12), PRINT, 0.97)


def separated(page: tuple[Mask, NDArray[np.float32]]) -> tuple[Mask, Mask]:
    result = separate_print(page[0], PageSegmentation(page[1], np.zeros((HEIGHT, WIDTH), np.uint8)))
    return result.handwriting, result.printed


def test_each_component_goes_to_its_side() -> None:
    page = empty()
    print_row(page)
    mark(page, (20, 20, 30, 60), HANDWRITING)
    mark(page, (200, 80, 240, 90), PRINT)
    handwriting, printed = separated(page)

    assert (handwriting[20:60, 20:30].min(), handwriting[80:90, 200:240].max()) == (1, 0)
    assert (printed[80:90, 200:240].min(), printed[20:60, 20:30].max()) == (1, 0)


def test_a_doubtful_component_by_itself_stays_handwriting() -> None:
    page = empty()
    mark(page, (100, 20, 130, 60), PRINT, 0.6)
    handwriting, printed = separated(page)

    assert handwriting[20:60, 100:130].min() == 1
    assert not printed.any()


def test_a_doubtful_component_stays_handwriting_even_among_print() -> None:
    page = empty()
    for left in (20, 40, 60, 100, 120, 140):
        mark(page, (left, 40, left + 10, 60), PRINT, 0.97)
    mark(page, (80, 40, 90, 60), PRINT, 0.74)
    handwriting, printed = separated(page)

    assert printed[40:60, 60:70].min() == handwriting[40:60, 80:90].min() == 1


def test_a_digit_taken_for_print_among_handwriting_stays_with_it() -> None:
    page = empty()
    for left in (20, 40, 60, 100, 120, 140):
        mark(page, (left, 40, left + 10, 60), HANDWRITING, 0.97)
    mark(page, (80, 40, 90, 60), PRINT, 0.8)
    handwriting, _ = separated(page)

    assert handwriting[40:60, 80:90].min() == 1


def test_print_that_touches_handwriting_is_cut_off() -> None:
    page = empty()
    print_row(page)
    mark(page, (20, 40, 60, 60), PRINT, 0.97)
    mark(page, (60, 30, 100, 70), HANDWRITING, 0.95)
    handwriting, printed = separated(page)

    assert (handwriting[30:70, 62:100].min(), handwriting[40:60, 20:58].max()) == (1, 0)
    assert (printed[40:60, 20:58].min(), printed[30:70, 62:100].max()) == (1, 0)


def test_handwriting_on_a_rule_stays_whole() -> None:
    page = empty()
    mark(page, (10, 60, 290, 64), RULE)
    mark(page, (100, 30, 130, 80), HANDWRITING)
    page[1][60 // CELL : 64 // CELL, 100 // CELL : 130 // CELL] = np.eye(4)[RULE]
    handwriting, printed = separated(page)

    assert handwriting[30:80, 100:130].min() == 1
    assert not printed.any()


def test_a_picture_is_on_neither_side() -> None:
    page = empty()
    print_row(page)
    page[0][20:100, 20:120] = 1
    mark(page, (200, 40, 220, 80), HANDWRITING)
    handwriting, printed = separated(page)

    assert not handwriting[20:, :150].any()
    assert not printed[20:].any()
    assert handwriting[40:80, 200:220].min() == 1


def test_soft_edges_stay_with_their_strokes() -> None:
    page = empty()
    print_row(page)
    mark(page, (20, 20, 40, 60), HANDWRITING)
    mark(page, (100, 20, 140, 40), PRINT)
    page[0][20:60, 40] = 0.2
    page[0][20:40, 140] = 0.2
    handwriting, printed = separated(page)

    assert handwriting[20:60, 40].min() == np.float32(0.2)
    assert printed[20:40, 140].min() == np.float32(0.2)


def test_a_few_marks_of_print_stay_with_the_handwriting() -> None:
    page = empty()
    for left in range(20, 110, 20):
        mark(page, (left, 40, left + 10, 60), PRINT, 0.97)
    handwriting, printed = separated(page)

    assert np.array_equal(handwriting, page[0])
    assert not printed.any()


def test_an_empty_foreground_has_no_print() -> None:
    foreground, cells = empty()
    result = separate_print(foreground, PageSegmentation(cells, np.zeros((HEIGHT, WIDTH), np.uint8)))

    assert not result.holds_print
    assert not result.handwriting.any()


def test_a_page_of_few_components_is_not_asked_about() -> None:
    foreground, _ = empty()
    for count in range(12):
        assert may_hold_print(foreground) == (count >= 10)
        foreground[20:40, 20 * count + 4 : 20 * count + 14] = 1


def test_specks_do_not_count_as_components() -> None:
    foreground, _ = empty()
    foreground[::8, ::8] = 1

    assert not may_hold_print(foreground)


def test_strokes_too_faint_for_a_component_stay_handwriting() -> None:
    page = empty()
    print_row(page)
    mark(page, (100, 20, 140, 40), PRINT, 0.97)
    page[0][60:100, 30:34] = 0.3
    handwriting, printed = separated(page)

    assert handwriting[60:100, 30:34].min() == np.float32(0.3)
    assert not handwriting[:50].any()
    assert not printed[50:].any()
