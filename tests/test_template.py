"""Templates are kept as JSON that is checked: what cannot be used is refused with a sentence."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numink.errors import InvalidTemplate
from numink.structure.template import FieldKind, FieldRule, RuleKind, Template, TemplateField

PAGE = np.full((200, 100), 255, np.uint8)
PAGE[50:60, 20:80] = 30


def template(**values: Any) -> Template:
    fields = [TemplateField(name="a", box=(5, 5, 40, 20)), TemplateField(name="b", box=(5, 40, 40, 20))]
    rules = [FieldRule(kind=RuleKind.ORDER, fields=("a", "b"))]
    return Template.of(PAGE, values.get("name", "visit"), values.get("fields", fields), values.get("rules", rules))


def test_a_template_is_the_same_after_json(tmp_path: Path) -> None:
    fields = [
        TemplateField(
            name="Größe", box=(0, 0, 100, 200), kind=FieldKind.DECIMAL, decimal="comma", least=0, required=True
        ),
        TemplateField(name="code", box=(1, 2, 3, 4), kind=FieldKind.CODE, length=3, among=("A01", "B02"), check="luhn"),
    ]
    (tmp_path / "form.json").write_text(template(fields=fields, rules=[]).to_json(), "utf-8")
    read = Template.load(tmp_path / "form.json")
    assert read.fields == tuple(fields)
    assert np.array_equal(read.reference, PAGE)
    assert read.field("code").area == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fields": [TemplateField(name="a", box=(5, 5, 40, 20))] * 2, "rules": []}, "two fields have the name 'a'"),
        ({"fields": [TemplateField(name="a", box=(80, 5, 40, 20))], "rules": []}, "outside the page of 100x200"),
        ({"rules": [FieldRule(kind=RuleKind.SUM, fields=("a", "c"))]}, "names the field 'c'"),
        ({"name": ""}, "name"),
    ],
)
def test_contradictions_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTemplate, match=message):
        template(**change)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"numink_form": 2}', "\x00", "null"])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(InvalidTemplate, match="no template of a form that can be used"):
        Template.from_json(text)


def test_a_page_that_is_no_png_or_too_large_is_refused_from_its_header() -> None:
    values = json.loads(template().to_json())
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (9000).to_bytes(4, "big") + (20).to_bytes(4, "big")
    for page in (base64.b64encode(b"GIF89a" * 20).decode(), base64.b64encode(header + b"\0" * 40).decode(), "é"):
        with pytest.raises(InvalidTemplate, match="the reference page"):
            Template.from_json(json.dumps({**values, "page": page}))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match="cannot read the template"):
        Template.load(tmp_path / "none.json")


def test_a_field_whose_range_is_empty_is_refused() -> None:
    with pytest.raises(ValueError, match="its least is above its greatest"):
        TemplateField(name="a", box=(0, 0, 1, 1), least=5, greatest=4)
