"""Digits as people draw them on the drawing canvas of the first page, and coarse scans of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from pictures import STROKES

COLOUR, SIDE = (20, 24, 31), 640
"""Colour of the pen and side in pixels of the drawing canvas."""


def drawings() -> Iterator[Image.Image]:
    """Yield six drawings of every digit, of random sizes and positions; the last three of each are drawn hastily."""
    rng = np.random.default_rng(7)
    for digit in "0123456789":
        for number in range(6):
            size = rng.uniform(70, 420)
            left, top = rng.uniform(40, SIDE - 40 - size), rng.uniform(40, SIDE - 40 - size)
            haste, slant = rng.uniform(0, 0.12) * size * (number > 2), rng.uniform(-0.5, 0.5)
            large = Image.new("RGB", (2 * SIDE, 2 * SIDE), "white")
            pen = ImageDraw.Draw(large)
            for stroke in STROKES[digit]:
                points = [
                    (2 * (left + (x + slant * (0.5 - y) / 2) * size + rng.normal(0, haste + 1)),
                     2 * (top + y * size + rng.normal(0, haste + 1)))
                    for x, y in stroke
                ]  # fmt: skip
                pen.line(points, COLOUR, 36, "curve")
                for x, y in points:
                    pen.ellipse((x - 18, y - 18, x + 18, y + 18), COLOUR)
            yield large.resize((SIDE, SIDE), Image.Resampling.BOX)


def tiny(drawing: Image.Image, side: int) -> Image.Image:
    """Return a coarse black-and-white scan of a drawing, `side` x `side` pixels."""
    coarse = drawing.convert("L").resize((side, side), Image.Resampling.BOX)
    return coarse.point(lambda grey: 255 * (grey > 160)).convert("RGB")


def as_png(drawing: Image.Image) -> bytes:
    """Return a drawing as a PNG with transparency, as the canvas sends it."""
    out = io.BytesIO()
    drawing.convert("RGBA").save(out, "PNG")
    return out.getvalue()
