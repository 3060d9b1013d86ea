"""Opening of picture files: format, size, frames and memory are checked from the head before anything is decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from ...errors import BrokenPicture, NotAPicture, marked
from ..formats import FORMATS, is_heic, refuse_unsupported
from ..limits import TOO_COMPLEX, Limits
from .bands import PlainImage, is_one_colour
from .protocol import Request
from .structure import MOST_EMPTY_FRAMES, check_structure

PLUGINS = (
    BmpImagePlugin, GifImagePlugin, Jpeg2KImagePlugin, JpegImagePlugin, PngImagePlugin, PpmImagePlugin, TiffImagePlugin,
    WebPImagePlugin,
)  # fmt: skip
"""Pillow's plugins of the formats that are decoded; with these at hand Pillow does not load all the others."""
BYTES_PER_PIXEL = {"WEBP": 20, "JPEG2000": 16, "AVIF": 9, "HEIF": 9, "GIF": 5}
"""Memory that decoding takes for each pixel of these formats, estimated; any other takes PLAIN_BYTES_PER_PIXEL."""
PLAIN_BYTES_PER_PIXEL = 4
PROGRESSIVE_BYTES_PER_PIXEL = 7
"""The same for a progressive JPEG, whose coefficients are held until its last scan."""
SLOW_BYTES_PER_SECOND = 2_500_000
"""Bytes of a format that Pillow decodes in Python, for each second of processor time."""
RUNS_IN_BMP = (1, 2)
"""Compressions of a BMP that are runs of pixels, decoded in Python."""
BAND_BYTES = 12_000_000
"""Memory for bands, buffers and what decoding a small picture takes."""
TOO_MANY_PAGES = marked("the file has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")


class NeedsMemory(Exception):
    """The page takes more memory than this attempt may use."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@contextmanager
def opened(data: bytes, request: Request) -> Iterator[tuple[PlainImage, int]]:
    """Decode a page of a TIFF stack, or the first frame of any other picture that is not empty.

    Yields:
        The page, and the number of pages.

    Raises:
        InputError: It cannot be decoded, or exceeds a limit.
        NeedsMemory: It exceeds the memory of this attempt.
    """
    limits = request.limits
    if not data:
        raise NotAPicture("the file is empty: choose another, or save it again")
    refuse_unsupported(data)
    pages = check_structure(data, limits)
    if request.documents and pages > 1:
        limits.check_pages(TOO_MANY_PAGES, pages)
    check_page(request, pages)
    with warnings.catch_warnings(action="ignore"):  # Pillow's own limit warns; ours below are checked before decoding
        try:
            with Image.open(io.BytesIO(data), formats=("HEIF",) if is_heic(data) else FORMATS) as image:
                if request.page:
                    image.seek(request.page)
                limits.check_size(*image.size)
                if _is_slow(image) and len(data) > limits.max_seconds * SLOW_BYTES_PER_SECOND:
                    raise BrokenPicture(TOO_COMPLEX, page=1)
                needed = _memory(image, len(data))
                limits.check_memory(needed)
                if needed > request.memory:
                    raise NeedsMemory(needed)
                _go_to_frame(image, limits)
                yield PlainImage(image), pages
        except UnidentifiedImageError:
            raise NotAPicture(
                "this is not a picture in a supported format: use PNG, JPEG, WebP, AVIF, JPEG 2000, GIF, "
                "BMP, TIFF, PPM or PDF"
            ) from None
        except Image.DecompressionBombError:
            raise limits.too_many_pixels(f"> {Image.MAX_IMAGE_PIXELS}") from None


def check_page(request: Request, pages: int) -> None:
    """Raise BrokenPicture for a page that the document has not."""
    if request.page >= pages:
        raise BrokenPicture("the document has only {count} pages: send the one that was read", count=pages)


def _is_slow(image: Image.Image) -> bool:
    """Return whether Pillow decodes an image in Python."""
    return image.info.get("compression") in RUNS_IN_BMP or any(
        tile[0] == "ppm_plain" for tile in getattr(image, "tile", ())
    )


def _memory(image: Image.Image, size: int) -> int:
    """Return the bytes of memory that decoding an image takes, at least, with its file of `size` bytes."""
    each = BYTES_PER_PIXEL.get(image.format or "", PLAIN_BYTES_PER_PIXEL if len(image.getbands()) > 1 else 1)
    if image.format == "JPEG" and image.info.get("progressive"):
        each = PROGRESSIVE_BYTES_PER_PIXEL if len(image.getbands()) > 1 else 3
    elif image.mode in ("I", "F"):
        each = PLAIN_BYTES_PER_PIXEL
    return image.width * image.height * each + 2 * size + BAND_BYTES


def _go_to_frame(image: Image.Image, limits: Limits) -> None:
    """Go to the first frame of an animation that is not all one colour; to the first where all are, or most."""
    if image.format == "TIFF":  # its frames are pages
        return
    if image.format != "GIF":  # those of a GIF are not counted: counting them reads the whole file
        limits.check_frames(getattr(image, "n_frames", 1))
    if not getattr(image, "is_animated", False):
        return
    for frame in range(MOST_EMPTY_FRAMES):
        try:
            image.seek(frame)
        except EOFError:
            break
        if not is_one_colour(image):
            return
    image.seek(0)
