"""Workbooks of forms and of numbers, read back by another library, and by LibreOffice where it is installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from contextlib import suppress
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook as ReadWorkbook

from form_material import KINDS, VALUES, copy, field, set_aside, template
from numink.export.form_sheets import DETAIL_COLUMNS, FormSheets
from numink.export.page_sheet import PageSheet
from numink.export.workbook import DOUBT_COLOUR, Workbook
from numink.results import Box, Digit, Number, Page
from numink.results.form import FormReading
from numink.structure.template import Template

FIRST_FIELD = 3
"""Column of the first field, from 1."""
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def written(*readings: FormReading, forms: tuple[Template, ...] = (), most_rows: int = 1000) -> bytes:
    file = io.BytesIO()
    with Workbook(file, most_rows) as book:
        sheets = FormSheets(book, forms or (template(),))
        for reading in readings:
            sheets.add(reading)
    return file.getvalue()


def opened(content: bytes) -> ReadWorkbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def fill(cell: openpyxl.cell.Cell) -> str:
    return f"#{cell.fill.fgColor.rgb[2:]}" if cell.fill.fill_type else ""


def test_cells_are_numbers_dates_and_times_and_zeros_stay() -> None:
    header, row = opened(written(copy(file="Müller.png")))["Besuch"].iter_rows(values_only=True)

    assert header == ("file", "page", *KINDS, "to check", "set aside")
    assert row == (
        "Müller.png", 1, "00123", -42, 12.5, datetime(1998, 2, 6), time(20, 30), "00A7", "yes", None, None,
    )  # fmt: skip


def test_decimals_are_shown_as_they_were_written() -> None:
    row = next(opened(written(copy())).worksheets[0].iter_rows(min_row=2))

    assert [cell.number_format for cell in row[3:7]] == ["0", "0.00", "yyyy-mm-dd", "hh:mm"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visits", "1234567890123456789"), ("member", "0000000000000000042"), ("visits", "007"), ("Größe", "1/2"),
        ("day", "1899-12-31"), ("day", "1998-02-30"), ("from", "24:30"), ("code", "=1+2"), ("code", "12"),
    ],
)  # fmt: skip
def test_values_that_spreadsheets_would_change_are_texts(name: str, value: str) -> None:
    cell = opened(written(copy({name: value})))["Besuch"].cell(2, FIRST_FIELD + list(KINDS).index(name))

    assert (cell.data_type, cell.value) == ("s", value if value != "=1+2" else "'=1+2")


def test_fifteen_digits_are_a_number_and_exact() -> None:
    cell = opened(written(copy({"Größe": "1234567890.12345"})))["Besuch"].cell(2, FIRST_FIELD + 2)

    assert (cell.data_type, cell.value) == ("n", 1234567890.12345)


def test_cells_to_check_are_marked_and_named() -> None:
    doubtful = FormReading(
        "a.png", 1, "Besuch", 1, 0.9, (field("visits", "7"), field("Größe", None, text="1.234"), field("day", None))
    )
    sheet = opened(written(doubtful, set_aside()))["Besuch"]
    cells = {sheet.cell(1, column).value: sheet.cell(2, column) for column in range(1, sheet.max_column + 1)}

    assert {name for name, cell in cells.items() if fill(cell) == DOUBT_COLOUR} == {"Größe", "day", "to check"}
    assert (cells["Größe"].data_type, cells["Größe"].value) == ("s", "1.234")
    assert cells["to check"].value == "Größe, day"
    last = sheet.cell(3, sheet.max_column)
    assert (last.value, fill(last)) == ("It is another form.", DOUBT_COLOUR)
    assert not any(fill(cell) for cell in sheet[3][:-1])


def test_the_details_have_a_row_for_every_value() -> None:
    _, sheet = opened(written(copy(), copy({"day": None}, "b.pdf", 2))).worksheets
    rows = [dict(zip(DETAIL_COLUMNS, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]

    assert sheet.title == "Details"
    assert [row["field"] for row in rows] == [*VALUES, "day"]
    assert (rows[0]["confidence"], rows[0]["accepted"], rows[0]["doubts"]) == (0.9987, "yes", None)
    assert (rows[-1]["file"], rows[-1]["page"], rows[-1]["accepted"]) == ("b.pdf", 2, "no")
    assert rows[-1]["doubts"] == "It is blurred."
    assert [rows[-1][side] for side in "xywh"] == [12, 34, 56, 78]
    assert fill(sheet.cell(len(rows) + 1, DETAIL_COLUMNS.index("value") + 1)) == DOUBT_COLOUR


def test_the_header_is_frozen_and_the_columns_are_as_wide_as_their_contents() -> None:
    sheet = opened(written(copy(file="a" * 30 + ".png"), copy(file="b" * 200)))["Besuch"]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:K3"
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert 59 < widths[0] < 62
    assert widths[1] < widths[2] < 12


def test_each_of_several_forms_has_a_sheet_and_odd_names_are_made_valid() -> None:
    forms = (template("Besuch"), template("details"), template("History"), template("a/b?" + "c" * 40))
    book = opened(written(copy(), set_aside(form="History"), forms=forms))

    assert book.sheetnames == ["Besuch", "details", "History-2", "a_b_" + "c" * 27, "Details-2"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [2, 1, 2]


def test_rows_beyond_the_end_of_a_sheet_go_to_another() -> None:
    book = opened(written(*(copy({"visits": str(number)}) for number in range(7)), most_rows=4))
    sheets = [sheet for sheet in book.worksheets if sheet.title.startswith("Besuch")]
    values = [row[FIRST_FIELD] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]

    assert [sheet.title for sheet in sheets] == ["Besuch", "Besuch-2", "Besuch-3"]
    assert values == list(range(7))
    assert all(sheet.freeze_panes == "A2" for sheet in sheets)


def test_a_workbook_holds_the_rows_until_an_error() -> None:
    file = io.BytesIO()
    with suppress(RuntimeError), Workbook(file) as book:
        FormSheets(book, (template(),)).add(copy())
        raise RuntimeError

    assert opened(file.getvalue())["Besuch"].max_row == 2


def test_a_sheet_of_numbers_has_texts_as_written_and_values_to_calculate_with() -> None:
    digit = Digit("7", 0.9, True, Box(1, 2, 3, 4))
    numbers = (
        Number("-18,60", 1, 0.987654321, True, digit.box, (digit,), kind="decimal", value="-18.60"),
        Number("0042", 1, 0.5, False, digit.box, (digit,), kind="code", value="0042"),
        Number("6/2/98", 2, 0.9, True, digit.box, (digit,), kind="date", value="1998-02-06"),
    )
    file = io.BytesIO()
    with Workbook(file) as book:
        PageSheet(book).add(Page(100, 50, numbers, "numink-2.0.0", 1.0, file="=a.png"))
    sheet = opened(file.getvalue())["Numbers"]
    header, *rows = sheet.iter_rows(values_only=True)
    number, confidence, value = (header.index(name) for name in ("number", "confidence", "value"))

    assert [row[number] for row in rows] == ["'-18,60", "0042", "6/2/98"]
    assert [row[value] for row in rows] == [-18.6, "0042", datetime(1998, 2, 6)]
    assert (rows[0][0], rows[0][confidence]) == ("'=a.png", 0.987654)
    assert [fill(sheet.cell(row, number + 1)) for row in (2, 3, 4)] == ["", DOUBT_COLOUR, ""]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_zeros_umlauts_dates_and_long_numbers(tmp_path: Path) -> None:
    values = {**VALUES, "visits": "1234567890123456789"}
    (tmp_path / "pile.xlsx").write_bytes(written(copy(values, "Müller.png")))
    command = [
        str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path), str(tmp_path / "pile.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    _, row = csv.reader((tmp_path / "pile.csv").read_text("utf-8").splitlines())

    assert row[:8] == ["Müller.png", "1", "00123", values["visits"], "12.50", "1998-02-06", "20:30", "00A7"]
