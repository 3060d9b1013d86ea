"""Handwriting drawn in memory for the benchmarks: texts by the writers of UNIPEN that are held out of training.

Strokes are float64 (points, 2) as x, y with y down. Those of a text are in heights of a digit: digits reach from 0,
their top, to 1, the baseline.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from numink.datasets.strokes import StrokeSet, load_strokes
from numink.datasets.unipen import HELD_OUT

Strokes = list[NDArray[np.float64]]
Picture = NDArray[np.uint8]
CODE_CHARACTERS = string.ascii_uppercase + string.digits
SIZES = {
    ".": (0.05, 0.05, 0.97), ",": (0.16, 0.28, 1.05), "-": (0.45, 0.45, 0.55), "+": (0.55, 0.55, 0.55),
    ":": (0.15, 0.5, 0.65), "/": (0.7, 1.3, 0.5), "(": (0.5, 1.3, 0.5), ")": (0.5, 1.3, 0.5), "$": (0.8, 1.25, 0.5),
    "%": (1.0, 0.95, 0.5), "#": (0.9, 0.9, 0.5),
}  # fmt: skip
"""Largest width and height of a sign, and the height of its middle, since UNIPEN's signs all have one size."""
FULL_SIZE = (1.2, 1.0, 0.5)
"""The same of a digit or letter."""
PAPER, FOREGROUND = 250, 30
SUPERSAMPLING = 4
FIELD_HEIGHT, FIELD_WIDTH, FIELD_MARGIN = 56, 1400, 16
"""Height and largest width of the text in a field, and the paper around it, in pixels."""
PENS = (2.5, 5.0)
"""Widths of the pen in fields, in pixels."""


@dataclass(frozen=True)
class Slash:
    """A slash drawn with one stroke: width over height, part of a digit's height above and below, and gap beside."""

    lean: float
    overshoot: float = 0.0
    gap: float = 0.0

    def strokes(self, rng: Generator) -> Strokes:
        """Return the slash with unsteady ends and a slight bow."""
        top, bottom = -self.overshoot + rng.normal(0, 0.02), 1 + self.overshoot + rng.normal(0, 0.02)
        time = np.linspace(0, 1, 7)
        bow = rng.normal(0, 0.02) * np.sin(time * np.pi)
        return [np.stack([(1 - time) * self.lean * (bottom - top) + bow, top + time * (bottom - top)], axis=1)]


class Writer:
    """One writer's characters; where the writer never wrote one, another writer's."""

    def __init__(self, glyphs: dict[str, list[Strokes]], fallback: dict[str, list[Strokes]]) -> None:
        self.glyphs, self._fallback = glyphs, fallback

    def character(self, character: str, rng: Generator) -> Strokes:
        """Return one of the writer's forms of a character, its left edge at 0, at its place on the line."""
        forms = self.glyphs.get(character) or self._fallback[character]
        strokes = forms[int(rng.integers(len(forms)))]
        (left, top), (width, height) = _extent(strokes)
        most_width, most_height, middle = SIZES.get(character, FULL_SIZE)
        scale = min(most_width / width, most_height / height)
        return [(stroke - (left, top + height / 2)) * scale + (0, middle) for stroke in strokes]

    def write(self, text: str, rng: Generator, slash: Slash | None = None) -> Strokes:
        """Return the strokes of a text without blanks, with the writer's own slashes or those given."""
        out, x = Strokes(), 0.0
        for character in text:
            drawn = slash is not None and character == "/"
            strokes = slash.strokes(rng) if slash is not None and drawn else self.character(character, rng)
            side = slash.gap if slash is not None and drawn else 0.0
            size = rng.uniform(0.94, 1.06)
            placed = moved([(stroke - (0, 1)) * size + (0, 1) for stroke in strokes], x + side)
            out += placed
            x = max(float(np.concatenate(placed)[:, 0].max()), x) + side + rng.uniform(0.14, 0.22)
        return out


class Handwriting:
    """The held-out writers of UNIPEN's digits and of its other characters.

    The two files number the writers of a source separately, but in the same order.
    """

    def __init__(self, folder: Path) -> None:
        """Load the files `unipen_digits.npz` and `unipen_nondigits.npz` of a folder."""
        by_writer: dict[tuple[str, int], dict[str, list[Strokes]]] = defaultdict(lambda: defaultdict(list))
        everybody: dict[str, list[Strokes]] = defaultdict(list)
        for name in ("digits", "nondigits"):
            characters = load_strokes(folder / f"unipen_{name}.npz")
            for index, key in held_out_writers(characters).items():
                label = str(characters.label[index])[-1]  # the files have \" and \\ for " and \
                strokes = [stroke.astype(np.float64) for stroke in characters.strokes(index)]
                by_writer[key][label].append(strokes)
                everybody[label].append(strokes)
        self.writers = [Writer(glyphs, everybody) for glyphs in by_writer.values()]

    def most_digits(self, count: int) -> list[Writer]:
        """Return the writers of most digits."""
        digits = [
            Counter({digit: len(writer.glyphs.get(digit, ())) for digit in string.digits}) for writer in self.writers
        ]
        order = sorted(range(len(digits)), key=lambda index: -digits[index].total())
        return [self.writers[index] for index in order[:count]]

    def most_code_characters(self, count: int) -> list[Writer]:
        """Return the writers of most different digits and capital letters."""
        return sorted(self.writers, key=lambda writer: -len(set(CODE_CHARACTERS) & set(writer.glyphs)))[:count]


