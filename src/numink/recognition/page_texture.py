"""Textures: pages of very many marks that are no text, such as specks, noise or a weave.

A page with more components than any form is judged by a few squares of it before all other work: where the line model
reads hardly any character in them, however they are turned, only what stands out from the texture is left. Of a page
of text the line model is not asked about more than a page holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .alphabet import DIGITS, LETTERS
from .best_path import best_path
from .components import find_components, foreground_of, is_no_speck, label_components
from .line_image import image_of_line, image_width
from .line_model import LineModel
from .line_segmentation import segment_lines
from .types import Component, FloatImage, TextLine


@dataclass(frozen=True)
class PageTextureParameters:
    """Parameters of textures; all set by eye, on the pages of `tests/texture_pages.py` and on forms."""

    most_components: int = 1_000
    """A page with more components than this, specks included, is judged; of 100 forms 4 have more, 2,036 at most."""
    squares: int = 4
    """It is judged by so many squares, from the fullest to one of the usual,"""
    in_square: int = 48
    """each of the area that holds so many components in the mean."""
    least_read: float = 0.2
    """Least share of the components of a line in each square that are read as digits or letters on a page of text: of
    forms a third and more, of textures a tenth and less."""
    stands_out: float = 5.0
    """What is taller or wider than this many times the median, specks aside, stands out from a texture."""
    most_columns: int = 50_000
    """Columns of the images of all lines that are read, as 40 lines from edge to edge have; the fullest form has
    21,800. Lines with fewest components for their length are left out."""
    most_printed_columns: int = 30_000
    """The same of print that is only counted; the fullest form has 24,800."""


PARAMETERS = PageTextureParameters()
READABLE = frozenset(DIGITS + LETTERS)


def without_texture(foreground: FloatImage, line_model: LineModel) -> tuple[FloatImage, bool]:
    """Return the foreground (H, W) with only what stands out from its texture, and whether it has one."""
    labels, stats = label_components(foreground)
    if len(stats) - 1 <= PARAMETERS.most_components:
        return foreground, False
    squares = list(_squares(foreground, stats[1:]))
    if any(_are_text([np.rot90(square, turns) for square in squares], line_model) for turns in range(4)):
        return foreground, False
    sides, counted = stats[:, 2:4].max(axis=1), is_no_speck(stats)
    stands_out = counted & (sides > PARAMETERS.stands_out * np.median(sides[counted]))
    stands_out[0] = False
    return foreground_of(foreground, labels, stands_out), True


def _squares(foreground: FloatImage, stats: NDArray[np.int32]) -> Iterator[FloatImage]:
    """Yield squares of a page with components of these statistics, from the fullest to one of the usual."""
    side = max(round((PARAMETERS.in_square * foreground.size / len(stats)) ** 0.5), 1)
    columns, rows = ((stats[:, axis] + stats[:, axis + 2] // 2) // side for axis in (0, 1))
    across = int(columns.max()) + 1
    counts = np.bincount(rows * across + columns)
    filled = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    for index in filled[np.linspace(0, len(filled) // 2, PARAMETERS.squares).astype(int)].tolist():
        top, left = index // across * side, index % across * side
        yield foreground[top : top + side, left : left + side]


def _are_text(squares: Sequence[FloatImage], line_model: LineModel) -> bool:
    """Return whether squares of a page hold text as they stand, by the line of most components in each."""
    segmented = [segment_lines(_within(np.ascontiguousarray(square))) for square in squares]
    longest = [max(lines, key=lambda line: len(line.components)) for lines in segmented if lines]
    texts = [best_path(output.split()[0]) for output in line_model.predict([image_of_line(line) for line in longest])]
    read = sum(character in READABLE for text in texts for character in text)
    return read > 0 and read >= PARAMETERS.least_read * sum(len(line.components) for line in longest)


def _within(square: FloatImage) -> list[Component]:
    """Return the components of a square that its sides do not cut."""
    height, width = square.shape
    return [
        component
        for component in find_components(square)
        if component.box.x and component.box.y and component.box.x + component.box.w < width
        and component.box.y + component.box.h < height
    ]  # fmt: skip


def readable_lines(lines: Sequence[TextLine], most_columns: int = PARAMETERS.most_columns) -> list[TextLine]:
    """Return the lines of a page that the line model is asked about, in their order."""
    columns = [image_width(line.box) for line in lines]
    densest_first = sorted(range(len(lines)), key=lambda index: columns[index] / len(lines[index].components))
    totals = np.cumsum([columns[index] for index in densest_first])
    return [lines[index] for index in sorted(densest_first[: int((totals <= most_columns).sum())])]
