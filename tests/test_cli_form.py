"""`numink form`: templates shown, and piles of copies read into tables, by a stand-in for the reader of forms."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from form_material import VALUES, copy, field, filled_in, printed_template, set_aside, template
from numink.cli import numink
from numink.imaging.decode import Picture
from numink.results import Box
from numink.results.form import FormReading
from numink.structure.template import FieldKind, FieldRule, RuleKind, Template, TemplateField
from paper_forms import turned
from pictures import Sheet, as_file, blank


class StandIn:
    """Answers by the height of a picture: 1 a copy in doubt, 2 one of another form, 3 one that fits none, 4 a blank."""

    def __init__(self, templates: list[Template], _: object) -> None:
        self.templates = templates

    def read(self, picture: Picture, *, file: str = "", page: int = 1) -> FormReading:
        if picture.height == 3:
            return set_aside("It fits no form.")
        values = dict.fromkeys(VALUES, "") if picture.height == 4 else VALUES
        fields = [field(name, value) for name, value in values.items()]
        if picture.height == 1:
            fields[1] = field("visits", None, text="4?")
        form = "Zettel" if picture.height == 2 else "Besuch"
        left_over = (Box(0, 0, 9, 9),) if picture.height == 2 else ()
        return FormReading(file, page, form, 1, 0.9, tuple(fields), left_over)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder: templates, and pictures that the stand-in for the reader answers by their height."""
    monkeypatch.setattr("numink.cli.form_read.form_reader", StandIn)
    monkeypatch.chdir(tmp_path)
    for form in (template("Besuch"), template("Zettel")):
        Path(f"{form.name}.json").write_text(form.to_json())
    for name, height in (("sure", 9), ("doubt", 1), ("other", 2), ("unfit", 3), ("empty", 4)):
        Path(f"{name}.png").write_bytes(as_file(blank(Sheet(20, height))))
    Path("broken.png").write_bytes(b"no picture")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(numink, ["form", *arguments])


def table(path: Path | str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(path).read_text("utf-8-sig").splitlines()))


def test_a_copy_is_a_line_and_doubts_have_a_mark(folder: Path) -> None:
    done = run("read", "Besuch.json", "sure.png", "doubt.png")
    first, second = done.stdout.splitlines()

    assert done.exit_code == 0
    assert first.startswith("sure.png: member=00123, visits=-42, Größe=12.50, day=1998-02-06, ")
    assert second.startswith("doubt.png: member=00123, visits=4??, ")
    assert done.stderr == "numink: copies: 2, set aside: 0, fields to check: 1\n"


def test_a_single_copy_that_is_right_has_no_messages(folder: Path) -> None:
    assert run("read", "Besuch.json", "sure.png").stderr == ""


def test_files_that_fail_and_copies_set_aside_are_reported_and_the_rest_is_read(folder: Path) -> None:
    names = ("broken.png", "unfit.png", "nowhere.png", "sure.png")
    done = run("read", "Besuch.json", *names, "--csv", "pile.csv", "--xlsx", "pile.xlsx")
    rows = table("pile.csv")

    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 1
    assert "numink: other.png: set aside: It fits no form.\n" in done.stderr
    assert "numink: nowhere.png: there is no such file" in done.stderr
    assert "numink: copies: 4, set aside: 3, fields to check: 0\n" in done.stderr
    assert [row["visits"] for row in rows] == ["", "", "", "-42"]
    assert "not a picture" in rows[0]["set aside"]
    assert [row["set aside"] for row in rows][1::2] == ["It fits no form.", ""]
    assert openpyxl.load_workbook("pile.xlsx")["Besuch"].max_row == 5


def test_names_that_are_no_text_stop_no_pile(folder: Path) -> None:
    Path("sure.png").rename("m\udcfcller.png")
    done = run("read", "Besuch.json", "m\udcfcller.png", "doubt.png", "--csv", "pile.csv", "--xlsx", "pile.xlsx")

    assert done.exit_code == 0
    assert [row["file"] for row in table("pile.csv")] == ["m\ufffdller.png", "doubt.png"]
    assert openpyxl.load_workbook("pile.xlsx")["Besuch"]["A2"].value == "m\ufffdller.png"


def test_json_has_an_object_for_each_copy_and_error(folder: Path) -> None:
    done = run("read", "Besuch.json", "sure.png", "broken.png", "unfit.png", "--json")
    first, second, third = map(json.loads, done.stdout.splitlines())

    assert first == copy(file="sure.png").to_dict()
    assert (second["file"], second["error"]["type"]) == ("broken.png", "not-a-picture")
    assert third["reason"] == "It fits no form."


def test_writing_outside_all_fields_is_reported(folder: Path) -> None:
    done = run("read", "Besuch.json", "other.png", "--template", "Zettel.json")

    assert done.stderr == "numink: other.png: written outside all fields: 1\n"


def test_pages_of_documents_are_copies(folder: Path) -> None:
    pages = [Image.fromarray(blank(Sheet(20, height))) for height in (9, 1, 3)]
    pages[0].save("pile.tiff", save_all=True, append_images=pages[1:])
    done = run("read", "Besuch.json", "pile.tiff", "--csv", "pile.csv")

    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["pile.tiff", "pile.tiff, page 2"]
    assert [row["page"] for row in table("pile.csv")][:2] == ["1", "2"]


