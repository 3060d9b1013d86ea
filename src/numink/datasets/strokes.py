"""Pen strokes of UNIPEN's digits, letters and symbols, and drawing them as pixels at any pen width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..errors import DataError

Points = NDArray[np.int16]
CANVAS, LONGEST = 128, 100
"""Side of the square canvas that strokes are drawn on, and the longer side of the drawing on it, in pixels."""


@dataclass(frozen=True)
class StrokeSet:
    """Handwritten characters as pen strokes, in the layout of this project's UNIPEN files."""

    points: Points
    stroke_offsets: NDArray[np.int64]
    glyph_offsets: NDArray[np.int64]
    label: NDArray[np.str_]
    source: NDArray[np.str_]
    writer: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.label)

    def strokes(self, index: int) -> list[Points]:
        """Return the strokes of character `index`, each (points, 2) as x, y with y down, long side 0..1000."""
        first, last = self.glyph_offsets[index], self.glyph_offsets[index + 1]
        return [
            self.points[self.stroke_offsets[stroke] : self.stroke_offsets[stroke + 1]] for stroke in range(first, last)
        ]

    def __iter__(self) -> Iterator[list[Points]]:
        return (self.strokes(index) for index in range(len(self)))


def load_strokes(path: Path) -> StrokeSet:
    """Return the strokes stored in an .npz file. Raises DataError where it is missing or has another layout."""
    if not path.is_file():
        raise DataError(f"{path} is missing: name the folder that holds it with --collections")
    with np.load(path) as stored:
        try:
            return StrokeSet(
                stored["points"], stored["stroke_offsets"].astype(np.int64),
                stored["glyph_offsets"].astype(np.int64), stored["label"].astype(str), stored["source"].astype(str),
                stored["writer"].astype(np.int64),
            )  # fmt: skip
        except KeyError as error:
            raise DataError(f"{path} has no array {error}: it is not a set of strokes") from None


def draw(
    strokes: list[Points], pen: float, matrix: NDArray[np.float64] | None = None, scale: float | None = None
) -> NDArray[np.uint8]:
    """Draw `strokes` with a round pen `pen` pixels wide, warped by `matrix` (2, 2): uint8, bright on 0.

    The canvas is (CANVAS, CANVAS) and the drawing fills it; with a `scale` the canvas is as large as the drawing needs.
    """
    points = np.concatenate(strokes).astype(np.float64)
    if matrix is not None:
        points = points @ matrix.T
    low, high = points.min(axis=0), points.max(axis=0)
    if scale is None:
        scale, size = LONGEST / max(float((high - low).max()), 1), np.array([CANVAS, CANVAS])
    else:
        size = np.ceil((high - low) * scale).astype(int) + CANVAS - LONGEST
    canvas = np.zeros((size[1], size[0]), np.uint8)
    positions = (points - (low + high) / 2) * scale + size / 2
    offset, thickness = 0, max(round(pen), 1)
    for stroke in strokes:
        line = np.round(positions[offset : offset + len(stroke)] * 8).astype(np.int32)
        offset += len(stroke)
        cv2.polylines(canvas, [line.reshape(-1, 1, 2)], False, 255, thickness, cv2.LINE_AA, shift=3)
        if len(line) == 1:
            cv2.circle(canvas, (int(line[0, 0]), int(line[0, 1])), thickness * 4, 255, -1, cv2.LINE_AA, shift=3)
    return canvas


def draw_varied(strokes: StrokeSet, index: int, rng: Generator) -> NDArray[np.uint8]:
    """Draw character `index` with a random pen, slant and aspect ratio: uint8 (CANVAS, CANVAS)."""
    slant, aspect = rng.normal(0, 0.1), np.exp(rng.normal(0, 0.1))
    pen = float(np.exp(rng.uniform(np.log(2.5), np.log(18))))
    return draw(strokes.strokes(index), pen, np.array([[aspect, -slant], [0.0, 1.0]]))
