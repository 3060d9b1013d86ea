"""Pictures of handwritten digits and signs, drawn from strokes of a pen on paper of any size and grey."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]


def _arc(x: float, y: float, across: float, along: float, start: float, end: float) -> list[tuple[float, float]]:
    angles = np.radians(np.linspace(start, end, 40))
    return [(x + across * float(np.cos(a)), y + along * float(np.sin(a))) for a in angles]


STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [_arc(0.5, 0.5, 0.3, 0.46, -90, 272)],
    "1": [[(0.36, 0.2), (0.54, 0.04), (0.54, 0.96)]],
    "2": [[*_arc(0.48, 0.3, 0.28, 0.25, -170, 30), (0.2, 0.95), (0.8, 0.94)]],
    "3": [_arc(0.45, 0.27, 0.26, 0.23, -160, 85), _arc(0.45, 0.72, 0.3, 0.24, -90, 150)],
    "4": [[(0.56, 0.04), (0.16, 0.62), (0.86, 0.62)], [(0.62, 0.34), (0.6, 0.97)]],
    "5": [[(0.76, 0.05), (0.32, 0.06), (0.28, 0.45), *_arc(0.46, 0.68, 0.3, 0.27, -110, 140)]],
    "6": [[(0.68, 0.04), (0.4, 0.26), (0.24, 0.6), *_arc(0.49, 0.72, 0.25, 0.23, 180, -180)]],
    "7": [[(0.18, 0.07), (0.8, 0.06), (0.6, 0.42), (0.42, 0.96)]],
    "8": [[*_arc(0.5, 0.27, 0.22, 0.22, 90, -270), *_arc(0.5, 0.73, 0.27, 0.24, -90, 270)]],
    "9": [[*_arc(0.48, 0.29, 0.25, 0.24, 0, -360), (0.72, 0.3), (0.68, 0.6), (0.56, 0.96)]],
}
SIGN_STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "-": [[(0.2, 0.55), (0.75, 0.54)]],
    "+": [[(0.15, 0.55), (0.8, 0.54)], [(0.48, 0.24), (0.47, 0.86)]],
    "/": [[(0.8, 0.02), (0.2, 1.02)]],
    ".": [[(0.48, 0.94), (0.5, 0.96)]],
    ",": [[(0.52, 0.9), (0.5, 1.02), (0.4, 1.14)]],
}


@dataclass(frozen=True)
class Sheet:
    """Paper to write on: its size in pixels, and the grey values of paper and writing."""

    width: int = 200
    height: int = 240
    paper: int = 245
    foreground: int = 25


def write(text: str, x: float, y: float, size: float, pen: float, sheet: Sheet | Grey | None = None) -> Grey:
    """Return a picture with `text` written at x, y (top left), digits `size` pixels high.

    Writes on a new sheet, or on top of the picture that is passed as `sheet`.
    """
    page = sheet if isinstance(sheet, np.ndarray) else blank(sheet or Sheet())
    grey = 25 if isinstance(sheet, np.ndarray) or sheet is None else sheet.foreground
    for position, character in enumerate(text):
        for stroke in (STROKES | SIGN_STROKES)[character]:
            points = np.array([(x + (position * 0.95 + sx) * size, y + sy * size) for sx, sy in stroke])
            line = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(page, [line], False, grey, max(round(pen), 1), cv2.LINE_AA, shift=4)
    return page


def blank(sheet: Sheet) -> Grey:
    """Return an empty sheet."""
    return np.full((sheet.height, sheet.width), sheet.paper, np.uint8)


def one_digit(digit: str, pen: float = 12) -> Grey:
    """Return a digit in the middle of a sheet of 200 x 240 pixels."""
    return write(digit, 35, 50, 140, pen)


def as_file(pixels: Grey | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture as the bytes of a file."""
    image = Image.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def strokes_file(path: Path, labels: dict[str, list[list[tuple[float, float]]]]) -> None:
    """Write a collection of pen strokes as UNIPEN's: each label once in a training, once in a held-out source."""
    points, strokes, glyphs, names, sources = [], [0], [0], [], []
    for source in ("aga", "imp"):
        for label, lines in labels.items():
            for line in lines:
                points.append((np.array(line) * 1000).astype(np.int16))
                strokes.append(strokes[-1] + len(line))
            glyphs.append(len(strokes) - 1)
            names.append(label)
            sources.append(source)
    np.savez(
        path, points=np.concatenate(points), stroke_offsets=np.array(strokes), glyph_offsets=np.array(glyphs),
        label=np.array(names), source=np.array(sources), writer=np.arange(len(names)) // 10,
    )  # fmt: skip
