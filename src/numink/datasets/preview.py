"""A look at the data: how many of each class, how large and how thick they are, and a sheet of samples.

Only numbers and pixels; how they are shown is up to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..recognition.glyph import pen_width
from .mnist import Glyphs, Labels, Mnist

MEASURED = 300
"""Images of a class that its means are taken over."""
GAP, ENLARGED = 4, 2


@dataclass(frozen=True)
class ClassFacts:
    """A digit in the data: its counts, the mean width of its pen and of its ink (of 20 pixels at most)."""

    digit: int
    train: int
    test: int
    pen: float
    width: float


def look(mnist: Mnist) -> list[ClassFacts]:
    """The facts of each of the ten classes; means over the first MEASURED training images."""
    facts = []
    for digit in range(10):
        chosen = mnist.train_images[np.flatnonzero(mnist.train_labels == digit)[:MEASURED]]
        pens = [pen_width(image.astype(np.float32) / 255) for image in chosen]
        columns = (chosen.max(axis=1) > 50).sum(axis=1)  # (N, 28, 28) -> (N, 28) -> (N,)
        facts.append(ClassFacts(
            digit, int((mnist.train_labels == digit).sum()), int((mnist.test_labels == digit).sum()),
            float(np.mean(pens)), float(columns.mean()),
        ))  # fmt: skip
    return facts


def sheet(images: Glyphs, labels: Labels, columns: int = 20, seed: int = 0) -> NDArray[np.uint8]:
    """A row of `columns` samples for each digit, dark ink on white: uint8 (H, W)."""
    rng = np.random.default_rng(seed)
    side = 28 + GAP
    page = np.zeros((10 * side + GAP, columns * side + GAP), np.uint8)
    for digit in range(10):
        of_class = np.flatnonzero(labels == digit)
        chosen = rng.choice(of_class, min(columns, len(of_class)), replace=False)
        for column, index in enumerate(chosen):
            top, left = GAP + digit * side, GAP + column * side
            page[top : top + 28, left : left + 28] = images[index]
    large: NDArray[np.uint8] = np.kron(255 - page, np.ones((ENLARGED, ENLARGED), np.uint8))
    return large
