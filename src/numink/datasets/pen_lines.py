"""Handwritten words and lines of text as pen strokes (UNIPEN's), and the writers that are held out of training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .strokes import Points
from .unipen import HELD_OUT

PEN_LINES_FILE = "unipen_words_train.npz"
UNRELIABLE_CASE = frozenset({"ced", "ibm", "hpp", "phi", "nic", "rim"})
"""Sources whose labels do not say which letters are upper case (README of the data)."""
HELD_OUT_WRITERS = 12
"""Every so many writers are held out, besides UNIPEN's sources that are held out everywhere."""


@dataclass(frozen=True)
class PenLines:
    """Words and lines of text: pen strokes with their label, source and writer."""

    points: Points
    """int16 (points, 2) as x, y with y down; a line is about 1000 units tall."""
    stroke_offsets: NDArray[np.int64]
    line_offsets: NDArray[np.int64]
    text: NDArray[np.str_]
    source: NDArray[np.str_]
    writer: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.text)

    def strokes(self, index: int) -> list[Points]:
        """Return the strokes of line `index`, each (points, 2)."""
        first, last = self.line_offsets[index], self.line_offsets[index + 1]
        return [
            self.points[self.stroke_offsets[stroke] : self.stroke_offsets[stroke + 1]] for stroke in range(first, last)
        ]

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """bool (N,): True for lines by writers that no training may see."""
        writers = np.unique(self.writer)
        return np.isin(self.source, HELD_OUT) | np.isin(self.writer, writers[::HELD_OUT_WRITERS])

    def case_is_reliable(self, index: int) -> bool:
        """Return whether the label of line `index` says which letters are upper case."""
        return str(self.source[index]) not in UNRELIABLE_CASE


def load_pen_lines(path: Path) -> PenLines:
    """Return the lines stored in an .npz file. Raises DataError where it is missing or has another layout."""
    if not path.is_file():
        raise DataError(f"{path} is missing: name the folder that holds it with --collections")
    with np.load(path) as stored:
        try:
            return PenLines(
                stored["points"], stored["stroke_offsets"].astype(np.int64), stored["segment_offsets"].astype(np.int64),
                stored["label"].astype(str), stored["source"].astype(str), stored["writer"].astype(str),
            )  # fmt: skip
        except KeyError as error:
            raise DataError(f"{path} has no array {error}: it is not a set of pen lines") from None
