"""The grey channel: luminance, or a colour where luminance hides the writing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from numink import Reader
from numink.imaging.decode import open_picture
from pictures import Sheet, blank, write

Colour = tuple[int, int, int]
RED_LIKE_GREEN: Colour = (226, 60, 60)
GREEN: Colour = (60, 146, 60)


def coloured(text: str, writing: Colour, paper: Colour) -> NDArray[np.uint8]:
    """Return a number in one colour on another, uint8 (300, 640, 3), with a camera's noise."""
    share = write(text, 70, 90, 120, 10, blank(Sheet(640, 300, paper=255, foreground=0)))[..., None] / 255
    picture = share * np.array(paper) + (1 - share) * np.array(writing)
    noisy = picture + np.random.default_rng(1).normal(0, 3, picture.shape)
    return np.asarray(noisy.clip(0, 255), np.uint8)


@pytest.mark.parametrize(
    ("writing", "paper"), [(RED_LIKE_GREEN, GREEN), (GREEN, RED_LIKE_GREEN), ((70, 110, 230), (180, 100, 60))]
)
def test_writing_as_bright_as_its_paper_is_read_by_its_colour(writing: Colour, paper: Colour) -> None:
    assert Reader().read(coloured("4071", writing, paper)).text == "4071"


@pytest.mark.parametrize(
    ("writing", "paper"),
    [((30, 30, 30), (240, 240, 240)), ((40, 60, 190), (235, 235, 230)), ((210, 40, 40), (245, 245, 245)),
     ((20, 20, 20), (250, 240, 120)), ((245, 245, 245), (20, 90, 50))],
)  # fmt: skip
def test_luminance_is_used_wherever_it_shows_the_writing(writing: Colour, paper: Colour) -> None:
    picture = open_picture(coloured("4071", writing, paper))

    assert np.array_equal(picture.grey, np.asarray(Image.fromarray(picture.rgb).convert("L")))


def test_a_grey_picture_keeps_its_pixels() -> None:
    grey = write("38", 40, 40, 120, 10)

    assert np.array_equal(open_picture(np.stack([grey] * 3, axis=2)).grey, grey)
