"""The sheet of paper on a picture: tables with any rim, perspective, skew, and boxes on the picture as it came."""

from __future__ import annotations

import numpy as np
import pytest

from numink import Box, Reader
from numink.imaging.binarization import binarize
from numink.imaging.sheet import find_sheet
from pictures import Grey, Sheet, blank, write
from tabletop import NUMBERS, TABLES, numbered_sheet, photo, turned_corners, with_rim


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def texts(reader: Reader, picture: Grey) -> list[str]:
    return [number.text for number in reader.read(picture).numbers]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("rim", [8, 12, 20, 30, 60])
def test_numbers_on_a_sheet_with_any_rim_are_read(reader: Reader, rim: int, table: str) -> None:
    assert texts(reader, with_rim(numbered_sheet(), rim, TABLES[table])) == list(NUMBERS)


@pytest.mark.parametrize("table", TABLES)
def test_numbers_on_a_sheet_in_perspective_are_read(reader: Reader, table: str) -> None:
    corners = np.array([(20, 60), (700, 15), (650, 500), (85, 525)], float)

    assert texts(reader, photo(numbered_sheet(), corners, (720, 540), TABLES[table])) == list(NUMBERS)


@pytest.mark.parametrize("degrees", [-40, -20, -10, 3, 15, 30])
def test_a_skewed_rectified_whole_is_set_right(reader: Reader, degrees: float) -> None:
    sheet = numbered_sheet()
    corners, size = turned_corners(sheet, degrees)

    assert texts(reader, photo(sheet, corners, size, TABLES["black"])) == list(NUMBERS)


@pytest.mark.parametrize("degrees", [-20, -15, 15, 20])
def test_skewed_writing_is_set_right_where_no_edge_of_the_sheet_is_seen(reader: Reader, degrees: float) -> None:
    sheet = numbered_sheet()
    corners, size = turned_corners(sheet, degrees)

    assert texts(reader, photo(sheet, corners, size, int(sheet[0, 0]))) == list(NUMBERS)


@pytest.mark.parametrize("degrees", [0.0, 20.0])
def test_boxes_lie_on_the_picture_as_it_came(reader: Reader, degrees: float) -> None:
    sheet = numbered_sheet()
    corners, size = turned_corners(sheet, degrees)
    picture = photo(sheet, corners, size, TABLES["brown"])
    page = reader.read(picture)

    assert (page.width, page.height) == size
    for number in page.numbers:
        x, y, w, h = number.box
        part = picture[y : y + h, x : x + w]
        assert part.min() < 60  # the writing is in its box
        assert (part < 100).mean() > 0.03
        assert all(number.box.overlap(digit.box) > 0 for digit in number.digits)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_box_is_mapped_to_the_picture_and_back(turned: int) -> None:
    sheet = numbered_sheet()
    corners, size = turned_corners(sheet, 12)
    rectified = find_sheet(photo(sheet, corners, size, TABLES["black"]))
    height, width = rectified.grey.shape
    whole = Box(0, 0, width, height) if turned in (0, 180) else Box(0, 0, height, width)
    mapped = rectified.to_picture(whole, turned)

    assert mapped.w > 0.9 * (size[0] if turned in (0, 180) else size[1]) - 70
    if turned == 0:
        assert rectified.from_picture(mapped) == whole


def unchanged_pictures() -> dict[str, Grey]:
    framed = write("481", 150, 120, 120, 9, blank(Sheet(640, 400)))
    framed[40:44, 60:580] = framed[340:344, 60:580] = framed[40:344, 60:64] = framed[40:344, 576:580] = 20
    board = 255 - write("58", 150, 80, 240, 24, blank(Sheet(640, 480)))
    shadow = write("4071", 80, 120, 120, 9, blank(Sheet(640, 400))).astype(float)
    shadow *= np.clip((np.arange(640) - 250) / 200, 0, 1)[None] * 0.4 + 0.6
    touching = write("71", 10, 0, 300, 40, blank(Sheet(520, 300)))
    return {
        "scan": write("481", 150, 120, 120, 9, blank(Sheet(640, 400))), "frame": framed, "board": board,
        "shadow": shadow.astype(np.uint8), "digits at the border": touching,
        "slanted digit": write("7", 150, 40, 300, 14, blank(Sheet(520, 420))),
    }  # fmt: skip


@pytest.mark.parametrize("kind", unchanged_pictures())
def test_a_picture_without_a_sheets_edge_stays_as_it_is(kind: str) -> None:
    picture = unchanged_pictures()[kind]
    rectified = find_sheet(picture)

    assert rectified.matrix is None
    assert rectified.grey is picture


def test_a_hard_shadow_with_writing_in_it_is_no_table() -> None:
    picture = write("4071", 40, 60, 110, 9, blank(Sheet(640, 400)))
    write("2385", 40, 230, 110, 9, picture)
    picture[:, :240] = (picture[:, :240] * 0.6).astype(np.uint8)

    assert find_sheet(picture).grey is picture


def test_a_table_beside_a_sheet_that_is_cut_off_is_painted_over() -> None:
    picture = write("4071", 60, 120, 110, 9, blank(Sheet(640, 400)))
    picture[:, 560:] = 30
    rectified = find_sheet(picture)

    assert rectified.matrix is None
    assert rectified.grey[:, 570:].min() > 150
    assert np.array_equal(rectified.grey[:, :540], picture[:, :540])


def test_a_dark_table_does_not_decide_the_polarity() -> None:
    rectified = find_sheet(with_rim(numbered_sheet(), 150, TABLES["black"]))

    assert not binarize(rectified.grey).is_light_on_dark
