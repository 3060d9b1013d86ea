"""Print on composed pages: type in many fonts and sizes, stamps, bar codes, logos, with random words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.fonts import set_type
from . import texts
from .non_digit_glyphs import FONTS

Layer = NDArray[np.uint8]
CAPTIONS = (
    "Name", "First name", "Date", "Date of birth", "Signature", "Total", "Sub total", "Amount", "Qty", "Price",
    "Rate", "No.", "Nr.", "Betrag", "Summe", "Datum", "Unterschrift", "Address", "City", "State", "Country",
    "Postcode", "ZIP", "Phone", "Mobile No.", "E-mail", "Account No.", "Branch", "Pay", "Rupees", "Invoice",
    "Bill No.", "Page", "Class", "Roll No.", "Score", "Marks", "Question", "Candidate", "Height", "Weight", "Temp.",
    "Time", "Hours", "Remarks", "Description", "Particulars", "Item", "Sr. No.", "S.No", "GST", "Tax 5 %", "Reg. No.",
    "Student ID", "Nom", "Prénom", "Montant", "Fecha", "Firma", "Nombre", "Totale", "kg", "cm", "EUR", "Rs.", "$",
    "For office use only", "Yes", "No", "Male", "Female", "DD MM YYYY", "Please write in block letters", "Room",
    "Dept.", "Approved by", "Checked", "Unit",
)  # fmt: skip


@dataclass(frozen=True)
class Typeface:
    """A print font, as the files of `datasets/print_fonts.py` or a stroke font of OpenCV where `path` is None."""

    path: Path | None
    stroke_font: int = cv2.FONT_HERSHEY_SIMPLEX

    @classmethod
    def draw(cls, fonts: Sequence[Path], rng: Generator) -> Typeface:
        """Return a random typeface of `fonts`, rarely one of OpenCV's."""
        if not fonts or rng.random() < 0.03:
            return cls(None, FONTS[int(rng.integers(len(FONTS)))])
        return cls(fonts[int(rng.integers(len(fonts)))])

    def set(self, text: str, size: int) -> Layer:
        """Return `text` in type of `size` pixels: uint8 (h, w), bright on 0, at least one pixel."""
        if self.path is None:
            return self._set_in_strokes(text, size)
        return set_type(text, self.path, size)

    def _set_in_strokes(self, text: str, size: int) -> Layer:
        plain, scale = text.encode("ascii", "ignore").decode() or "-", size / 30
        (width, height), below = cv2.getTextSize(plain, self.stroke_font, scale, 1)
        canvas = np.zeros((height + below + 4, width + 4), np.uint8)
        cv2.putText(canvas, plain, (2, height + 1), self.stroke_font, scale, 255, max(size // 18, 1), cv2.LINE_AA)
        return canvas


def caption(rng: Generator) -> str:
    """Return a caption of a form's field."""
    text = CAPTIONS[int(rng.integers(len(CAPTIONS)))]
    text = text.upper() if rng.random() < 0.25 else text
    return text + (":" if rng.random() < 0.4 else "")


def number(rng: Generator) -> str:
    """Return a number as it is printed: short ones, amounts, dates and any other kind."""
    kind = rng.random()
    if kind < 0.3:
        return str(int(rng.integers(0, 200)))
    return texts.digits(rng, 1, 12) if kind < 0.5 else texts.number(rng)


def sentence(vocabulary: Sequence[str], rng: Generator, count: int) -> str:
    """Return `count` random words and numbers, all of capitals at times."""
    parts = [
        number(rng) if rng.random() < 0.08 else vocabulary[int(rng.integers(len(vocabulary)))] for _ in range(count)
    ]
    text = " ".join(parts) if vocabulary else number(rng)
    return text.upper() if rng.random() < 0.15 else text


def stamp(typeface: Typeface, lines: Sequence[str], size: int, rng: Generator) -> Layer:
    """Return a rubber stamp: lines of text in a ring or a frame, unevenly inked and tilted."""
    rows = [typeface.set(text, size) for text in lines]
    widest, tallest = max(row.shape[1] for row in rows), sum(row.shape[0] + size // 3 for row in rows)
    side = max(widest, tallest) + 2 * size
    canvas = np.zeros((side, side), np.uint8)
    top = (side - tallest) // 2
    for row in rows:
        left = (side - row.shape[1]) // 2
        canvas[top : top + row.shape[0], left : left + row.shape[1]] = row
        top += row.shape[0] + size // 3
    thickness = max(size // 8, 1)
    if rng.random() < 0.6:
        for inset in (thickness, size // 2) if rng.random() < 0.5 else (thickness,):
            cv2.circle(canvas, (side // 2, side // 2), side // 2 - inset, 255, thickness, cv2.LINE_AA)
    else:
        cv2.rectangle(canvas, (thickness, side // 5), (side - thickness, side - side // 5), 255, thickness)
    inked = cv2.resize(rng.uniform(0.2, 1.6, (7, 7)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    rotation = cv2.getRotationMatrix2D((side / 2, side / 2), rng.normal(0, 18), 1.0)
    return cv2.warpAffine((canvas * np.clip(inked, 0, 1)).astype(np.uint8), rotation, (side, side)).astype(np.uint8)


def bar_code(height: int, width: int, rng: Generator) -> Layer:
    """Return a bar code, or a matrix code where it is about as tall as wide: uint8 (height, width)."""
    square = 0.7 < width / height < 1.4
    module = max(min(height, width) // 24, 1) if square else int(rng.integers(1, 4))
    rows = -(-height // module) if square else 1
    cells = (rng.random((rows, -(-width // module))) < 0.5).astype(np.uint8) * 255
    scaled = np.repeat(np.repeat(cells, module if square else height, axis=0), module, axis=1)
    return np.ascontiguousarray(scaled[:height, :width])


def logo(typeface: Typeface, size: int, rng: Generator) -> Layer:
    """Return a logo: simple solid and outlined shapes, some with a letter in them."""
    side = size * 3
    canvas = np.zeros((side, side), np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        points = (rng.uniform(0.05, 0.95, (int(rng.integers(3, 7)), 2)) * side).astype(np.int32)
        kind = rng.random()
        if kind < 0.35:
            cv2.fillPoly(canvas, [points], int(rng.integers(120, 256)), cv2.LINE_AA)
        elif kind < 0.7:
            centre = (int(points[0, 0]), int(points[0, 1]))
            cv2.circle(
                canvas, centre, int(side * rng.uniform(0.1, 0.4)), 255, int(rng.integers(-1, 5)) or 1, cv2.LINE_AA
            )
        else:
            cv2.polylines(canvas, [points], bool(rng.random() < 0.5), 255, int(rng.integers(1, 6)), cv2.LINE_AA)
    if rng.random() < 0.5:
        letter = typeface.set(str(rng.choice(list("ABCKMRSU"))), size)[:side, :side]
        top, left = (side - letter.shape[0]) // 2, (side - letter.shape[1]) // 2
        area = canvas[top : top + letter.shape[0], left : left + letter.shape[1]]
        area[:] = np.where(letter > 60, 255 - area, area)
    return canvas
