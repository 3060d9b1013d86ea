"""A decoded picture made plain: upright, 8 bit, on white, and of a wanted size. Knows nothing of files and limits."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

PLAIN = ("L", "RGB")
"""Modes of pixels that are used as they are."""
ORIENTATION = 0x0112
"""The EXIF tag that says which way up."""


def upright(image: Image.Image) -> Image.Image:
    """Decoded, turned as EXIF says, 16 bit scaled to 8, transparency on white: mode L, RGB or opaque RGBA."""
    image.load()
    turned = ImageOps.exif_transpose(image) if image.getexif().get(ORIENTATION, 1) != 1 else image
    if turned.mode in ("I", "F") or turned.mode.startswith("I;16"):
        return _eight_bit(turned)
    if turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        if layer.getchannel("A").getextrema() == (
            255,
            255,
        ):  # nothing shines through: laying it on white would change nothing
            return layer
        white = Image.new("RGBA", layer.size, "white")
        white.alpha_composite(layer)
        return white.convert("RGB")
    if turned.mode in PLAIN:
        return turned
    return turned.convert("L" if turned.mode == "1" else "RGB")


def within(image: Image.Image, side: int) -> Image.Image:
    """The image with its longest side at most `side`: by whole means first, which is quick, then between neighbours."""
    longest = max(image.size)
    if longest <= side:
        return image
    size = (max(round(image.width * side / longest), 1), max(round(image.height * side / longest), 1))
    return image.reduce(max(longest // side, 1)).resize(size, Image.Resampling.BILINEAR)


def _eight_bit(image: Image.Image) -> Image.Image:
    """16 bit pixels by their high byte; floating ones and 32 bit ones from their least to their greatest value."""
    pixels = np.asarray(image).astype(np.float64)
    finite = np.nan_to_num(pixels, nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode != "F" and finite.min() >= 0 and finite.max() <= 65535:
        scaled = finite / 257
    else:
        low, high = float(finite.min()), float(finite.max())
        scaled = (finite - low) * (255 / (high - low)) if high > low else np.full_like(finite, 255)
    return Image.fromarray(np.round(scaled).astype(np.uint8))
