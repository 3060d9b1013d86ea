"""An overview of MNIST: the counts, stroke widths and sizes of each class, and a sheet of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..recognition.glyph import pen_width
from .mnist import Glyphs, Labels, Mnist

SAMPLE_SIZE = 300
"""Training images of a class that its means are taken over."""
SAMPLE_GAP, ENLARGEMENT = 4, 2
"""Pixels between the samples of a sheet, and the factor that it is enlarged by."""


@dataclass(frozen=True)
class ClassStatistics:
    """Counts of a digit in both parts, and its mean stroke width and width in pixels (the width is at most 20)."""

    digit: int
    train: int
    test: int
    pen: float
    width: float


def class_statistics(mnist: Mnist) -> list[ClassStatistics]:
    """Return the statistics of each of the ten classes; means are over the first SAMPLE_SIZE training images."""
    statistics = []
    for digit in range(10):
        chosen = mnist.train_images[np.flatnonzero(mnist.train_labels == digit)[:SAMPLE_SIZE]]
        pens = [pen_width(image.astype(np.float32) / 255) for image in chosen]
        columns = (chosen.max(axis=1) > 50).sum(axis=1)  # (N, 28, 28) -> (N, 28) -> (N,)
        statistics.append(ClassStatistics(
            digit, int((mnist.train_labels == digit).sum()), int((mnist.test_labels == digit).sum()),
            float(np.mean(pens)), float(columns.mean()),
        ))  # fmt: skip
    return statistics


def sample_sheet(images: Glyphs, labels: Labels, columns: int = 20, seed: int = 0) -> NDArray[np.uint8]:
    """Return an image with a row of `columns` samples for each digit, dark ink on white: uint8 (H, W)."""
    rng = np.random.default_rng(seed)
    side = 28 + SAMPLE_GAP
    page = np.zeros((10 * side + SAMPLE_GAP, columns * side + SAMPLE_GAP), np.uint8)
    for digit in range(10):
        of_class = np.flatnonzero(labels == digit)
        chosen = rng.choice(of_class, min(columns, len(of_class)), replace=False)
        for column, index in enumerate(chosen):
            top, left = SAMPLE_GAP + digit * side, SAMPLE_GAP + column * side
            page[top : top + 28, left : left + 28] = images[index]
    enlarged: NDArray[np.uint8] = np.kron(255 - page, np.ones((ENLARGEMENT, ENLARGEMENT), np.uint8))
    return enlarged
