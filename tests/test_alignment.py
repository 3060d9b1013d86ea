"""A copy of a form is laid on its reference page, wherever and however the sheet lies; what is no copy does not fit."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from form_material import filled_in, printed_form
from numink.results import Box
from numink.structure.alignment import Alignment, AlignmentReference
from numink.structure.displacement import Displacement

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]
CORNERS = np.array([(100, 110), (600, 200), (430, 640), (120, 1290), (500, 1000)], np.float32)
"""Points of the reference page at which the error is measured: all near print, as fields are."""


@cache
def reference() -> AlignmentReference:
    return AlignmentReference(printed_form())


def photographed(page: Grey, angle: float = 12.0, perspective: float = 60.0) -> tuple[Grey, Matrix]:
    """Return a page on a dark table, rotated and in perspective, and the homography from the page to the picture."""
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.85)
    seen = (np.c_[corners, np.ones(4)] @ rotation.T).astype(np.float32)
    seen += np.array((150, 120), np.float32)
    seen[0] += (perspective, perspective / 2)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    size = (width + 300, height + 240)
    flat = cv2.warpPerspective(page, matrix, size, borderValue=50)
    noise = np.random.default_rng(1).normal(0, 4, flat.shape)
    return np.clip(flat + noise, 0, 255).astype(np.uint8), np.asarray(matrix, np.float64)


def errors(alignment: Alignment | None, matrix: Matrix, shifted: NDArray[np.float32] = CORNERS) -> float:
    """Return the greatest distance in pixels of the page between where points were found and where they are."""
    assert alignment is not None
    back = cv2.perspectiveTransform(alignment.to_copy(CORNERS)[None].astype(np.float64), np.linalg.inv(matrix))[0]
    return float(np.hypot(*(back - shifted).T).max())


@pytest.mark.parametrize("angle", [0.0, 12.0, -20.0, 90.0, 180.0])
def test_a_filled_in_copy_in_perspective_is_aligned_within_two_pixels(angle: float) -> None:
    picture, matrix = photographed(filled_in(member="004217", age="42", total="1260"), angle)
    alignment = reference().align(picture)
    assert alignment is not None
    assert alignment.is_good
    assert errors(alignment, matrix) < 2


def test_a_curled_sheet_is_aligned_within_three_pixels() -> None:
    page = filled_in(member="004217")
    rows, columns = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    curl = 8 * np.sin(columns / page.shape[1] * 2 * np.pi).astype(np.float32)
    picture, matrix = photographed(np.asarray(cv2.remap(page, columns, rows + curl, cv2.INTER_LINEAR), np.uint8))
    shifted = CORNERS - np.stack(
        [np.zeros(len(CORNERS)), 8 * np.sin(CORNERS[:, 0] / page.shape[1] * 2 * np.pi)], axis=1
    )
    assert errors(reference().align(picture), matrix, shifted.astype(np.float32)) < 3


def test_a_hard_shadow_changes_no_alignment() -> None:
    picture, matrix = photographed(filled_in(age="42"))
    picture[:, 600:] = (picture[:, 600:] * 0.45).astype(np.uint8)
    alignment = reference().align(picture)
    assert alignment is not None
    assert alignment.is_good
    assert errors(alignment, matrix) < 2


def test_a_copy_of_which_a_third_is_cut_off_does_not_fit() -> None:
    alignment = reference().align(photographed(filled_in(age="42"))[0][:950])
    assert alignment is None or not alignment.is_good


def other_form() -> Grey:
    page = np.full((1400, 1000), 245, np.uint8)
    for row, text in enumerate(("Order sheet", "Article", "Number", "Price", "Delivered on", "Signature")):
        cv2.putText(page, text, (90, 150 + 180 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 2)
        cv2.rectangle(page, (420, 100 + 180 * row), (900, 180 + 180 * row), 30, 2)
    return page


@pytest.mark.parametrize("kind", ["another form", "blank paper", "darkness", "noise", "a squeezed copy"])
def test_what_is_no_copy_does_not_fit(kind: str) -> None:
    pictures = {
        "another form": photographed(other_form())[0],
        "blank paper": np.full((900, 700), 240, np.uint8),
        "darkness": np.zeros((900, 700), np.uint8),
        "noise": np.random.default_rng(2).integers(0, 256, (900, 700)).astype(np.uint8),
        "a squeezed copy": np.asarray(cv2.resize(filled_in(age="42"), (1000, 40)), np.uint8),
    }
    alignment = reference().align(pictures[kind])
    assert alignment is None or not alignment.is_good


def test_the_same_copy_gives_the_same_alignment() -> None:
    picture, _ = photographed(filled_in(age="42"))
    first, second = reference().align(picture), reference().align(picture)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.to_copy(CORNERS), second.to_copy(CORNERS))


def test_a_box_on_the_copy_encloses_that_of_the_page() -> None:
    matrix = np.array([(0.0, -1.0, 100.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)])  # a quarter turn
    alignment = Alignment(matrix, Displacement((100, 100)), 1.0, True)
    assert alignment.box_to_copy(Box(10, 20, 30, 5)) == Box(75, 10, 5, 30)
