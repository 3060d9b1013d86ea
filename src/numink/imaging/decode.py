"""Decoding of pictures from paths, bytes or arrays, with every limit on their size.

Kind and size are checked from the header before anything is decoded. Only pixels pass on: a `Picture` has no metadata,
and previews are encoded anew.
"""

from __future__ import annotations

import io
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ..errors import BrokenPicture, InputError, NoSuchFile, NotAPicture, TooLarge, marked
from .colour import grey_pixels
from .formats import FORMATS, TIFF_MAGIC, is_heic, refuse_unsupported
from .orientation import PLAIN_MODES, seek_content, shrink_to, turned_clockwise, upright

TOO_MANY_PIXELS = marked(
    "the picture has {pixels} pixels, the limit is {most:.0f} million and {side} a side: "
    "make it smaller, or raise NUMINK_MAX_PIXELS"
)
TOO_MANY_PAGES = marked("the file has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")
PREVIEW_QUALITY = 85
"""JPEG quality of previews."""


@dataclass(frozen=True)
class Limits:
    """Limits on the size of a picture or document.

    Example:
        >>> Limits(max_pages=10).max_pages
        10
    """

    max_bytes: int = 20_000_000
    """Bytes of the file."""
    max_pixels: int = 50_000_000
    """Pixels of a picture or page."""
    max_side: int = 30_000
    """Pixels of the longer side."""
    max_frames: int = 1_000
    """Frames of an animation; only the first that is not empty is read."""
    max_pages: int = 100
    """Pages of a document."""


@dataclass(frozen=True)
class Picture:
    """An upright picture without transparency or metadata, as `open_picture` decodes it."""

    colour: Image.Image = field(repr=False)
    """Pillow image of mode L, RGB or opaque RGBA."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.colour.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.colour.height

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Grey values, uint8 (H, W), 0 is black, 255 is white: luminance, or where it hides the writing, a colour."""
        return grey_pixels(self.colour)

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """Colours, uint8 (H, W, 3)."""
        return np.asarray(self.colour.convert("RGB"), dtype=np.uint8)

    def turned(self, degrees: int) -> Picture:
        """Return the picture turned clockwise by 0, 90, 180 or 270 degrees."""
        return Picture(turned_clockwise(self.colour, degrees)) if degrees else self

    def previews(self, *sides: int) -> list[bytes]:
        """Encode reduced copies as JPEG, without metadata.

        Args:
            sides: Longest side of each copy in pixels, largest first.

        Returns:
            One file for each of `sides`.
        """
        files, reduced = [], self.colour
        for side in sides:
            reduced = shrink_to(reduced, side)
            out = io.BytesIO()
            plain = reduced if reduced.mode in PLAIN_MODES else reduced.convert("RGB")
            plain.save(out, "JPEG", quality=PREVIEW_QUALITY)
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
        BrokenPicture: The data is damaged.
        ValueError: The array has another shape or type.

    Example:
        >>> picture = open_picture(np.zeros((20, 30), np.uint8))
        >>> picture.width, picture.height, picture.grey.shape
        (30, 20, (20, 30))
    """
    limits = limits or Limits()
    if isinstance(source, np.ndarray):
        return _from_array(source, limits)
    if isinstance(source, bytes):
        return _from_bytes(source, limits)
    return _from_bytes(file_bytes(Path(source), limits), limits)


def open_frames(data: bytes, limits: Limits) -> Iterator[Picture]:
    """Decode the pages of a TIFF stack one by one, or the first frame of any other picture.

    Raises InputError as `open_picture` does; TooLarge for too many pages, before the first.
    """
    first = _from_bytes(data, limits)
    count = 1
    if data[:4] in TIFF_MAGIC:
        # Pillow warns of damaged tags again, though the first page was read in spite of them.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            count = getattr(image, "n_frames", 1)
    check_pages(TOO_MANY_PAGES, count, limits)
    return chain([first], (_from_bytes(data, limits, frame) for frame in range(1, count)))


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
        check_bytes(status.st_size, limits)
        return path.read_bytes()
    except PermissionError:
        raise NoSuchFile("no permission to read this file: check its owner and mode") from None
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFile("there is no such file: check the name and the folder") from None
    except (OSError, ValueError) as error:
        raise NoSuchFile("this file cannot be read ({why}): check the name and the disk", why=error) from None


def check_bytes(size: int, limits: Limits) -> None:
    """Raise TooLarge for a file of too many bytes."""
    if size > limits.max_bytes:
        raise TooLarge(
            "the file has {size:.1f} MB, the limit is {most:.1f} MB: "
            "make the picture smaller, or raise NUMINK_MAX_BYTES", size=size / 1e6, most=limits.max_bytes / 1e6,
        )  # fmt: skip


def check_pages(message: str, count: int, limits: Limits) -> None:
    """Raise TooLarge with `message`, a text with {count} and {most}, for a document of too many pages."""
    if count > limits.max_pages:
        raise TooLarge(message, count=count, most=limits.max_pages)


def _from_array(pixels: NDArray[np.uint8], limits: Limits) -> Picture:
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(f"a picture must be uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    if not pixels.size:
        raise ValueError("a picture must have at least one pixel")
    _check_size(pixels.shape[1], pixels.shape[0], limits)
    return Picture(Image.fromarray(np.ascontiguousarray(pixels)))


def _from_bytes(data: bytes, limits: Limits, frame: int = 0) -> Picture:
    if not data:
        raise NotAPicture("the file is empty: choose another, or save it again")
    check_bytes(len(data), limits)
    refuse_unsupported(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit warns; ours below are checked before decoding
        try:
            with Image.open(io.BytesIO(data), formats=("HEIF",) if is_heic(data) else FORMATS) as image:
                if frame:
                    image.seek(frame)
                _check_size(image.width, image.height, limits)
                _check_frames(image, limits)
                if image.format != "TIFF":
                    seek_content(image)
                plain = upright(image)
                plain.info = {}  # comments, GPS positions, profiles: none of it gets into copies of the picture
                return Picture(plain)
        except InputError:
            raise
        except UnidentifiedImageError:
            raise NotAPicture(
                "this is not a picture in a supported format: use PNG, JPEG, WebP, AVIF, JPEG 2000, GIF, "
                "BMP, TIFF, PPM or PDF"
            ) from None
        except Image.DecompressionBombError:
            raise _too_many_pixels(f"> {Image.MAX_IMAGE_PIXELS}", limits) from None
        except Exception as error:  # decoders raise nearly anything on damaged files; MemoryError is an Exception too
            why = (str(error) or type(error).__name__).splitlines()[0][:120]
            raise BrokenPicture(
                "the picture is damaged or cut off ({why}): open it in a viewer and save it again", why=why
            ) from None


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise _too_many_pixels(f"{width} x {height}", limits)


def _too_many_pixels(pixels: str, limits: Limits) -> TooLarge:
    return TooLarge(TOO_MANY_PIXELS, pixels=pixels, most=limits.max_pixels / 1e6, side=limits.max_side)


def _check_frames(image: Image.Image, limits: Limits) -> None:
    # The frames of a GIF are not counted: counting them reads the whole file.
    if image.format != "GIF" and getattr(image, "n_frames", 1) > limits.max_frames:
        raise TooLarge(
            "the picture has more than {most} frames: save the frame to read as a picture of its own",
            most=limits.max_frames,
        )
