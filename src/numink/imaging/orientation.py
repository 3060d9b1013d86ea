"""Conversion of decoded images: upright by their EXIF orientation, 8 bits, on white, and reduced in size."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

PLAIN_MODES = ("L", "RGB")
"""Pillow's modes of pixels that need no conversion."""
ORIENTATION_TAG = 0x0112
"""EXIF tag of the orientation; its value 1 is upright."""


def upright(image: Image.Image) -> Image.Image:
    """Decode an image and convert it to mode L, RGB or opaque RGBA: upright, 8 bits, transparency on white."""
    image.load()
    turned = ImageOps.exif_transpose(image) if image.getexif().get(ORIENTATION_TAG, 1) != 1 else image
    if turned.mode in ("I", "F") or turned.mode.startswith("I;16"):
        return _eight_bit(turned)
    if turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        if layer.getchannel("A").getextrema() == (255, 255):  # opaque: white paper below would change nothing
            return layer
        white = Image.new("RGBA", layer.size, "white")
        white.alpha_composite(layer)
        return white.convert("RGB")
    if turned.mode in PLAIN_MODES:
        return turned
    return turned.convert("L" if turned.mode == "1" else "RGB")


def shrink_to(image: Image.Image, side: int) -> Image.Image:
    """Reduce an image to a longest side of at most `side` pixels.

    Means of whole blocks first, which is quick, then interpolation.
    """
    longest = max(image.size)
    if longest <= side:
        return image
    size = (max(round(image.width * side / longest), 1), max(round(image.height * side / longest), 1))
    return image.reduce(max(longest // side, 1)).resize(size, Image.Resampling.BILINEAR)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit pixels by 1/257, and 32-bit and floating ones from their minimum and maximum to 0..255."""
    pixels = np.asarray(image).astype(np.float64)
    finite = np.nan_to_num(pixels, nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode != "F" and finite.min() >= 0 and finite.max() <= 65535:
        scaled = finite / 257
    else:
        low, high = float(finite.min()), float(finite.max())
        scaled = (finite - low) * (255 / (high - low)) if high > low else np.full_like(finite, 255)
    return Image.fromarray(np.round(scaled).astype(np.uint8))
