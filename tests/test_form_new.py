"""Templates that are made of pictures and documents, and of files of fields."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from form_documents import COMB, form_document, widget
from form_drawings import visit_form
from numink.cli.form_new import new
from numink.errors import InvalidTemplate
from numink.forms.field_files import read_fields
from numink.forms.new_template import LONGEST_SIDE, new_template
from numink.imaging.documents import open_pages
from numink.imaging.sheet import find_sheet
from numink.structure.template import DecimalSign, FieldKind, Template
from pictures import as_file

WIDGETS = [
    widget("age", "Tx", (72, 720, 172, 744)),
    widget("number", "Tx", (72, 660, 272, 684), f"/Ff {COMB} /MaxLen 8"),
    widget("smoker", "Btn", (72, 600, 86, 614)),
    widget("smoker", "Btn", (172, 600, 186, 614)),
    widget("sign", "Sig", (72, 500, 272, 560)),
    widget("send", "Btn", (300, 500, 360, 520), f"/Ff {1 << 16}"),
    widget("Gr\u00f6\u00dfe", "Tx", (300, 720, 372, 744)),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("visit.png").write_bytes(as_file(visit_form().page))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(new, arguments)


def test_new_writes_a_template_and_an_overlay_and_says_what_to_do_next(folder: Path) -> None:
    done = run("visit.png")
    template = Template.load(folder / "visit.json")
    overlay = cv2.imread(str(folder / "visit-fields.png"))

    assert done.exit_code == 0
    assert template.name == "visit"
    assert len(template.fields) == len(visit_form().frames)
    assert overlay is not None
    assert overlay.shape[:2] == template.reference.shape
    assert [line.split()[0] for line in done.stdout.splitlines()[:2]] == ["name", "field"]
    assert len(done.stdout.splitlines()) == len(template.fields) + 1
    assert "visit-fields.png" in done.stderr
    assert "numink form read visit.json FILE..." in done.stderr


def test_new_overwrites_nothing(folder: Path) -> None:
    run("visit.png")
    before = (folder / "visit.json").read_bytes()
    done = run("visit.png", "--name", "another")

    assert done.exit_code == 2
    assert "visit.json exists" in done.stderr
    assert (folder / "visit.json").read_bytes() == before


def test_a_page_without_fields_is_said_to_have_none(folder: Path) -> None:
    (folder / "empty.png").write_bytes(as_file(np.full((800, 600), 250, np.uint8)))
    done = run("empty.png")

    assert Template.load(folder / "empty.json").fields == ()
    assert "has no fields" in done.stderr


def test_fields_are_taken_from_a_csv_file(folder: Path) -> None:
    (folder / "fields.csv").write_text(
        "name;x;y;w;h;kind;length;check;among;least;greatest;required;decimal\n"
        "Nummer;360;176;352;52;digits;8;luhn;;;;true;\n"
        "Gr\u00f6\u00dfe;360;480;280;37;decimal;;;;30;250;;comma\n"
        "Code;900;176;220;52;code;;;A1|B2;;;;\n",
        encoding="utf-8",
    )
    done = run("visit.png", "--fields", "fields.csv", "--name", "Besuch", "--out", "form.json", "--overlay", "see.png")
    template = Template.load(folder / "form.json")

    assert done.exit_code == 0
    assert template.name == "Besuch"
    assert (folder / "see.png").exists()
    number, size, code = template.fields
    assert (number.box, number.kind, number.length, number.check) == (
        (360, 176, 352, 52), FieldKind.DIGITS, 8, "luhn",
    )  # fmt: skip
    assert number.required
    assert (size.least, size.greatest, size.decimal) == (30.0, 250.0, DecimalSign.COMMA)
    assert code.among == ("A1", "B2")


def test_fields_of_a_template_are_read_back_from_json(folder: Path) -> None:
    run("visit.png")
    template = Template.load(folder / "visit.json")
    fields = [field.model_dump_json(exclude_defaults=True) for field in template.fields]
    (folder / "fields.json").write_text(f"[{','.join(fields)}]")

    assert tuple(read_fields(folder / "fields.json")) == template.fields


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,x,y,w,h\nage,1,2,3\n", "field 1 box 4: Field required"),
        ("name,x,y,w,h,kind\nage,1,2,3,4,word\n", "field 1 kind: Input should be"),
        ("name,x,y,w,h,colour\nage,1,2,3,4,red\n", "field 1 colour: Extra inputs"),
        ("name,x,y,w,h\na,1,2,3,4\nage,1,2,3,4,5\n", "field 2 (more): Extra inputs"),
        ("[{]", "Invalid JSON"),
    ],
)
def test_a_file_of_fields_that_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "fields").write_text(text)

    with pytest.raises(InvalidTemplate) as error:
        read_fields(tmp_path / "fields")

    assert why in str(error.value)


def test_files_that_are_missing_or_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe0")

    for name, why in (("none", "No such file"), ("picture", "UTF-8")):
        with pytest.raises(InvalidTemplate, match=why):
            read_fields(tmp_path / name)


@pytest.mark.parametrize("rotate", [0, 90, 270])
def test_the_form_fields_of_a_pdf_document_are_taken_over(rotate: int) -> None:
    picture = next(open_pages(form_document(WIDGETS, rotate=rotate)))
    template = new_template(picture, "application")
    scale = max(template.reference.shape) / 842

    assert {field.name: field.kind for field in template.fields} == {
        "age": FieldKind.INTEGER, "number": FieldKind.DIGITS, "smoker": FieldKind.TICK, "smoker 2": FieldKind.TICK,
        "sign": FieldKind.NONE, "Gr\u00f6\u00dfe": FieldKind.INTEGER,
    }  # fmt: skip
    assert template.field("number").length == 8
    along, across = (200 * scale, 24 * scale) if rotate == 0 else (24 * scale, 200 * scale)
    assert template.field("number").box[2:] == pytest.approx((along, across), abs=2)
    if rotate == 0:
        assert template.field("age").box[:2] == pytest.approx((72 * scale, (842 - 744) * scale), abs=2)


def test_a_document_without_form_fields_has_none_and_broken_ones_are_left_out() -> None:
    outside = [widget("far", "Tx", (900, 900, 950, 950)), widget("thin", "Tx", (72, 72, 72, 90)), "<< /Type /Annot >>"]

    assert next(open_pages(form_document([]))).form_fields == ()
    assert next(open_pages(form_document(outside))).form_fields == ()


def test_a_photo_of_a_form_is_set_square_and_reduced() -> None:
    page = cv2.resize(visit_form().page, None, fx=1.5, fy=1.5)
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = np.array([(180, 210), (width + 60, 150), (width + 170, height + 120), (120, height + 230)], np.float32)
    table = np.full((height + 400, width + 300), 40, np.uint8)
    warp = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(page, warp, table.shape[::-1], dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    template = new_template(next(open_pages(np.asarray(photo, np.uint8))), "visit")

    assert find_sheet(photo).matrix is not None
    assert max(template.reference.shape) == LONGEST_SIDE
    assert template.reference.shape[0] / template.reference.shape[1] == pytest.approx(297 / 210, rel=0.03)
    assert len(template.fields) >= len(visit_form().frames) - 1
