"""Decoded pictures, from paths, bytes or arrays.

Files are decoded by processes that can be ended (`decoder`), within every limit on their size. Only pixels come back: a
`Picture` has no metadata, and previews are encoded anew.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import NoSuchFile
from .colour import grey_pixels, grey_weights
from .decoder.page import DecodedPage
from .decoder.pool import shared_pool
from .decoder.protocol import FormField, Request
from .limits import Limits
from .reduction import shrink_to

PREVIEW_QUALITY = 85
"""JPEG quality of previews."""
QUARTERS = {0: 0, 90: 3, 180: 2, 270: 1}
"""Quarter turns counterclockwise by degrees clockwise."""


@dataclass(frozen=True)
class Picture:
    """An upright picture without transparency or metadata, as `open_picture` decodes it."""

    grey: NDArray[np.uint8] = field(repr=False)
    """Grey values, uint8 (H, W), 0 is black, 255 is white: luminance, or where it hides the writing, a colour."""
    colour: NDArray[np.uint8] | None = field(default=None, repr=False)
    """Colours, uint8 (h, w, 3) in RGB, perhaps reduced in size; None for a grey picture."""

    form_fields: tuple[FormField, ...] = ()
    """The fields of a PDF document's page, in pixels of the picture."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.grey.shape[0])

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """Colours, uint8 (h, w, 3), of the full size unless the picture was decoded for less."""
        return np.stack([self.grey] * 3, axis=2) if self.colour is None else self.colour

    def turned(self, degrees: int) -> Picture:
        """Return the picture turned clockwise by 0, 90, 180 or 270 degrees, without its form fields."""
        grey, colour = (
            pixels if pixels is None else np.ascontiguousarray(np.rot90(pixels, QUARTERS[degrees]))
            for pixels in (self.grey, self.colour)
        )
        return self if grey is None or not degrees else Picture(grey, colour)

    def previews(self, *sides: int) -> list[bytes]:
        """Encode reduced copies as JPEG, without metadata.

        Args:
            sides: Longest side of each copy in pixels, largest first.

        Returns:
            One file for each of `sides`.
        """
        files, reduced = [], Image.fromarray(self.grey if self.colour is None else self.colour)
        for side in sides:
            reduced = shrink_to(reduced, side)
            out = io.BytesIO()
            reduced.save(out, "JPEG", quality=PREVIEW_QUALITY)
            files.append(out.getvalue())
        return files


def open_picture(source: str | Path | bytes | NDArray[np.uint8], limits: Limits | None = None) -> Picture:
    """Decode a picture: upright by its EXIF orientation, transparency on white or black, 16 bits reduced to 8.

    Args:
        source: Path, bytes of a file, or pixels, uint8 (H, W) or (H, W, 3) in RGB, 0 is black.
        limits: Limits on its size; those of `Limits()` where none are given.

    Returns:
        The decoded picture.

    Raises:
        NoSuchFile: There is no readable file at the path.
        TooLarge: A limit is exceeded.
        NotAPicture: The format is not supported.
        BrokenPicture: The data is damaged, or decoding it takes too much time or memory.
        DecoderBusy: Too many other pictures take much time or memory.
        ValueError: The array has another shape or type.

    Example:
        >>> picture = open_picture(np.zeros((20, 30), np.uint8))
        >>> picture.width, picture.height, picture.grey.shape
        (30, 20, (20, 30))
    """
    limits = limits or Limits()
    if isinstance(source, np.ndarray):
        return _from_array(source, limits)
    content = source if isinstance(source, bytes) else file_bytes(Path(source), limits)
    limits.check_bytes(len(content))
    request = Request(len(content), limits, documents=False)
    return decoded(lambda request: shared_pool().decode(io.BytesIO(content), request), request)[1]


def decoded(decode: Callable[[Request], DecodedPage], request: Request) -> tuple[DecodedPage, Picture]:
    """Return the page that `decode` answers a request with, and its picture.

    A page whose writing differs from its paper in colour only, which is rare, is decoded twice.
    """
    page = decode(request)
    if page.sample is not None and (weights := grey_weights(page.sample)) is not None:
        page = decode(replace(request, weights=weights))
    return page, Picture(page.grey, page.colour, page.form_fields)


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels, uint8 (H, W) or (H, W, 3) in RGB, as a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=3)
    return out.getvalue()


def file_bytes(path: Path, limits: Limits) -> bytes:
    """Read the bytes of a file. Raises NoSuchFile or TooLarge."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NoSuchFile("this is a folder: name the pictures in it, such as FOLDER/*.png")
        if not stat.S_ISREG(status.st_mode):
            raise NoSuchFile("this is not a regular file: name a picture, or pass it on standard input as -")
        limits.check_bytes(status.st_size)
        return path.read_bytes()
    except PermissionError:
        raise NoSuchFile("no permission to read this file: check its owner and mode") from None
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFile("there is no such file: check the name and the folder") from None
    except (OSError, ValueError) as error:
        raise NoSuchFile("this file cannot be read ({why}): check the name and the disk", why=error) from None


def _from_array(pixels: NDArray[np.uint8], limits: Limits) -> Picture:
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(f"a picture must be uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    if not pixels.size:
        raise ValueError("a picture must have at least one pixel")
    limits.check_size(pixels.shape[1], pixels.shape[0])
    pixels = np.ascontiguousarray(pixels)
    return Picture(pixels) if pixels.ndim == 2 else Picture(grey_pixels(Image.fromarray(pixels)), pixels)
