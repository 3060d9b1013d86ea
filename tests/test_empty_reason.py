"""A page without numbers says why: no handwriting, print only, handwriting that holds no number, or a texture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from numink.reader import Reader
from numink.recognition.line_place import LinePlace
from numink.recognition.number_grouping import NumberOptions, group_numbers
from numink.results import Box, empty_reason
from pictures import Grey, Sheet, blank, write
from recognition_examples import certain, character, recognized
from texture_pages import strokes


def scribble() -> Grey:
    picture = Image.fromarray(blank(Sheet(400, 200)))
    points = [(40 + 8 * index, 100 + 60 * (-1) ** index + 3 * (index % 5)) for index in range(40)]
    ImageDraw.Draw(picture).line(points, fill=20, width=5, joint="curve")
    return np.asarray(picture)


def test_an_empty_page_has_no_handwriting() -> None:
    page = Reader().read(blank(Sheet(400, 200)))

    assert (page.numbers, page.reason) == ((), "no handwriting")


def test_a_scribble_is_handwriting_without_numbers() -> None:
    page = Reader().read(scribble())

    assert (page.numbers, page.reason) == ((), "handwriting, but no numbers")


def test_a_page_with_numbers_needs_no_reason() -> None:
    assert Reader().read(write("302", 60, 60, 90, 8, Sheet(500, 220))).reason is None


def test_a_word_is_handwriting_though_it_is_not_answered() -> None:
    line = recognized([character((60 * index, 0, 40, 60), certain(sign)) for index, sign in enumerate("net")], 60.0)
    page = group_numbers([line], NumberOptions())

    assert (page.numbers, page.left_over, page.holds_handwriting) == ((), (), True)


def test_printed_words_are_no_handwriting() -> None:
    word = recognized([character((60 * index, 0, 40, 60), certain(sign)) for index, sign in enumerate("net")], 60.0)
    printed = replace(word, line=replace(word.line, place=LinePlace(is_printed=True)))

    assert not group_numbers([printed], NumberOptions()).holds_handwriting
    assert group_numbers([printed, word], NumberOptions()).holds_handwriting


def test_all_regions_together_have_one_reason() -> None:
    picture = np.hstack([blank(Sheet(400, 200)), scribble()])
    left, right = Box(0, 0, 400, 200), Box(400, 0, 400, 200)
    reader = Reader()

    assert reader.read(picture, regions=[left]).reason == "no handwriting"
    assert reader.read(picture, regions=[left, right]).reason == "handwriting, but no numbers"


@pytest.mark.parametrize(("handwriting", "expected"), [(False, "print only"), (True, "handwriting, but no numbers")])
def test_print_is_named_where_there_is_nothing_else(handwriting: bool, expected: str) -> None:
    assert empty_reason(holds_handwriting=handwriting, holds_print=True) == expected


def test_a_texture_is_the_reason_whatever_stands_out_from_it() -> None:
    assert empty_reason(holds_handwriting=True, holds_print=True, holds_texture=True) == "texture"


def test_a_texture_in_one_region_is_the_reason_of_all() -> None:
    picture = np.vstack([strokes(), blank(Sheet(1600, 400))])

    assert Reader().read(picture, regions=[Box(0, 1200, 1600, 400), Box(0, 0, 1600, 1200)]).reason == "texture"