def test_several_forms_have_a_file_and_a_sheet_each(folder: Path) -> None:
    done = run("read", "Besuch.json", "sure.png", "other.png", "--template", "Zettel.json", "--csv", "out/tables",
               "--xlsx", "pile.xlsx")  # fmt: skip

    assert done.exit_code == 0
    assert {path.name: len(table(path)) for path in Path("out/tables").iterdir()} == {
        "Besuch.csv": 1, "Zettel.csv": 1,
    }  # fmt: skip
    assert openpyxl.load_workbook("pile.xlsx").sheetnames == ["Besuch", "Zettel", "Details"]


@pytest.mark.parametrize(
    ("options", "language", "header", "number"),
    [
        ([], "", b"file,page,member", b",12.50,"), ([], "de", b"\xef\xbb\xbffile;page;member", b";12,50;"),
        (["--decimal", "point"], "de", b"file,page,member", b",12.50,"),
        (["--decimal", "comma"], "", b"\xef\xbb\xbffile;page;", b";12,50;"),
        (["--decimal", "comma", "--separator", "tab", "--no-bom"], "", b"file\tpage\t", b"\t12,50\t"),
        (["--bom", "--decimal", "comma", "--separator", "comma"], "", b"\xef\xbb\xbffile,page,", b',"12,50",'),
    ],
)  # fmt: skip
def test_csv_files_are_written_for_a_language_or_as_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], language: str, header: bytes, number: bytes
) -> None:
    monkeypatch.setenv("NUMINK_LANGUAGE", language)
    run("read", "Besuch.json", "sure.png", "--csv", "pile.csv", *options)
    content = Path("pile.csv").read_bytes()

    assert content.startswith(header)
    assert number in content.splitlines()[1]


def test_empty_copies_fail_only_where_that_is_asked_for(folder: Path) -> None:
    assert run("read", "Besuch.json", "empty.png").exit_code == 0
    assert run("read", "Besuch.json", "empty.png", "--fail-empty").exit_code == 3
    assert run("read", "Besuch.json", "empty.png", "sure.png", "--fail-empty").exit_code == 0
    assert run("read", "Besuch.json", "empty.png", "broken.png", "--fail-empty").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read", "Besuch.json"], "Missing argument"),
        (["read", "nowhere.json", "sure.png"], "cannot read the template"),
        (["read", "sure.png", "sure.png"], "no template of a form"),
        (["read", "Besuch.json", "sure.png", "--template", "broken.png"], "no template of a form"),
        (["read", "Besuch.json", "sure.png", "--template", "Zettel.json", "--csv", "a.csv"], "name a folder"),
        (["read", "Besuch.json", "sure.png", "--csv", "nowhere/a.csv"], "another file with --csv"),
        (["read", "Besuch.json", "sure.png", "--xlsx", "nowhere/a.xlsx"], "another file with --xlsx"),
        (["read", "Besuch.json", "sure.png", "--separator", "|"], "'semicolon'"),
        (["show", "nowhere.json"], "cannot read the template"),
        (["show", "Besuch.json", "--overlay", "sure.png/a.png"], "--overlay"),
    ],
)
def test_wrong_usage_is_explained(folder: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


def test_show_prints_the_fields_and_rules(tmp_path: Path) -> None:
    bounds = {"least": 0, "greatest": 1000000, "required": True, "length": 6, "pattern": r"\d+"}
    fields = [
        TemplateField(name="net", box=(1, 2, 30, 4), kind=FieldKind.DECIMAL, decimal="comma"),
        TemplateField(name="tax", box=(1, 8, 30, 4), **bounds),
        TemplateField(name="total amount", box=(1, 14, 30, 4), check="luhn", among=("7", "18")),
    ]
    rules = [FieldRule(kind=kind, fields=("net", "tax", "total amount")) for kind in RuleKind]
    (tmp_path / "form.json").write_text(Template.of(blank(Sheet(50, 60)), "Rechnung", fields, rules, 4).to_json())

    assert run("show", str(tmp_path / "form.json")).stdout.splitlines() == [
        "Rechnung, version 4, 50x60 pixels",
        "field         kind     box        rules",
        "net           decimal  1,2,30,4   decimal comma",
        r"tax           integer  1,8,30,4   required, length 6, at least 0, at most 1000000, pattern \d+",
        "total amount  integer  1,14,30,4  check digit luhn, one of 2 values",
        "rule: net + tax = total amount",
        "rule: net <= tax <= total amount",
        "rule: net = tax = total amount",
    ]


def test_show_draws_the_fields_on_the_reference_page(folder: Path) -> None:
    assert run("show", "Besuch.json", "--overlay", "drawn/Besuch.png").exit_code == 0
    with Image.open("drawn/Besuch.png") as drawn:
        assert drawn.size == (400, 600)


def test_a_pile_is_read_from_pictures_to_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("visit.json").write_text(printed_template().to_json())
    Path("a.png").write_bytes(as_file(filled_in(member="004217", age="42", beds="7", total="58")))
    Path("b.png").write_bytes(as_file(turned(filled_in(member="000305", age="9", total="1260"), 3)))
    Path("c.png").write_bytes(as_file(blank(Sheet(1000, 1400))))
    done = run("read", "visit.json", "a.png", "b.png", "c.png", "--csv", "pile.csv", "--xlsx", "pile.xlsx")
    rows = table("pile.csv")
    sheet = openpyxl.load_workbook("pile.xlsx")["visit"]

    assert done.exit_code == 1
    assert [[row[name] for name in ("member", "age", "beds", "total")] for row in rows] == [
        ["004217", "42", "7", "58"], ["000305", "9", "", "1260"], ["", "", "", ""],
    ]  # fmt: skip
    assert [bool(row["set aside"]) for row in rows] == [False, False, True]
    assert [cell.value for cell in sheet[2]][:6] == ["a.png", 1, "004217", 42, 7, 58]
