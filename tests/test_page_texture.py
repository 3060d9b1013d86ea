"""Textures: pages of very many marks are answered soon, with the reason; a page of text is read however it lies."""

from __future__ import annotations

import io
import random
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from numink import Box, Reader
from numink.recognition import page_texture
from numink.recognition.components import find_components
from numink.recognition.line_segmentation import segment_line
from numink.recognition.types import Component, FloatImage
from paper_forms import number_table
from pictures import Grey, Sheet, blank, write
from texture_pages import TEXTURES, salt_and_pepper, strokes

SECONDS = {"specks": 0.5, "noise": 0.5, "salt and pepper": 0.5, "strokes": 0.5, "nested boxes": 3.0, "rings": 3.0}
"""Processor time of textures on a machine that does nothing else."""
MOST_SECONDS = 1.0
"""That of the others."""
BUSY = 2.0
"""Processor time grows by as much where other programs share the processor's caches."""
REASONS = {"rings": "print only", "nested boxes": "no handwriting", "checks": "handwriting, but no numbers"}
"""Of pages that have no more components than a form, and of rings, which are zeros."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    made = Reader()
    made.read(np.full((100, 100), 240, np.uint8))
    return made


@pytest.mark.parametrize("name", TEXTURES)
def test_a_texture_is_answered_soon_with_the_reason(reader: Reader, name: str) -> None:
    picture = TEXTURES[name]()
    started = time.process_time()
    page = reader.read(picture)

    assert time.process_time() - started < BUSY * SECONDS.get(name, MOST_SECONDS)
    assert (page.numbers, page.reason) == ((), REASONS.get(name, "texture"))


def test_a_picture_of_eleven_thousand_strokes_is_tiny() -> None:
    """Little strokes in a file of 1.4 KB are no rare accident of a large photo."""
    packed = io.BytesIO()
    Image.fromarray(strokes()).save(packed, "PNG", optimize=True)

    assert len(packed.getvalue()) < 8000
    assert cv2.connectedComponents((strokes() < 128).astype(np.uint8))[0] > 11_000


def test_a_number_that_stands_out_from_salt_and_pepper_is_read(reader: Reader) -> None:
    page = write("4710", 100, 100, 120, 14, Sheet(700, 400))
    ground = salt_and_pepper(0.02)[: page.shape[0], : page.shape[1]]

    assert reader.read(np.minimum(page, ground)).text == reader.read(page).text == "4710"


def foreground_of(page: Grey) -> FloatImage:
    foreground = ((255 - page.astype(np.float32)) / 255).round(3)
    return np.ascontiguousarray(foreground) * (foreground > 0.2)


@pytest.mark.parametrize("quarters", range(4))
def test_a_page_of_many_numbers_is_no_texture_however_it_lies(reader: Reader, quarters: int) -> None:
    page = number_table([["4709", "8120", "3651"]] * 90, ruled=False)
    foreground = foreground_of(np.rot90(page, quarters))

    assert len(find_components(foreground)) > page_texture.PARAMETERS.most_components
    assert page_texture.without_texture(foreground, reader.line_model) == (foreground, False)


def test_two_thousand_written_digits_are_read(reader: Reader) -> None:
    digits, page, texts = random.Random(1), blank(Sheet(1654, 2339)), []
    for row in range(50):
        for column in range(8):
            texts.append("".join(digits.choice("0123456789") for _ in range(5)))
            page = write(texts[-1], 50 + 194 * column, 50 + 44 * row, 28, 3, page)
    read = {number.text for number in reader.read(page).numbers}

    assert len(read & set(texts)) > 0.9 * len(texts)


def test_lines_are_left_out_that_have_few_components_for_their_length() -> None:
    dash, dot = (Component(Box(0, 0, width, 4), np.ones((4, width), np.float32)) for width in (1300, 4))
    dashes = [segment_line([dash], 4.0)] * 60  # of 1,600 columns each
    dots = segment_line([dot, Component(Box(8, 0, 4, 4), dot.foreground)], 4.0)
    readable = page_texture.readable_lines([*dashes, dots])

    assert readable == [*dashes[: len(readable) - 1], dots]
    assert len(dashes) / 3 < len(readable) < len(dashes)


def test_boxes_within_boxes_are_components_up_to_a_multiple_of_the_page() -> None:
    page = np.zeros((600, 600), np.float32)
    for inset in range(4, 290, 4):
        cv2.rectangle(page, (inset, inset), (600 - inset, 600 - inset), 1.0, 1)
    components = find_components(page)

    assert sum(component.box.w * component.box.h for component in components) < 4 * page.size
    assert len(components) > 3