def held_out_writers(characters: StrokeSet) -> dict[int, tuple[str, int]]:
    """Return the index of each held-out character, with its source and the writer's rank among those of the source."""
    out: dict[int, tuple[str, int]] = {}
    for source in HELD_OUT:
        indices = np.flatnonzero(characters.source == source)
        writers = np.unique(characters.writer[indices], return_inverse=True)[1]
        out |= {int(index): (source, int(writer)) for index, writer in zip(indices, writers, strict=True)}
    return out


def moved(strokes: Strokes, x: float, y: float = 0.0) -> Strokes:
    """Return the strokes moved by (x, y)."""
    return [stroke + np.array([x, y]) for stroke in strokes]


def bounds(strokes: Strokes) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of the strokes."""
    points = np.concatenate(strokes)
    return (*map(float, points.min(axis=0)), *map(float, points.max(axis=0)))  # type: ignore[return-value]


def draw_on_paper(strokes: Strokes, rng: Generator, printed: Strokes | None = None) -> Picture:
    """Draw a text, and lines printed around it, on paper with a margin: digits of 44 to 60 pixels, any pen."""
    height, pen, margin = rng.uniform(44, 60), rng.uniform(3, 6), rng.uniform(30, 60)
    left, top, right, bottom = bounds(strokes + (printed or []))
    size = np.ceil(np.array([right - left, bottom - top]) * height + 2 * margin).astype(int)
    layers = [
        ([(stroke - (left, top)) * height + margin for stroke in layer], width)
        for layer, width in ((strokes, pen), (printed or [], 2.0))
    ]
    picture = render(layers, (int(size[0]), int(size[1])), PAPER)
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def draw_field(strokes: Strokes, pen: float) -> Picture:
    """Draw a text as large as a field of a form has it, as the measure of number strings draws it."""
    (left, top), (width, height) = _extent(strokes)
    scale = min(FIELD_HEIGHT / height, FIELD_WIDTH / width)
    offset = np.array([FIELD_MARGIN, FIELD_MARGIN + (FIELD_HEIGHT - height * scale) / 2])
    placed = [(stroke - (left, top)) * scale + offset for stroke in strokes]
    return render([(placed, pen)], (int(np.ceil(width * scale)) + 2 * FIELD_MARGIN, FIELD_HEIGHT + 2 * FIELD_MARGIN))


def render(layers: Sequence[tuple[Strokes, float]], size: tuple[int, int], paper: int = 255) -> Picture:
    """Draw layers of strokes, each with the width of its pen, in pixels: uint8 (H, W) of `size` (W, H)."""
    image = Image.new("L", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING), paper)
    canvas = ImageDraw.Draw(image)
    for strokes, pen in layers:
        width = pen * SUPERSAMPLING
        for stroke in strokes:
            line = [(float(x), float(y)) for x, y in stroke * SUPERSAMPLING]
            if len(line) > 1:
                canvas.line(line, fill=FOREGROUND, width=round(width), joint="curve")
            for x, y in line if len(line) < 3 else (line[0], line[-1]):
                canvas.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=FOREGROUND)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def draw_with_font(text: str, font: str, rng: Generator) -> Picture:
    """Draw a text with a font's thin outlines, thickened like a pen's strokes and slanted, on paper."""
    height, margin = round(rng.uniform(50, 75)), 40
    face = ImageFont.truetype(font, height)
    left, top, right, bottom = (round(value) for value in face.getbbox(text))
    image = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin), 0)
    ImageDraw.Draw(image).text((margin - left, margin - top), text, font=face, fill=255)
    slant = np.array([[1.0, rng.normal(-0.08, 0.06), 4.0], [0.0, 1.0, 0.0]])
    slanted = cv2.warpAffine(np.asarray(image), slant, image.size)
    pen = np.ones((int(rng.integers(1, 4)),) * 2, np.uint8)
    drawn = PAPER - cv2.dilate(slanted, pen).astype(np.float64) * (PAPER - FOREGROUND) / 255
    return np.clip(drawn + rng.normal(0, 2, drawn.shape), 0, 255).astype(np.uint8)


def _extent(strokes: Strokes) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the left top corner of strokes, and their width and height, which are never 0."""
    left, top, right, bottom = bounds(strokes)
    return (left, top), (max(right - left, 1.0), max(bottom - top, 1.0))
