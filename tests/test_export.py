"""Tables and hOCR of numbers with signs."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest

from numink.export.csv_rows import COLUMNS, rows
from numink.export.hocr import to_hocr
from numink.results import Box, Digit, Number, Page
from numink.service.downloads import CSV_HEADER, as_csv
from numink.store.correction import Correction
from numink.store.ids import new_id, now
from numink.store.reading import Reading

BOX = Box(1, 2, 3, 4)
FORMULAS = ("=", "+", "-", "@", "\t")


def page_of(text: str, **fields: Any) -> Page:
    digits = tuple(Digit(character, 0.9, True, BOX) for character in text)
    return Page(100, 50, (Number(text, 1, 0.9, True, BOX, digits, **fields),), "numink-2.0.0", 1.0, file="a.png")


def table(page: Page, *corrections: Correction) -> list[dict[str, str]]:
    reading = Reading(new_id("anna"), now(), (page,))
    return list(csv.DictReader(io.StringIO("".join(as_csv(iter([(reading, corrections)]))))))


def test_kind_and_value_stand_behind_all_older_columns() -> None:
    assert COLUMNS[:10] == ("file", "page", "line", "number", "confidence", "accepted", "x", "y", "w", "h")
    assert COLUMNS[10:] == ("kind", "value", "table", "row", "column")
    assert ("reading", "created", *COLUMNS[:10], "read_as", *COLUMNS[10:]) == CSV_HEADER


@pytest.mark.parametrize("text", ["-186", "=1+2", "+49 30", "@7", "-1+1"])
def test_a_number_that_could_be_a_formula_stays_a_text(text: str) -> None:
    (row,) = (dict(zip(COLUMNS, row, strict=True)) for row in rows(page_of(text)))
    (downloaded,) = table(page_of(text))

    assert row["number"] == downloaded["number"] == f"'{text}"
    assert not str(row["value"]).startswith(FORMULAS)


@pytest.mark.parametrize(
    ("value", "cell"), [("-186", "-186"), ("-0.5", "-0.5"), ("1998-02-06", "1998-02-06"), (None, ""), ("-1+1", "'-1+1")]
)
def test_the_value_of_a_number_is_a_cell_to_calculate_with(value: str | None, cell: str) -> None:
    assert table(page_of("7", value=value))[0]["value"] == cell


def test_a_corrected_number_has_the_kind_and_value_of_its_new_text() -> None:
    page = page_of("2415", kind="code", value="2415")
    correction = Correction("anna:1", "r", now(), 0, 0, "-24")
    (before,), (after,) = table(page), table(page, correction)

    assert (before["number"], before["kind"], before["value"], before["read_as"]) == ("2415", "code", "2415", "")
    assert (after["number"], after["read_as"], after["accepted"]) == ("'-24", "2415", "corrected")
    assert after["kind"] != "code"


def test_hocr_holds_the_signs_of_a_number() -> None:
    root = ElementTree.fromstring(to_hocr([page_of("<5&6.1%")]))
    words = root.findall(".//{http://www.w3.org/1999/xhtml}span[@class='ocrx_word']")

    assert ["".join(word.itertext()) for word in words] == ["<5&6.1%"]
