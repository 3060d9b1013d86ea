"""Preparation of a page: rules are looked for once or twice, and the page model is asked only where it helps."""

from __future__ import annotations

import numpy as np
import pytest

from numink.imaging import page_parts
from numink.imaging.binarization import Binarization, binarize
from numink.imaging.page_segmentation import PageModel, PageSegmentation
from numink.imaging.ruled_lines import part_ruled_lines
from numink.recognition.line_model import LineModel
from numink.recognition.page_preparation import PreparedPage, prepare_page
from paper_forms import number_table
from pictures import Grey, Sheet, write
from texture_pages import salt_and_pepper, strokes

LINE_MODEL = LineModel()
PAGE_MODEL = PageModel()


class Calls:
    """Counts how often rules are looked for, and the page model is asked."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.rules = self.model = 0
        segment_page = PageModel.segment_page

        def counted_rules(*arguments: object) -> object:
            self.rules += 1
            return part_ruled_lines(*arguments)  # type: ignore[arg-type]

        def counted_model(model: PageModel, surface: Grey) -> PageSegmentation:
            self.model += 1
            return segment_page(model, surface)

        patch.setattr(page_parts, "part_ruled_lines", counted_rules)
        patch.setattr(PageModel, "segment_page", counted_model)


def prepared(page: Grey | Binarization, *, part_print: bool = True) -> PreparedPage:
    binarized = page if isinstance(page, Binarization) else binarize(page)
    return prepare_page(binarized, LINE_MODEL, PAGE_MODEL, part_print=part_print)


@pytest.mark.parametrize(
    ("rows", "part_print", "rules", "model"),
    [(1, True, 1, 0), (6, True, 2, 1), (30, True, 1, 1), (30, False, 1, 0)],
)
def test_rules_are_looked_for_once_where_many_components_say_that_the_page_model_is_asked(
    monkeypatch: pytest.MonkeyPatch, rows: int, part_print: bool, rules: int, model: int
) -> None:
    calls = Calls(monkeypatch)
    page = prepared(number_table([["4709"]] * rows, ruled=False), part_print=part_print)

    assert (calls.rules, calls.model) == (rules, model)
    assert page.written.foreground.any()
    assert not page.holds_texture


def test_nothing_is_left_of_a_texture_and_the_page_model_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls(monkeypatch)
    page = prepared(strokes())

    assert page.holds_texture
    assert not page.written.foreground.any()
    assert (page.printed, calls.model) == (None, 0)


def test_what_stands_out_from_a_texture_is_left_with_its_soft_edges() -> None:
    digits = write("4710", 100, 100, 120, 14, Sheet(700, 400))
    ground = salt_and_pepper(0.02)[: digits.shape[0], : digits.shape[1]]
    page, clean = prepared(np.minimum(digits, ground)), prepared(digits)

    assert (page.holds_texture, clean.holds_texture) == (True, False)
    assert np.abs(page.written.foreground - clean.written.foreground).mean() < 0.01
