"""Pictures that hold their pixels in unusual ways: few bits in wide files, empty frames, white on transparency."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from numink.imaging.decode import open_picture
from pictures import as_file, one_digit


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("empty", [1, 3])
def test_empty_frames_before_the_first_that_is_not_are_passed_over(kind: str, empty: int) -> None:
    blank = Image.new("L", (200, 240), 245)
    blank_frames = [blank.point(lambda value, less=index: value - less) for index in range(empty)]
    frames = [frame.convert("RGB") for frame in (*blank_frames, Image.fromarray(one_digit("1")))]
    data = as_file(frames[0], kind, save_all=True, append_images=frames[1:])
    assert np.abs(open_picture(data).grey.astype(int) - one_digit("1")).mean() < 6


def test_an_animation_of_empty_frames_is_an_empty_picture() -> None:
    frames = [Image.new("RGB", (40, 40), (grey, grey, grey)) for grey in (250, 240, 230)]
    data = as_file(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (open_picture(data).grey == 250).all()


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("mode", ["I;16", "I"])
def test_values_of_fewer_bits_than_the_file_has_room_for_fill_the_range(bits: int, mode: str) -> None:
    values = np.round(one_digit("5").astype(float) * ((2**bits - 1) / 255))
    image = Image.fromarray(values.astype(np.uint16 if mode == "I;16" else np.int32))
    assert np.abs(open_picture(as_file(image, "TIFF")).grey.astype(int) - one_digit("5")).max() <= 8


def test_white_writing_on_transparency_is_laid_on_black() -> None:
    layer = np.full((240, 200, 4), 255, np.uint8)
    layer[..., 3] = 255 - one_digit("4")
    grey = open_picture(as_file(Image.fromarray(layer))).grey
    assert grey.min() < 20
    assert grey.max() > 220


def test_a_wholly_transparent_picture_is_white() -> None:
    assert (open_picture(as_file(Image.new("RGBA", (20, 20), (255, 255, 255, 0)))).grey == 255).all()
