"""CSV files of the copies of a form, as spreadsheets of different languages open them."""

from __future__ import annotations

import csv
import io

import pytest

from form_material import KINDS, VALUES, copy, field, set_aside, template
from numink.export.form_table import CsvFormat, FormCsv, columns, file_names
from numink.export.names import free_name
from numink.results.form import FormReading
from numink.structure.template import FieldKind

GERMAN = CsvFormat.for_language("de")


def rows(*readings: FormReading, layout: CsvFormat = CsvFormat()) -> list[list[str]]:  # noqa: B008 - frozen
    table = FormCsv(template(), layout)
    text = table.header + "".join(map(table.line, readings))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=layout.separator))


def test_a_row_is_a_copy_and_a_column_a_field_in_the_order_of_the_template() -> None:
    backwards = dict(reversed(VALUES.items()))

    header, row = rows(copy(backwards, "Müller.pdf", 3))
    assert header == ["file", "page", *KINDS, "to check", "set aside"]
    assert row == ["Müller.pdf", "3", "00123", "-42", "12.50", "1998-02-06", "20:30", "00A7", "yes", "", ""]


def test_german_files_open_by_a_double_click() -> None:
    table = FormCsv(template(), GERMAN)

    assert table.header.startswith("\ufefffile;page;member;visits;Größe;")
    assert table.line(copy()) == "scan.png;1;00123;-42;12,50;1998-02-06;20:30;00A7;yes;;\r\n"


@pytest.mark.parametrize(
    ("language", "start"), [("de-AT", ";"), ("fr", ";"), ("en-GB", ","), ("en", ","), ("", ","), ("nonsense", ",")]
)
def test_the_separator_goes_by_the_decimal_sign_of_the_language(language: str, start: str) -> None:
    assert CsvFormat.for_language(language).separator == start
    assert CsvFormat.for_language(language).byte_order_mark is (start == ";")


def test_only_numbers_have_the_decimal_sign_of_the_file() -> None:
    (_, row) = rows(copy({"code": "12.50", "visits": "3.5"}), layout=CsvFormat(decimal="comma"))

    assert (row[7], row[3]) == ("12.50", "3,5")


def test_fields_to_check_are_named_and_keep_their_text() -> None:
    ambiguous = field("Größe", None, text="1.234")
    (_, row) = rows(FormReading("a.png", 1, "Besuch", 1, 0.9, (ambiguous, field("day", None, text=""))), layout=GERMAN)

    assert row[4:6] == ["1.234", ""]
    assert row[-2:] == ["Größe, day", ""]


def test_a_copy_that_was_set_aside_has_a_row_with_the_reason() -> None:
    (_, row) = rows(set_aside("It is another form."))

    assert row == ["other.png", "1", *[""] * len(KINDS), "", "It is another form."]


@pytest.mark.parametrize("text", ["=1+2", "@SUM(A1)", "+49", "-A1", "7;=1+2"])
@pytest.mark.parametrize("layout", [CsvFormat(), GERMAN], ids=["comma", "semicolon"])
def test_no_cell_is_a_formula(text: str, layout: CsvFormat) -> None:
    bad = FormReading(text, 1, "Besuch", 1, 0.9, (field("code", text), field("visits", None, text=text)), reason=text)
    (_, row) = rows(bad, layout=layout)

    for cell in (row[0], row[7], row[3], row[-1]):
        assert cell != text
        assert cell.replace("'", "") == text


def test_a_formula_in_the_name_of_a_field_is_none_in_the_header() -> None:
    table = FormCsv(template(kinds={"=1+2": FieldKind.CODE}), CsvFormat())

    assert table.header == "file,page,'=1+2,to check,set aside\r\n"


def test_a_field_that_is_called_as_a_column_of_ours_has_a_name_of_its_own() -> None:
    assert columns(template(kinds={"page": FieldKind.CODE}))[1:3] == ("page", "page (field)")


def test_each_of_several_forms_has_a_file_of_a_safe_and_distinct_name() -> None:
    names = file_names([template("visit"), template("Visit", 2), template("../a:b"), template(" ")])

    assert list(names.values()) == ["visit.csv", "Visit-2.csv", "_a_b.csv", "form.csv"]
    assert names["Visit", 2] == "Visit-2.csv"


def test_names_are_cut_and_stay_distinct() -> None:
    taken = set[str]()
    for _ in range(12):
        taken.add(free_name("a" * 40, taken, 31).casefold())

    assert len(taken) == 12
    assert max(map(len, taken)) == 31
