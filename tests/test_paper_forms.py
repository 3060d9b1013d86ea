"""Forms and tables are read cell by cell and field by field."""

from __future__ import annotations

import cv2
import pytest

from numink.errors import InvalidRegion
from numink.export.table_text import table_lines
from numink.reader import Reader
from numink.recognition.page_reading import parse_region, parse_regions, regions_within
from numink.results import Box, Page
from paper_forms import box_row, number_table, turned
from pictures import Sheet, blank, write

TEXTS = [["12", "345", "7"], ["60", "", "91"], ["25", "84", "243"]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def by_cell(page: Page) -> dict[tuple[int, int], str]:
    return {(number.cell.row, number.cell.column): number.text for number in page.numbers if number.cell}


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("degrees", [0, 4])
def test_the_numbers_of_a_table_have_their_cells_and_empty_cells_stay_empty(
    reader: Reader, degrees: float, *, ruled: bool
) -> None:
    page = reader.read(turned(number_table(TEXTS, ruled=ruled), degrees))
    expected = {
        (row, column): text for row, cells in enumerate(TEXTS, 1) for column, text in enumerate(cells, 1) if text
    }

    assert by_cell(page) == expected
    assert [(table.rows, table.columns) for table in page.tables] == [(3, 3)]
    assert page.text == "12 345 7\n60 91\n25 84 243"


def test_a_table_is_printed_with_tabs_between_cells(reader: Reader) -> None:
    page = reader.read(number_table(TEXTS))

    assert list(table_lines(page)) == ["12\t345\t7", "60\t\t91", "25\t84\t243"]


@pytest.mark.parametrize(("gap", "comb"), [(0, False), (14, False), (0, True)])
def test_a_row_of_boxes_is_one_number_and_its_boxes_are_those_of_the_picture(
    reader: Reader, gap: int, *, comb: bool
) -> None:
    page = reader.read(box_row("2738", gap=gap, comb=comb))

    assert page.text == "2738"
    assert page.tables == ()
    for index, digit in enumerate(page.numbers[0].digits):
        left = 80 + index * (64 + gap)
        assert left < digit.box.x < digit.box.x + digit.box.w < left + 64


def test_empty_boxes_hold_no_digits(reader: Reader) -> None:
    assert reader.read(box_row("")).numbers == ()
    assert reader.read(number_table([["", ""], ["", ""]])).numbers == ()


def test_a_digit_in_a_box_is_a_number(reader: Reader) -> None:
    page = write("5", 100, 100, 60, 6, Sheet(260, 260))
    cv2.rectangle(page, (80, 80), (170, 180), 90, 2)

    assert reader.read(page).text == "5"


def test_only_the_regions_are_read_and_boxes_are_those_of_the_picture(reader: Reader) -> None:
    page = write("407", 40, 40, 90, 8, write("12", 600, 240, 90, 8, Sheet(900, 400)))
    read = reader.read(page, regions=[Box(560, 200, 300, 160)])

    assert read.text == "12"
    assert (read.width, read.height) == (900, 400)
    assert read.numbers[0].box.x == pytest.approx(610, abs=20)
    assert reader.read(page, regions=[Box(560, 200, 300, 160), Box(0, 0, 400, 200)]).text == "12\n407"


def test_a_region_outside_the_picture_is_refused(reader: Reader) -> None:
    with pytest.raises(InvalidRegion, match="outside the picture"):
        reader.read(blank(Sheet()), regions=[Box(500, 0, 20, 20)])
    assert regions_within([Box(-5, 10, 20, 500)], 200, 100) == [Box(0, 10, 15, 90)]


def test_regions_that_overlap_too_much_are_refused_before_any_is_read() -> None:
    whole = Box(0, 0, 200, 100)

    assert regions_within([whole] * 2, 200, 100) == [whole] * 2
    with pytest.raises(InvalidRegion, match="more than 2 times as large as the picture"):
        regions_within([whole] * 2 + [Box(0, 0, 1, 1)], 200, 100)


def test_regions_are_four_numbers_each() -> None:
    assert parse_regions("1,2,3,4; 5,6,7,8\n9,10,11,12") == ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12))
    for text in ("1,2,3", "1,2,3,x", "-1,2,3,4", ""):
        with pytest.raises(InvalidRegion, match="X,Y,W,H"):
            parse_region(text)
