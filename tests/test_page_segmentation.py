"""Page segmentation: contrast in, a class for each cell out; the contract in the model's file; the shipped model."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from numink.errors import ModelError
from numink.imaging.binarization import binarize
from numink.imaging.page_segmentation import (
    CELL,
    HANDWRITING,
    NEITHER,
    PRINT,
    RULE,
    SHIPPED_PAGES,
    PageModel,
    page_contrast,
)
from numink.imaging.print_separation import separate_print
from pictures import Sheet, write

Grey = NDArray[np.uint8]


@pytest.fixture(scope="module")
def model() -> PageModel:
    return PageModel()


def unsteady(picture: Grey) -> Grey:
    """Bend and slant what is written, as a hand does: straight strokes of one width are print to the model."""
    height, width = picture.shape
    field = np.random.default_rng(3).normal(0, 5, (2, height // 24, width // 24)).astype(np.float32)
    dx, dy = (cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in field)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = (columns + dx + 0.25 * (rows - 290)).astype(np.float32)
    return np.asarray(cv2.remap(picture, x, rows + dy, cv2.INTER_LINEAR, borderValue=245), np.uint8)


def form() -> Grey:
    """A page with a printed paragraph above, a level rule, and a written number below."""
    picture = unsteady(write("4175", 60, 260, 60, 6, Sheet(560, 400)))
    for row in range(5):
        text = "Please enter the reading of the meter"
        cv2.putText(picture, text, (40, 40 + 26 * row), cv2.FONT_HERSHEY_DUPLEX, 0.55, 30, 1, cv2.LINE_AA)
    cv2.line(picture, (20, 200), (540, 200), 40, 2)
    return picture


def changed_copy(path: Path, **metadata: str) -> Path:
    """Write the shipped file with other metadata."""
    loaded = onnx.load(str(SHIPPED_PAGES))
    stored = {entry.key: entry.value for entry in loaded.metadata_props}
    onnx.helper.set_model_props(loaded, stored | metadata)
    onnx.save(loaded, str(path))
    return path


@pytest.mark.parametrize("shape", [(1, 1), (33, 70), (64, 64), (200, 321)])
def test_pictures_of_any_size_are_segmented(model: PageModel, shape: tuple[int, int]) -> None:
    segmentation = model.segment_page(np.full(shape, 220, np.uint8))

    assert segmentation.probabilities.shape == (-(-shape[0] // CELL), -(-shape[1] // CELL), 4)
    assert segmentation.probabilities.sum(axis=2) == pytest.approx(1, abs=1e-5)
    assert segmentation.classes.shape == segmentation.probability(PRINT).shape == shape


def test_blank_paper_is_neither(model: PageModel) -> None:
    assert (model.segment_page(np.full((96, 96), 200, np.uint8)).classes == NEITHER).all()


def test_print_rules_and_handwriting_are_told_apart(model: PageModel) -> None:
    page = form()
    segmentation, dark = model.segment_page(page), page < 120
    shares = {
        (label, rows): float((segmentation.classes[slice(*rows)][dark[slice(*rows)]] == label).mean())
        for label, rows in ((PRINT, (0, 180)), (RULE, (198, 203)), (HANDWRITING, (240, 360)))
    }

    assert min(shares.values()) > 0.8, shares


def test_handwriting_is_whole_once_print_is_separated(model: PageModel) -> None:
    page = form()
    foreground = binarize(page).foreground
    parted = separate_print(foreground, model.segment_page(page))

    assert parted.holds_print
    assert parted.handwriting[230:].sum() > 0.98 * foreground[230:].sum()
    assert parted.handwriting[:180].sum() < 0.1 * foreground[:180].sum()


@pytest.mark.parametrize("brightness", [0.4, 0.7])
def test_contrast_does_not_depend_on_the_light(brightness: float) -> None:
    page = form()
    difference = page_contrast(page).astype(int) - page_contrast((page * brightness).astype(np.uint8))

    assert np.abs(difference).max() < 12


def test_the_edge_of_a_shadow_has_contrast_on_a_few_pixels_only() -> None:
    page = np.full((200, 200), 220, np.uint8)
    page[:, 100:] = 120

    contrast = page_contrast(page)
    assert contrast[:, :94].max() == contrast[:, 106:].max() == 0


def test_a_file_for_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="was made for page_format 'older'"):
        PageModel(changed_copy(tmp_path / "pages.onnx", page_format="older"))


def test_a_file_with_other_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="was made for classes 'print neither'"):
        PageModel(changed_copy(tmp_path / "pages.onnx", classes="print neither"))


def test_the_line_model_is_refused() -> None:
    with pytest.raises(ModelError, match="is not a numink model: its metadata has no 'page_format'"):
        PageModel(SHIPPED_PAGES.with_name("lines.onnx"))
