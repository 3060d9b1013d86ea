"""Drawings as the sheet for drawing would have them, and coarse scans of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from pictures import STROKES

INK, SIDE = (20, 24, 31), 640


def drawings() -> Iterator[Image.Image]:
    """Every digit in several hands, sizes and places, some too hasty to be sure of; with pens as the sheet has them."""
    chance = np.random.default_rng(7)
    for digit in "0123456789":
        for hand in range(6):
            size = chance.uniform(70, 420)
            left, top = chance.uniform(40, SIDE - 40 - size), chance.uniform(40, SIDE - 40 - size)
            haste, slant = chance.uniform(0, 0.12) * size * (hand > 2), chance.uniform(-0.5, 0.5)
            large = Image.new("RGB", (2 * SIDE, 2 * SIDE), "white")
            pen = ImageDraw.Draw(large)
            for stroke in STROKES[digit]:
                points = [
                    (2 * (left + (x + slant * (0.5 - y) / 2) * size + chance.normal(0, haste + 1)),
                     2 * (top + y * size + chance.normal(0, haste + 1)))
                    for x, y in stroke
                ]  # fmt: skip
                pen.line(points, INK, 36, "curve")
                for x, y in points:
                    pen.ellipse((x - 18, y - 18, x + 18, y + 18), INK)
            yield large.resize((SIDE, SIDE), Image.Resampling.BOX)


def tiny(drawing: Image.Image, side: int) -> Image.Image:
    """A coarse scan of it in black and white, `side` pixels both ways."""
    coarse = drawing.convert("L").resize((side, side), Image.Resampling.BOX)
    return coarse.point(lambda grey: 255 * (grey > 160)).convert("RGB")


def as_png(drawing: Image.Image) -> bytes:
    out = io.BytesIO()
    drawing.convert("RGBA").save(out, "PNG")
    return out.getvalue()
