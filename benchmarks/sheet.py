"""A sheet of paper to draw in memory: print, ruled lines, and fields filled in by a writer.

All measures are in pixels of the sheet, x to the right and y down; `y` of a text is its baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import matplotlib
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drawing import FOREGROUND, PAPER, Picture, Strokes, Writer, bounds, moved, render

Matrix = NDArray[np.float64]
FONTS = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf", "STIXGeneral.ttf",
    "STIXGeneralBol.ttf",
)  # fmt: skip
"""Fonts for print, files of matplotlib's."""
CELL_FILL = 0.86
"""Largest part of a cell's width that its digit takes."""


class Rectangle(NamedTuple):
    """A rectangle by its edges, in pixels of a sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, pixels: float) -> Rectangle:
        """Return the rectangle with each edge moved outwards."""
        return Rectangle(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Field:
    """A number on a sheet, or the box that was left empty for one."""

    text: str
    """The number as it is written; empty where nothing is written."""
    area: Rectangle
    """The rectangle around its handwriting; that of the box where it is empty."""
    name: str = ""
    """Name of the field on a form. Fields of one name are parts of one entry, such as the cells of a table."""


@dataclass(frozen=True)
class DrawnPaper:
    """A picture of a sheet, and the fields to be read on it."""

    picture: Picture
    """Grey (H, W) or RGB (H, W, 3)."""
    fields: tuple[Field, ...]
    matrix: Matrix
    """Perspective transform from pixels of the sheet to those of the picture: float64 (3, 3)."""
    digit_height: float
    """Height of the handwritten digits in pixels of the sheet."""

    def on_sheet(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of the sheet that a pixel of the picture shows."""
        point = np.array([[[x, y]]], dtype=np.float64)
        back = cv2.perspectiveTransform(point, np.linalg.inv(self.matrix))[0, 0]
        return float(back[0]), float(back[1])


class Sheet:
    """A sheet that one writer fills in with one pen; `fields` grow as numbers are written."""

    def __init__(
        self, width: int, height: int, writer: Writer, rng: Generator, *, digit_height: float = 0.0, font: str = ""
    ) -> None:
        """Take an empty sheet; without a height the digits are 40 to 52 pixels high, without a font it is any."""
        self.width, self.height = width, height
        self.fields: list[Field] = []
        self.digit_height = digit_height or rng.uniform(40, 52)
        self._pen = self.digit_height * rng.uniform(0.06, 0.1)
        self._writer, self._rng = writer, rng
        self._font = font or FONTS[int(rng.integers(len(FONTS)))]
        self._handwriting: Strokes = []
        self._rules: dict[float, Strokes] = {}
        self._texts: list[tuple[str, float, float, int]] = []

    def rule(self, x: float, y: float, end_x: float, end_y: float, width: float = 2.0) -> None:
        """Print a straight line."""
        self._rules.setdefault(width, []).append(np.array([(x, y), (end_x, end_y)], dtype=np.float64))

    def frame(self, box: Rectangle, width: float = 2.0) -> None:
        """Print a rectangle."""
        left, top, right, bottom = box
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self._rules.setdefault(width, []).append(np.array(corners, dtype=np.float64))

    def type(self, text: str, x: float, y: float, size: int = 26) -> float:
        """Print a text, smaller where it would leave the sheet, and return the x of its right end."""
        while _face(self._font, size).getlength(text) > self.width - x:
            size -= 1
        self._texts.append((text, x, y, size))
        return x + float(_face(self._font, size).getlength(text))

    def write(self, text: str, x: float, y: float, *, name: str = "", align: str = "left") -> Rectangle:
        """Write a number from, around or up to `x` (`align` is left, middle or right); return the rectangle around it.

        The number is one field.
        """
        strokes = [stroke * self.digit_height for stroke in self._writer.write(text, self._rng)]
        left, _, right, _ = bounds(strokes)
        offset = {"left": left, "middle": (left + right) / 2, "right": right}[align]
        return self._add(text, moved(strokes, x - offset, y - self.digit_height), name)

    def write_in_cells(self, text: str, cells: list[Rectangle], *, name: str = "", drop: float = 0.0) -> Rectangle:
        """Write one character into each cell, lowered by `drop`; all of them are one field."""
        out = Strokes()
        for character, cell in zip(text, cells, strict=True):
            strokes = [stroke * self.digit_height for stroke in self._writer.character(character, self._rng)]
            left, _, right, _ = bounds(strokes)
            scale = min(1.0, CELL_FILL * (cell.right - cell.left) / max(right - left, 1.0))
            x, y = cell.middle
            middle = np.array([(left + right) / 2, self.digit_height / 2])
            shift = np.array([x, y + drop]) + self._rng.normal(0, 0.02, 2) * self.digit_height
            out += [(stroke - middle) * scale + shift for stroke in strokes]
        return self._add(text, out, name)

    def leave_empty(self, box: Rectangle, name: str = "") -> None:
        """Note that nothing is written in a box."""
        self.fields.append(Field("", box, name))

    def draw(self) -> DrawnPaper:
        """Return the sheet as a scanner gives it, with a little noise."""
        layers = [(self._handwriting, self._pen), *((strokes, width) for width, strokes in self._rules.items())]
        image = Image.fromarray(render(layers, (self.width, self.height), PAPER))
        canvas = ImageDraw.Draw(image)
        for text, x, y, size in self._texts:
            canvas.text((x, y), text, font=_face(self._font, size), fill=FOREGROUND, anchor="ls")
        noisy = np.asarray(image) + self._rng.normal(0, 2, (self.height, self.width))
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
        return DrawnPaper(picture, tuple(self.fields), np.eye(3), self.digit_height)

    def _add(self, text: str, strokes: Strokes, name: str) -> Rectangle:
        self._handwriting += strokes
        area = Rectangle(*bounds(strokes))
        self.fields.append(Field(text, area, name))
        return area


def row_of_cells(left: float, top: float, width: float, height: float, count: int, gap: float = 0.0) -> list[Rectangle]:
    """Return equal cells beside each other."""
    return [
        Rectangle(left + index * (width + gap), top, left + index * (width + gap) + width, top + height)
        for index in range(count)
    ]


def _face(font: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / font), size)


class BlankSheet(Sheet):
    """A sheet on which nothing is written by hand."""

    def _add(self, _text: str, strokes: Strokes, _name: str) -> Rectangle:
        return Rectangle(*bounds(strokes))
