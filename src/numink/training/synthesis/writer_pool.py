"""Pools of writers: whose digits, letters, signs and lines of text composed lines are made of, and who is held out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...datasets.doodles import load_doodles
from ...datasets.fonts import FontFiles, load_fonts
from ...datasets.mnist import Mnist, load_writers
from ...datasets.pen_lines import PEN_LINES_FILE, PenLines, load_pen_lines
from ...datasets.strokes import StrokeSet, load_strokes
from ...datasets.unipen import HELD_OUT
from ...recognition.alphabet import OTHER_MARK

Glyphs = NDArray[np.uint8]
SIGN_LABELS = {'\\"': '"', "\\\\": "\\", "\\@": OTHER_MARK}
"""UNIPEN's labels of letters and signs that are not the character itself."""


@dataclass(frozen=True)
class WriterFiles:
    """Paths of the writers' data: the folder of MNIST and doodles, UNIPEN's folder, and MNIST's writer ids."""

    data: Path
    collections: Path
    writers: Path | None


@dataclass(frozen=True)
class WriterPool:
    """Digits that lines are composed of, by writer: MNIST's glyphs (N, 28, 28) and UNIPEN's strokes.

    `usable` are the indices of the characters in `strokes` that may be used; of `signs`, letters and signs, only
    `usable_signs`, whose characters are `sign_characters`.
    """

    images: Glyphs
    labels: NDArray[np.uint8]
    writers: NDArray[np.int64]
    strokes: StrokeSet
    usable: NDArray[np.int64]
    stroke_labels: NDArray[np.uint8]
    stroke_writers: NDArray[np.int64]
    signs: StrokeSet
    usable_signs: NDArray[np.int64]
    sign_characters: NDArray[np.str_]
    pen_lines: PenLines
    usable_lines: NDArray[np.int64]
    doodles: Glyphs | None = None
    fonts: FontFiles | None = None
    _cache: dict[tuple[str, int, int], NDArray[np.int64]] = field(default_factory=dict, repr=False)

    @cached_property
    def writers_of_signs(self) -> frozenset[int]:
        """Writers of any of the usable letters and signs."""
        return frozenset(self.signs.writer[self.usable_signs].tolist())

    def mnist(self, writer: int, digit: int) -> NDArray[np.int64]:
        """Return the indices of a writer's images of `digit`; those of all writers where there are none."""
        return self._indices("mnist", self.writers, self.labels, writer, digit)

    def unipen(self, writer: int, digit: int) -> NDArray[np.int64]:
        """Return the indices of a writer's stroke digits, like `mnist`."""
        return self.usable[self._indices("unipen", self.stroke_writers, self.stroke_labels, writer, digit)]

    def sign(self, writer: int, character: str) -> NDArray[np.int64]:
        """Return the indices of a writer's strokes of `character`, a letter or sign, like `mnist`."""
        key = ("sign", writer, ord(character))
        if key not in self._cache:
            same = self.usable_signs[self.sign_characters == character]
            own = same[self.signs.writer[same] == writer]
            self._cache[key] = own if len(own) else same
        return self._cache[key]

    def _indices(
        self, source: str, writers: NDArray[np.int64], labels: NDArray[np.uint8], writer: int, digit: int
    ) -> NDArray[np.int64]:
        key = (source, writer, digit)
        if key not in self._cache:
            own = np.flatnonzero((writers == writer) & (labels == digit))
            self._cache[key] = own if len(own) else np.flatnonzero(labels == digit)
        return self._cache[key]


def load_writer_pool(mnist: Mnist, chosen: NDArray[np.int64], files: WriterFiles, *, held_out: bool) -> WriterPool:
    """Return the writers of MNIST's images `chosen` and of UNIPEN's sources that are, or are not, held out.

    Raises DataError where one of the files is missing or damaged.
    """
    digits, signs = (load_strokes(files.collections / f"unipen_{name}.npz") for name in ("digits", "nondigits"))
    usable, usable_signs = (
        np.flatnonzero(np.isin(strokes.source, HELD_OUT) == held_out) for strokes in (digits, signs)
    )
    pen_lines = load_pen_lines(files.collections / PEN_LINES_FILE)
    doodles = load_doodles(files.data)
    writers = np.zeros(len(chosen), np.int64) if files.writers is None else load_writers(files.writers)[chosen]
    return WriterPool(
        images=mnist.train_images[chosen], labels=mnist.train_labels[chosen], writers=writers,
        strokes=digits, usable=usable, stroke_labels=digits.label[usable].astype(np.uint8),
        stroke_writers=digits.writer[usable], signs=signs, usable_signs=usable_signs,
        sign_characters=np.array([SIGN_LABELS.get(label, label) for label in signs.label[usable_signs].tolist()]),
        pen_lines=pen_lines, usable_lines=np.flatnonzero(pen_lines.held_out == held_out),
        doodles=None if doodles is None else doodles.part(held_out=held_out), fonts=load_fonts(files.data),
    )  # fmt: skip
