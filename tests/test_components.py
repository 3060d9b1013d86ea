"""Connected components: from foreground to components, specks and margin lines left out."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.components import (
    PARAMETERS,
    find_components,
    foreground_of,
    is_no_speck,
    label_components,
)
from numink.recognition.types import Component
from numink.results import Box
from recognition_examples import draw_boxes, draw_ring, filled


def test_each_connected_component_is_found_the_largest_first() -> None:
    components_found = find_components(draw_boxes((40, 40, 10, 20), (100, 40, 20, 40), (200, 40, 10, 30)))

    assert [component.middle for component in components_found] == pytest.approx([110, 205, 45], abs=1)


def test_the_soft_edge_of_a_stroke_belongs_to_its_component() -> None:
    foreground = draw_boxes((40, 40, 10, 20))
    foreground[39, 40:50] = 0.2
    (component,) = find_components(foreground)

    assert component.box == Box(39, 39, 12, 22)
    assert component.foreground[0, 1:11] == pytest.approx(0.2)


def test_a_component_within_the_box_of_another_is_apart() -> None:
    foreground = draw_boxes((97, 57, 6, 6))
    draw_ring(foreground, 100, 60)
    outer, inner = find_components(foreground)

    assert inner.box.w < 10
    assert outer.foreground[20:40, 20:40].max() == 0


@pytest.mark.parametrize(("side", "count"), [(PARAMETERS.least_side - 1, 0), (PARAMETERS.least_side, 1)])
def test_specks_are_left_out(side: int, count: int) -> None:
    assert len(find_components(draw_boxes((50, 50, side, side)))) == count


@pytest.mark.parametrize(("level", "count"), [(0.39, 0), (0.41, 1)])
def test_faint_foreground_holds_nothing_together(level: float, count: int) -> None:
    assert len(find_components(draw_boxes((50, 50, 20, 20)) * np.float32(level))) == count


def test_a_thin_line_in_a_corner_is_a_margin_line() -> None:
    assert find_components(draw_boxes((0, 0, 4, 150))) == []
    assert len(find_components(draw_boxes((0, 20, 4, 150)))) == 1
    assert len(find_components(draw_boxes((0, 0, 40, 150)))) == 1


def dots(pitch: int) -> np.ndarray:
    foreground = np.zeros((400, 400), np.float32)
    for row in range(0, 400 - pitch + 1, pitch):
        for column in range(0, 400 - pitch + 1, pitch):
            foreground[row + 2 : row + 6, column + 2 : column + 6] = 1
    return foreground


def test_of_very_many_components_only_the_largest_are_used() -> None:
    assert len(find_components(dots(6))) == PARAMETERS.most_components == 4000


def test_chosen_components_are_left_with_their_soft_edges() -> None:
    left = draw_boxes((40, 40, 10, 20))
    left[39, 40:50] = 0.2
    foreground = np.maximum(left, draw_boxes((100, 40, 20, 40)))
    labels, stats = label_components(foreground)

    assert np.array_equal(foreground_of(foreground, labels, stats[:, 0] == 40), left)


def test_the_figures_of_each_component_are_its_box_and_its_pixels() -> None:
    _, stats = label_components(draw_boxes((40, 40, 10, 20), (100, 30, 2, 1)))

    assert sorted(stats[1:].tolist()) == [[40, 40, 10, 20, 200], [100, 30, 2, 1, 2]]
    assert is_no_speck(stats).tolist()[1:] == [bool(area > 2) for area in stats[1:, 4]]


def test_merged_components_have_the_foreground_of_all() -> None:
    merged = Component.merge([filled((10, 10, 5, 5)), filled((20, 12, 5, 5))])

    assert merged.box == Box(10, 10, 15, 7)
    assert merged.foreground.sum() == 50
    assert Component.merge([merged]) is merged
