"""Reduction of images to a longest side."""

from __future__ import annotations

from PIL import Image


def shrunk_size(width: int, height: int, side: int) -> tuple[int, tuple[int, int]]:
    """Return how a picture is reduced to a longest side of `side` pixels: the side of blocks to average, the size."""
    longest = max(width, height)
    return max(longest // side, 1), (max(round(width * side / longest), 1), max(round(height * side / longest), 1))


def shrink_to(image: Image.Image, side: int) -> Image.Image:
    """Reduce an image to a longest side of at most `side` pixels.

    Means of whole blocks first, which is quick, then interpolation.
    """
    if max(image.size) <= side:
        return image
    factor, size = shrunk_size(*image.size, side)
    return image.reduce(factor).resize(size, Image.Resampling.BILINEAR)
