"""Composed paper pages: what is drawn on which layer, and the class of each cell."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra [train]")

from numink.imaging.page_segmentation import CELL, HANDWRITING, NEITHER, PRINT, RULE
from numink.training.synthesis import paper_blocks, paper_pages, paper_tables, printed_matter
from numink.training.synthesis.handwriting_bank import HandwritingBank, compose_bank
from numink.training.synthesis.paper_appearance import photograph
from numink.training.synthesis.paper_blocks import PageHand
from numink.training.synthesis.paper_canvas import PaperCanvas, put
from numink.training.synthesis.paper_pages import ComposedPaper, compose_paper
from numink.training.synthesis.printed_matter import Typeface
from numink.training.synthesis.writer_pool import WriterPool

SIDE = 192


@pytest.fixture(scope="module")
def bank(writers: WriterPool) -> HandwritingBank:
    return compose_bank(writers, 12, 4, np.random.default_rng(1))


@pytest.fixture
def page(bank: HandwritingBank) -> PageHand:
    rng = np.random.default_rng(5)
    face = Typeface(None, cv2.FONT_HERSHEY_SIMPLEX)
    return PageHand(PaperCanvas.empty(400), bank, face, face, rng, 14, 28.0, 1.5, filled=1.0)


def pages_of(bank: HandwritingBank, count: int) -> list[ComposedPaper]:
    return [compose_paper(bank, (), SIDE, np.random.default_rng((2, index))) for index in range(count)]


def test_a_page_has_one_label_for_each_cell(bank: HandwritingBank) -> None:
    for example in pages_of(bank, 12):
        assert example.picture.shape == example.contrast.shape == (SIDE, SIDE)
        assert example.labels.shape == (SIDE // CELL, SIDE // CELL)
        assert set(np.unique(example.labels)) <= {HANDWRITING, PRINT, RULE, NEITHER}


def test_the_same_seed_composes_the_same_page(bank: HandwritingBank) -> None:
    first, again = pages_of(bank, 3), pages_of(bank, 3)

    assert all(np.array_equal(page.picture, same.picture) for page, same in zip(first, again, strict=True))
    assert all(np.array_equal(page.labels, same.labels) for page, same in zip(first, again, strict=True))
    assert not np.array_equal(first[0].picture, first[1].picture)


def test_every_class_occurs_on_many_pages(bank: HandwritingBank) -> None:
    examples = pages_of(bank, 40)

    for label in (HANDWRITING, PRINT, RULE, NEITHER):
        assert sum((example.labels == label).any() for example in examples) > 12


def test_marks_are_darker_than_the_paper_around_them(bank: HandwritingBank) -> None:
    examples = pages_of(bank, 40)
    of_marks, of_paper = [], []
    for example in examples:
        contrast = cv2.resize(example.contrast, example.labels.shape[::-1], interpolation=cv2.INTER_AREA)
        of_marks += contrast[example.labels != NEITHER].tolist()
        of_paper += contrast[example.labels == NEITHER].tolist()

    assert np.mean(of_marks) > 3 * np.mean(of_paper)


def test_print_and_handwriting_never_share_a_layer(page: PageHand) -> None:
    paper_blocks.paragraph(page, 10, 10, 390)
    assert page.canvas.printed.any()
    assert not page.canvas.handwriting.any()

    paper_tables.written_lines(page, 10, 200, 390)
    assert page.canvas.handwriting.any()


@pytest.mark.parametrize(
    "block",
    [
        paper_blocks.field, paper_blocks.comb, paper_blocks.check_boxes, paper_blocks.title, paper_tables.table,
        paper_tables.puzzle, paper_tables.bubbles, paper_tables.picture_block, paper_tables.written_lines,
    ],
)  # fmt: skip
def test_each_block_ends_below_its_top_and_draws_something(block: paper_pages.Block, page: PageHand) -> None:
    assert block(page, 20, 30, 380) > 30
    layers = (page.canvas.handwriting, page.canvas.printed, page.canvas.rules)
    assert any(layer.any() for layer in layers) or page.canvas.shade.min() < 1


def test_boxes_of_a_comb_are_rules_and_its_digits_handwriting(page: PageHand) -> None:
    for top in range(20, 380, 60):
        paper_blocks.comb(page, 20, top, 380)

    assert page.canvas.rules.any()
    assert page.canvas.handwriting.any()


def test_a_patch_beyond_the_edge_is_cut_off() -> None:
    layer = np.zeros((20, 20), np.uint8)
    for left, top in ((-6, 3), (15, 15), (40, 0), (0, -40)):
        put(layer, np.full((10, 10), 200, np.uint8), left, top)

    assert [int((layer[3:13, :4] > 0).sum()), int((layer[15:, 15:] > 0).sum())] == [40, 25]
    assert int((layer > 0).sum()) == 65


def test_the_layers_of_a_photograph_fit_its_picture() -> None:
    canvas = PaperCanvas.empty(240)
    put(canvas.handwriting, np.full((60, 60), 255, np.uint8), 90, 90)
    rng = np.random.default_rng(3)
    for taken in (photograph(canvas, 24, rng) for _ in range(12)):
        inside = taken.handwriting > 128
        if inside.sum() < 1500:  # beyond the edge of the sheet
            continue
        around = cv2.dilate(inside.astype(np.uint8), np.ones((25, 25), np.uint8)).astype(bool) & ~inside
        assert taken.picture[inside].mean() < taken.picture[around].mean()


def test_a_stamp_has_a_border_and_a_bar_code_bars() -> None:
    face, rng = Typeface(None), np.random.default_rng(0)
    mark = printed_matter.stamp(face, ["PAID", "12 MAY"], 20, rng)
    code = printed_matter.bar_code(30, 120, rng)

    assert mark.shape[0] == mark.shape[1]
    assert mark.any()
    assert code.shape == (30, 120)
    assert len(np.unique(code)) == 2
    assert (code[0] == code[-1]).all()


def test_type_of_a_font_file_grows_with_its_size(font: Path) -> None:
    small, large = (Typeface(font).set("Total 42", size) for size in (10, 30))

    assert large.shape[0] > 2 * small.shape[0]
    assert large.max() == 255


@pytest.fixture
def font() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
