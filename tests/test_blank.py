"""Own forms: the printed page, its marks and code, and the template that fits it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.form_blank import blank
from numink.errors import InvalidTemplate
from numink.forms.blank import MARKS, Blank, make_blank
from numink.forms.blank_layout import mark_boxes
from numink.forms.blank_spec import BlankForm, Paper, read_blank_form
from numink.imaging.documents import open_pages
from numink.imaging.sheet import find_sheet
from numink.structure.template import FieldKind, Template
from pictures import Grey

SPEC = {
    "title": "Besuch: \u00dcberpr\u00fcfung",
    "version": 3,
    "fields": [
        {"caption": "Mitgliedsnummer", "kind": "digits", "length": 10, "check": "luhn", "required": True},
        {"caption": "Datum", "kind": "date"},
        {"caption": "Uhrzeit", "kind": "time"},
        {"caption": "Gr\u00f6\u00dfe in cm", "length": 3, "least": 30, "greatest": 250},
        {"caption": "Gewicht", "kind": "decimal", "decimal": "comma"},
        {"caption": "Code", "kind": "code", "length": 6},
        {"caption": "Raucher?", "kind": "tick", "choices": ["ja", "nein", "fr\u00fcher"]},
        {"caption": "Neu", "kind": "tick"},
        {"caption": "Unterschrift", "kind": "none"},
    ],
}


def form_of(**changes: object) -> BlankForm:
    return BlankForm.model_validate({**SPEC, **changes})


@pytest.fixture(scope="module", params=list(Paper))
def made(request: pytest.FixtureRequest) -> Blank:
    return make_blank(form_of(paper=request.param))


@pytest.fixture(scope="module")
def printed(made: Blank) -> Grey:
    """The page as numink decodes the PDF document."""
    return next(open_pages(made.to_pdf())).grey


def test_the_page_has_the_size_of_its_paper(made: Blank) -> None:
    height, width = made.page.shape

    assert (width / 300 * 25.4, height / 300 * 25.4) in (
        pytest.approx((210, 297), abs=0.2),
        pytest.approx((215.9, 279.4), abs=0.2),
    )
    assert made.template.reference.shape == (height // 2, width // 2)


def test_the_sheet_of_the_printed_page_is_the_page_as_it_is(printed: Grey) -> None:
    assert find_sheet(printed).matrix is None


def test_the_code_on_the_printed_page_names_form_and_version(made: Blank, printed: Grey) -> None:
    text, *_ = cv2.QRCodeDetector().detectAndDecode(printed)

    assert text == f"numink:{made.template.name}:{made.template.version}"
    assert made.template.version == 3


def test_the_marks_are_at_the_corners_with_white_around(made: Blank, printed: Grey) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(MARKS))
    corners, numbers, _ = detector.detectMarkers(printed)
    scale = printed.shape[1] / made.page.shape[1]
    paper = Paper.A4 if made.page.shape[0] > 3400 else Paper.LETTER
    for number, corner in zip(numbers.ravel().tolist(), corners, strict=True):
        box = mark_boxes(paper)[number]
        assert np.abs(corner[0][0] - np.array([box.x, box.y]) * scale).max() < 2
        assert (made.page[box.y - 24 : box.y, box.x - 24 : box.x + box.w + 24] == 255).all()
        assert (made.page[box.y : box.y + box.h, box.x - 24 : box.x] == 255).all()
        assert (made.page[box.y + box.h : box.y + box.h + 24, box.x - 24 : box.x + box.w + 24] == 255).all()

    assert sorted(numbers.ravel().tolist()) == [0, 1, 2, 3]


def test_the_template_has_the_fields_with_their_settings(made: Blank) -> None:
    fields = {field.name: field for field in made.template.fields}

    assert list(fields) == [
        "Mitgliedsnummer", "Datum", "Uhrzeit", "Gr\u00f6\u00dfe in cm", "Gewicht", "Code", "Raucher: ja",
        "Raucher: nein", "Raucher: fr\u00fcher", "Neu", "Unterschrift",
    ]  # fmt: skip
    assert [fields[name].length for name in ("Mitgliedsnummer", "Datum", "Uhrzeit", "Code")] == [10, 8, 4, 6]
    assert fields["Mitgliedsnummer"].check == "luhn"
    assert fields["Mitgliedsnummer"].required
    assert (fields["Gr\u00f6\u00dfe in cm"].least, fields["Gr\u00f6\u00dfe in cm"].length) == (30.0, None)
    assert Template.from_json(made.template.to_json()) == made.template


def test_each_field_of_the_template_is_where_its_box_is_drawn(made: Blank) -> None:
    """Along each side there is a rule, and nothing is within a box but the sides of a comb's boxes."""
    reference = made.template.reference
    for field in made.template.fields:
        x, y, w, h = field.box
        sides = [
            reference[y, x : x + w],
            reference[y + h, x : x + w],
            reference[y : y + h, x],
            reference[y : y + h, x + w],
        ]
        assert max(int(side.max()) for side in sides) < 190, field.name
        inner = reference[y + 3 : y + h - 2, x + 3 : x + w - 2]
        dark = np.flatnonzero((inner < 200).any(axis=0))
        assert len(dark) <= 3 * ((field.length or 1) - 1), field.name


