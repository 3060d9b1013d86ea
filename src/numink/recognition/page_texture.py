"""Textures: pages of very many marks that are no text, such as specks, noise or a weave.

The line model is asked about a few lines only, as they lie and turned; where it reads hardly any character, it is not
asked about the rest. Of a page of text, too, it is not asked about more than a page holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ..imaging.ruled_lines import RuledPage
from .alphabet import DIGITS, LETTERS
from .best_path import best_path
from .line_image import LineImage, image_of_line, image_width
from .line_model import LineModel
from .page_lines import PageLines, segment_page_lines
from .types import TextLine


@dataclass(frozen=True)
class PageTextureParameters:
    """Parameters of textures; all set by eye, on the pages of `tests/texture_pages.py` and on forms."""

    most_lines: int = 100
    """A page with more lines than this may be a texture."""
    sample: int = 8
    """So many of its lines with most components are looked at, as many of the tallest, and as many others,"""
    sample_columns: int = 4_000
    """as long as their images have no more columns than this."""
    least_read: float = 0.2
    """Least share of the sample's components that are read as digits or letters on a page of text."""
    most_columns: int = 80_000
    """Columns of the images of all lines: 50 full lines. What has fewest components for its length is left out."""


PARAMETERS = PageTextureParameters()
READABLE = frozenset(DIGITS + LETTERS)


def is_texture(page: RuledPage, lines: Sequence[TextLine], line_model: LineModel) -> bool:
    """Return whether a page with these `lines` is a texture, by a sample of them, and of those of the turned page."""
    if len(lines) <= PARAMETERS.most_lines or _are_text(lines, line_model):
        return False
    return not _are_text(segment_page_lines(page.turned(90), may_align=False).lines, line_model)


def segment_readable_lines(page: RuledPage, *, may_align: bool = True) -> PageLines:
    """Return the lines of a page as `segment_page_lines` does, no more than the line model is asked about."""
    segmented = segment_page_lines(page, may_align=may_align)
    return replace(segmented, lines=_readable(segmented.lines))


def _readable(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines that the line model is asked about, in their order."""
    columns = [image_width(line.box) for line in lines]
    if sum(columns) <= PARAMETERS.most_columns:
        return tuple(lines)
    densest_first = sorted(range(len(lines)), key=lambda index: columns[index] / len(lines[index].components))
    totals = np.cumsum([columns[index] for index in densest_first])
    return tuple(lines[index] for index in sorted(densest_first[: int((totals <= PARAMETERS.most_columns).sum())]))


def _are_text(lines: Sequence[TextLine], line_model: LineModel) -> bool:
    """Return whether lines hold text, as they stand or upside down, by a sample of them."""
    sample = _images(_sample(lines), PARAMETERS.sample_columns)
    least = PARAMETERS.least_read * sum(len(line.components) for line, _ in sample)
    images = [image for _, image in sample]
    upside_down = [replace(image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1])) for image in images]
    return _read_count(images, line_model) >= least or _read_count(upside_down, line_model) >= least


def _read_count(images: Sequence[LineImage], line_model: LineModel) -> int:
    texts = [best_path(output.split()[0]) for output in line_model.predict(images)]
    return sum(character in READABLE for text in texts for character in text)


def _sample(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return lines with most components, the tallest ones, and lines of all parts of the page, in turn."""
    count = len(lines)
    longest = sorted(range(count), key=lambda index: -len(lines[index].components))
    tallest = sorted(range(count), key=lambda index: -lines[index].digit_height)
    spread = np.linspace(0, count - 1, PARAMETERS.sample).astype(int).tolist()
    in_turn = chain.from_iterable(zip(longest, tallest, spread, strict=False))
    return [lines[index] for index in dict.fromkeys(in_turn)]


def _images(lines: Sequence[TextLine], most_columns: int) -> list[tuple[TextLine, LineImage]]:
    """Return the first lines with their images, as long as these have no more columns together."""
    images: list[tuple[TextLine, LineImage]] = []
    columns = 0
    for line in lines:
        image = image_of_line(line)
        columns += image.pixels.shape[1]
        if images and columns > most_columns:
            break
        images.append((line, image))
    return images
