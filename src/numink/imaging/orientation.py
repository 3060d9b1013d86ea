"""Conversion of decoded images: upright by their EXIF orientation, 8 bits, on white, and reduced in size."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

PLAIN_MODES = ("L", "RGB")
"""Pillow's modes of pixels that need no conversion."""
ORIENTATION_TAG = 0x0112
"""EXIF tag of the orientation; its value 1 is upright."""
CLOCKWISE = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Pillow's transpositions by degrees clockwise; Pillow itself counts counterclockwise."""
LIGHT = 225
"""Grey value from which pixels cannot be told from white paper."""
MOST_EMPTY_FRAMES = 20
"""Frames of an animation that are searched for one that is not empty."""


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
        return _on_paper(layer)
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


def turned_clockwise(image: Image.Image, degrees: int) -> Image.Image:
    """Return an image turned clockwise by 90, 180 or 270 degrees."""
    return image.transpose(CLOCKWISE[degrees])


def seek_content(image: Image.Image) -> None:
    """Go to the first frame of an animation that is not all one colour; to the first where all are, or most."""
    if not getattr(image, "is_animated", False):
        return
    for frame in range(MOST_EMPTY_FRAMES):
        try:
            image.seek(frame)
        except EOFError:
            break
        if not _is_one_colour(image):
            return
    image.seek(0)


def _is_one_colour(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGBA"))
    return not pixels[..., 3].any() or bool((pixels == pixels[0, 0]).all())


def _on_paper(layer: Image.Image) -> Image.Image:
    """Lay a transparent image on white, or on black where white would hide it."""
    for colour in ("white", "black"):
        paper = Image.new("RGBA", layer.size, colour)
        paper.alpha_composite(layer)
        opaque = paper.convert("RGB")
        if np.asarray(opaque.convert("L")).min() < LIGHT or layer.getchannel("A").getextrema()[1] == 0:
            return opaque
    return opaque


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale pixels of more than 8 bits to 0..255: whole numbers by the bits that are used, others by their extremes.

    Cameras and scanners store 10 or 12 bits, and converters 8, in files of 16 or 32 bits.
    """
    pixels = np.asarray(image).astype(np.float64)
    finite = np.nan_to_num(pixels, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if image.mode != "F" and low >= 0 and 0 < high <= 65535:
        bits = max(int(high).bit_length(), 8)
        scaled = finite * (255 / (2**bits - 1))
    else:
        scaled = (finite - low) * (255 / (high - low)) if high > low else np.full_like(finite, 255)
    return Image.fromarray(np.round(scaled).astype(np.uint8))