def test_captions_with_umlauts_are_drawn_and_not_replaced() -> None:
    with_umlaut = make_blank(form_of(fields=[{"caption": "\u00c4\u00d6\u00dc"}])).page
    replaced = make_blank(form_of(fields=[{"caption": "???"}])).page
    plain = make_blank(form_of(fields=[{"caption": "AOU"}])).page

    assert (with_umlaut != replaced).any()
    assert (with_umlaut < plain).sum() > 100  # the dots


def test_long_titles_and_names_stay_beside_the_code() -> None:
    made = make_blank(form_of(title="A form of a very long title " * 3, name="n" * 100))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(next(open_pages(made.to_pdf())).grey)

    assert text == "numink:" + "n" * 100 + ":3"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ([{"caption": "Number", "kind": "digits"}], "the field 'Number' of the kind digits needs a length"),
        ([{"caption": "Number", "kind": "digits", "length": 40}], "wider than the page"),
        ([{"caption": f"Remark {number}", "kind": "none"} for number in range(20)], "of the 20 fields fit on the page"),
        ([{"caption": "Age"}, {"caption": "Age"}], "two fields have the name 'Age'"),
        ([{"caption": "Age", "colour": "red"}], "the field 'Age' cannot be used: field colour"),
        ([{"caption": "Age", "choices": ["a"]}], "set its kind to tick"),
    ],
)
def test_a_form_that_cannot_be_printed_says_why(tmp_path: Path, fields: list[dict[str, object]], why: str) -> None:
    (tmp_path / "form.json").write_text(json.dumps({"title": "Form", "fields": fields}))

    with pytest.raises(InvalidTemplate) as error:
        make_blank(read_blank_form(tmp_path / "form.json"))

    assert why in str(error.value)


def test_blank_writes_a_document_and_its_template_from_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("visit.csv").write_text("caption,kind,length,choices\nMember,digits,8,\nSmoker,tick,,yes|no\nAge,,,\n")
    done = CliRunner().invoke(blank, ["visit.csv", "--title", "Visit", "--paper", "letter"])
    template = Template.load(Path("visit.json"))

    assert (done.exit_code, done.stdout) == (0, "visit.pdf\nvisit.json\n")
    assert Path("visit.pdf").read_bytes().startswith(b"%PDF")
    assert (template.name, template.version) == ("Visit", 1)
    assert [field.name for field in template.fields] == ["Member", "Smoker: yes", "Smoker: no", "Age"]
    assert template.fields[3].kind is FieldKind.INTEGER
    assert template.reference.shape == (1650, 1275)
    assert "numink form read visit.json FILE..." in done.stderr


def test_the_template_never_overwrites_what_describes_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = json.dumps({"title": "Visit", "fields": [{"caption": "Age"}]})
    Path("visit.json").write_text(text)
    done = CliRunner().invoke(blank, ["visit.json"])

    assert done.stdout == "visit.pdf\nvisit-template.json\n"
    assert Path("visit.json").read_text() == text
