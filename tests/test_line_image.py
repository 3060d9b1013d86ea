"""Line images: any line levelled and at one height."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.components import find_components
from numink.recognition.line_image import BODY_HEIGHT, LINE_IMAGE_HEIGHT, PARAMETERS, image_of_line, to_line_image
from numink.recognition.line_segmentation import segment_lines
from numink.results import Box
from recognition_examples import draw_boxes


@pytest.mark.parametrize("height", [20, 56, 300])
def test_a_line_of_any_size_becomes_an_image_of_one_height(height: int) -> None:
    foreground = draw_boxes((40, 40, 4 * height, height), shape=(600, 1600))
    image = to_line_image(foreground, Box(40, 40, 4 * height, height))
    rows = np.flatnonzero(image.pixels.max(axis=1) > 0.5)
    margin = PARAMETERS.margin

    assert image.pixels.shape == (LINE_IMAGE_HEIGHT, 4 * BODY_HEIGHT + 2 * margin)
    assert abs(len(rows) - BODY_HEIGHT) <= 2
    assert image.column(margin) == pytest.approx(40)
    assert image.column(margin + 4 * BODY_HEIGHT) == pytest.approx(40 + 4 * height)


def test_a_slanted_line_is_levelled() -> None:
    """Six bars that go down by one row in five columns stand side by side on the line image."""
    foreground = draw_boxes(*((60 + 80 * index, 20 + 16 * index, 20, 60) for index in range(6)))
    (line,) = segment_lines(find_components(foreground))
    pixels = to_line_image(foreground, line.box, line.slope).pixels
    tops = [int(np.argmax(pixels[:, column] > 0.5)) for column in np.flatnonzero(pixels.max(axis=0) > 0.9)]

    assert line.slope == pytest.approx(0.2, abs=0.02)
    assert max(tops) - min(tops) <= 3


def test_a_very_long_line_is_compressed_in_its_length() -> None:
    foreground = draw_boxes((10, 10, 3900, 28), shape=(50, 4000))
    image = to_line_image(foreground, Box(10, 10, 3900, 28))

    assert image.pixels.shape == (LINE_IMAGE_HEIGHT, PARAMETERS.greatest_width)
    assert image.column(PARAMETERS.greatest_width / 2) == pytest.approx(1960, abs=3)


def test_a_thin_pen_is_widened() -> None:
    foreground = draw_boxes((40, 40, 1, 112), (60, 40, 1, 112))
    columns = to_line_image(foreground, Box(40, 40, 21, 112)).pixels.max(axis=0) > 0.5

    assert np.count_nonzero(columns) >= 2 * PARAMETERS.least_pen_width


def test_the_image_of_a_line_leaves_out_other_components_and_knows_its_column() -> None:
    foreground = draw_boxes((100, 60, 20, 60), (160, 60, 20, 60), (100, 4, 80, 30))
    lines = segment_lines(find_components(foreground))
    image = image_of_line(lines[-1])
    inside = np.flatnonzero(image.pixels.max(axis=0) > 0.5)

    assert len(lines) == 2
    assert image.pixels[: (LINE_IMAGE_HEIGHT - BODY_HEIGHT) // 2 - 1].max() < 0.1
    assert image.column(float(inside[0])) == pytest.approx(100, abs=2)
    assert image.column(float(inside[-1])) == pytest.approx(180, abs=3)
