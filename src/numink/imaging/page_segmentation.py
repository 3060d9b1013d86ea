"""Page segmentation: each pixel of a page is handwriting, print, a rule or frame, or neither.

A small convolutional network looks at the contrast of the working picture, at the scale at which binarization reads it.
It was trained on pages made by program (`training/synthesis/paper_pages.py`), and answers once for each cell of 2 x 2
pixels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .onnx_model import MODELS, ModelFile

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
SHIPPED_PAGES = MODELS / "pages.onnx"
CLASS_NAMES = ("handwriting", "print", "rule", "neither")
HANDWRITING, PRINT, RULE, NEITHER = range(len(CLASS_NAMES))
CELL = 2
"""Side of a cell in pixels: the network answers once for each."""
STRIDE = 32
"""Pixels to one column of the network's coarsest layer; pictures are padded to a multiple of it."""
CLOSING_SIDE, CLOSING_REDUCTION = 13, 4
"""Side of the closing square that gives the paper's brightness, on a copy that is reduced by so much (E230)."""
DARKEST_PAPER = 60
"""Least brightness that contrast is measured against, 0..255: noise in the dark is no mark."""
FULL_CONTRAST = 255


@dataclass(frozen=True)
class PageContract:
    """The page model's description of itself, in the metadata of its file."""

    name: str
    page_format: str
    """The format of its input and output; a file with another than EXPECTED_FORMAT is refused."""
    classes: str
    """The classes of its outputs; a file with others than CLASS_NAMES is refused."""
    commit: str
    data: str
    recipe: str

    EXPECTED_FORMAT = (
        f"contrast float32 0..1 against a closing of {CLOSING_SIDE} x {CLOSING_SIDE} on a copy reduced by "
        f"{CLOSING_REDUCTION}, sides a multiple of {STRIDE}; a logit of each class for cells of {CELL} x {CELL} pixels"
    )

    @classmethod
    def of(cls, file: ModelFile) -> PageContract:
        """Return the checked contract of `file`. Raises ModelError that names the first missing or wrong field."""
        expected = {"page_format": cls.EXPECTED_FORMAT, "classes": " ".join(CLASS_NAMES)}
        return cls(**file.metadata([field.name for field in fields(cls)], expected))

    def to_metadata(self) -> dict[str, str]:
        """Return the contract as the metadata of an ONNX file."""
        return asdict(self)


@dataclass(frozen=True)
class PageSegmentation:
    """The classes of a working picture's pixels."""

    probabilities: Floats
    """float32 (rows, columns, 4): probability of each class for each cell of CELL x CELL pixels."""
    contrast: Grey
    """How much darker each pixel of the working picture is than the paper, uint8 (h, w): `page_contrast`."""

    @cached_property
    def classes(self) -> NDArray[np.uint8]:
        """The likeliest class of each pixel, uint8 (h, w)."""
        classes: NDArray[np.uint8] = self._to_pixels(self.probabilities.argmax(axis=2)).astype(np.uint8)
        return classes

    def probability(self, index: int) -> Floats:
        """Return the probability of the class `index`, such as HANDWRITING, for each pixel: float32 (h, w)."""
        probability: Floats = self._to_pixels(self.probabilities[..., index])
        return probability

    def _to_pixels(self, cells: NDArray[Any]) -> NDArray[Any]:
        pixels = np.repeat(np.repeat(cells, CELL, axis=0), CELL, axis=1)
        height, width = self.contrast.shape
        return np.ascontiguousarray(pixels[:height, :width])


class PageModel:
    """The page model, loaded once and shared by all threads."""

    def __init__(self, path: Path | None = None) -> None:
        """Load the model at `path`, or the shipped one. Raises ModelError where it cannot be used."""
        self._file = ModelFile(path or SHIPPED_PAGES)
        self.contract = PageContract.of(self._file)

    def segment_page(self, surface: Grey) -> PageSegmentation:
        """Return the classes of the pixels of a picture.

        Args:
            surface: The working picture of binarization, uint8 (h, w), inverted where the pen is lighter than the
                paper.
        """
        contrast = page_contrast(surface)
        logits = self.logits(contrast)
        odds = np.exp(logits - logits.max(axis=2, keepdims=True))
        return PageSegmentation(odds / odds.sum(axis=2, keepdims=True), contrast)

    def logits(self, contrast: Grey) -> Floats:
        """Return a logit of each class for each cell: float32 (ceil(h / CELL), ceil(w / CELL), 4)."""
        height, width = contrast.shape
        padded = np.zeros((1, 1, _padded(height), _padded(width)), np.float32)
        np.multiply(contrast, np.float32(1 / FULL_CONTRAST), out=padded[0, 0, :height, :width])
        cells = self._file.run(padded)[0, :, : -(-height // CELL), : -(-width // CELL)]
        return np.ascontiguousarray(cells.transpose(1, 2, 0))


def page_contrast(surface: Grey) -> Grey:
    """Return how much darker each pixel is than the paper around it, the network's input; used in training, too.

    Args:
        surface: Picture, uint8 (h, w), with dark marks on light paper.

    Returns:
        The contrast, uint8 (h, w): 255 is all of the paper's brightness.

    Example:
        >>> page = np.full((60, 60), 200, np.uint8)
        >>> page[10:50, 28:32] = 100  # a pen stroke
        >>> contrast = page_contrast(page)
        >>> int(contrast[30, 30]), int(contrast[30, 5])
        (128, 0)
    """
    height, width = surface.shape
    reduced = (max(width // CLOSING_REDUCTION, 1), max(height // CLOSING_REDUCTION, 1))
    coarse = cv2.resize(surface, reduced, interpolation=cv2.INTER_AREA)
    square = np.ones((CLOSING_SIDE, CLOSING_SIDE), np.uint8)
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, square, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.max(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), surface)
    contrast = cv2.divide(cv2.subtract(paper, surface), np.maximum(paper, DARKEST_PAPER), scale=FULL_CONTRAST)
    return contrast.astype(np.uint8, copy=False)


def _padded(size: int) -> int:
    return -(-size // STRIDE) * STRIDE
