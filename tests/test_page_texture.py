"""Textures: pages of very many marks are answered soon, with the reason; a page of text is read however it lies."""

from __future__ import annotations

import io
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from numink import Reader
from numink.imaging.ruled_lines import RuledPage
from numink.recognition import page_texture
from numink.recognition.components import find_components
from numink.recognition.page_lines import segment_page_lines
from paper_forms import number_table
from pictures import Grey, Sheet, write
from texture_pages import TEXTURES, salt_and_pepper, strokes

SECONDS = {"fine noise": 12.0, "rings": 8.0}
"""Processor time of the pages that take more than others, on a machine that does other things beside it."""
MOST_SECONDS = 5.0


@pytest.fixture(scope="module")
def reader() -> Reader:
    made = Reader()
    made.read(np.full((100, 100), 240, np.uint8))
    return made


SLOW = {
    "nested boxes": "line images of components as large as the page take 7 s",
    "grid": "a stroke in each of 7,000 cells is read as a 1: 20 s",
}
"""Textures that still take too long."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=SLOW[name], strict=False)) if name in SLOW else name
        for name in TEXTURES
    ],
)
def test_a_texture_is_answered_soon_with_the_reason(reader: Reader, name: str) -> None:
    picture = TEXTURES[name]()
    started = time.process_time()
    page = reader.read(picture)

    assert time.process_time() - started < SECONDS.get(name, MOST_SECONDS)
    assert not any(number.accepted for number in page.numbers)
    assert page.reason or name == "rings"  # which are zeros


def test_a_picture_of_eleven_thousand_strokes_is_tiny() -> None:
    """Little strokes in a file of 1.4 KB are no rare accident of a large photo."""
    packed = io.BytesIO()
    Image.fromarray(strokes()).save(packed, "PNG", optimize=True)

    assert len(packed.getvalue()) < 8000
    assert cv2.connectedComponents((strokes() < 128).astype(np.uint8))[0] > 11_000


@pytest.mark.xfail(reason="the specks make digits alone, which count as marks of a texture", strict=True)
def test_a_number_that_stands_out_from_salt_and_pepper_is_read(reader: Reader) -> None:
    page = write("4710", 100, 100, 120, 14, Sheet(700, 400))
    ground = salt_and_pepper(0.02)[: page.shape[0], : page.shape[1]]

    assert reader.read(np.minimum(page, ground)).text == reader.read(page).text == "4710"


def turned(page: Grey, quarters: int) -> RuledPage:
    foreground = ((255 - np.rot90(page, quarters).astype(np.float32)) / 255).round(3)
    empty = np.zeros(foreground.shape, np.uint8)
    return RuledPage(np.ascontiguousarray(foreground) * (foreground > 0.2), empty, empty)


@pytest.mark.parametrize("quarters", range(4))
def test_a_page_of_many_numbers_is_no_texture_however_it_lies(reader: Reader, quarters: int) -> None:
    page = turned(number_table([["47", "8120", "36"]] * 36, ruled=False), quarters)
    lines = segment_page_lines(page, may_align=False).lines

    assert not page_texture.is_texture(page, [*lines] * 2, reader.line_model)


def test_lines_are_left_out_that_have_few_components_for_their_length() -> None:
    page = np.zeros((1400, 1400), np.float32)
    for row in range(120):
        page[10 * row + 20 : 10 * row + 24, 20:1300] = 1  # dashes of 1,584 columns each
    page[1300:1340, 100:120] = page[1300:1340, 140:160] = 1
    empty = np.zeros(page.shape, np.uint8)
    segmented = page_texture.segment_readable_lines(RuledPage(page, empty, empty))

    assert len(segmented.lines) < 60
    assert any(len(line.components) == 2 for line in segmented.lines)


def test_boxes_within_boxes_are_components_up_to_a_multiple_of_the_page() -> None:
    page = np.zeros((600, 600), np.float32)
    for inset in range(4, 290, 4):
        cv2.rectangle(page, (inset, inset), (600 - inset, 600 - inset), 1.0, 1)
    components = find_components(page)

    assert sum(component.box.w * component.box.h for component in components) < 11 * page.size
    assert len(components) > 10
