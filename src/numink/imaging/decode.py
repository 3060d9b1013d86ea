"""Any picture -> upright grey pixels; the only door for pixels, and where every limit on them is kept.

Takes a path, bytes or an array; gives a `Picture` with 0 black .. 255 white, EXIF turned, transparency laid on white.
Size and kind are checked from the header before anything is decoded. Nothing of a file but its pixels gets past this
door: previews are drawn anew, without metadata. Knows nothing of ink or digits.
"""

from __future__ import annotations

import io
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ..errors import BrokenPicture, InputError, NoSuchFile, NotAPicture, TooLarge, marked
from .orientation import PLAIN, upright, within

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""What is opened. Not EPS, which starts a program, nor anything that is not pixels."""
MAGIC = {
    b"%PDF": marked("this is a PDF document, which is no picture: "
                    "open it with `open_pages`, or save the page as PNG or JPEG, and read that"),
    b"PK\x03\x04": marked("this is a ZIP archive or an office document, which is no picture: "
                          "take the pictures out of it, and read those"),
    b"%!PS": marked("this is a PostScript file, which is no picture: save the page as PNG or JPEG, and read that"),
}  # fmt: skip
"""Kinds of file that people do send, with what is said of them."""
TOO_MANY = marked(
    "the picture has {pixels} pixels, the limit is {most:.0f} million and {side} a side: "
    "make it smaller, or raise NUMINK_MAX_PIXELS"
)
TIFF = (b"II*\x00", b"MM\x00*")
HEIC = (b"heic", b"heix", b"mif1", b"heim", b"hevc", b"msf1")
"""Brands of the photos that some phones take; read where the extra [heic] is installed."""
PREVIEW_QUALITY = 85


@dataclass(frozen=True)
class Limits:
    """What a picture may have at most: bytes of its file, pixels, pixels a side, frames; and pages of a document."""

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_side: int = 30_000
    max_frames: int = 1_000
    max_pages: int = 100


CLOCKWISE = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Pillow turns the other way."""


@dataclass(frozen=True)
class Picture:
    """An upright picture. `colour` is a Pillow image of mode L, RGB or opaque RGBA, so that it is decoded once only."""

    colour: Image.Image = field(repr=False)

    @property
    def width(self) -> int:
        """Pixels."""
        return self.colour.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self.colour.height

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """uint8 (H, W), 0 black .. 255 white."""
        return np.asarray(self.colour.convert("L"), dtype=np.uint8)

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """uint8 (H, W, 3)."""
        return np.asarray(self.colour.convert("RGB"), dtype=np.uint8)

    def turned(self, degrees: int) -> Picture:
        """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
        if not degrees:
            return self
        return Picture(self.colour.transpose(CLOCKWISE[degrees]))

    def previews(self, *sides: int) -> list[bytes]:
        """JPEGs of the picture without metadata, the longest side of each at most one of `sides`, largest first."""
        copies, shown = [], self.colour
        for side in sides:
            shown = within(shown, side)
            out = io.BytesIO()
            (shown if shown.mode in PLAIN else shown.convert("RGB")).save(out, "JPEG", quality=PREVIEW_QUALITY)
            copies.append(out.getvalue())
        return copies


def open_picture(source: str | Path | bytes | NDArray[np.uint8], limits: Limits | None = None) -> Picture:
    """A picture from a path, the bytes of a file, or an array uint8 (H, W) or (H, W, 3) as RGB.

    Raises NoSuchFile, TooLarge, NotAPicture or BrokenPicture, each with a sentence that says what to do; ValueError
    for an array of another shape or type.
    """
    limits = limits or Limits()
    if isinstance(source, np.ndarray):
        return _from_array(source, limits)
    if isinstance(source, bytes):
        return _from_bytes(source, limits)
    return _from_bytes(file_bytes(Path(source), limits), limits)


def open_frames(data: bytes, limits: Limits) -> Iterator[Picture]:
    """The pages of a TIFF stack, one by one; of any other picture the first frame. Raises as `open_picture` does."""
    first = _from_bytes(data, limits)
    count = 1
    if data[:4] in TIFF:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            count = getattr(image, "n_frames", 1)
    many = marked("the file has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")
    check_pages(many, count, limits)
    return chain([first], (_from_bytes(data, limits, at) for at in range(1, count)))


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """uint8 (H, W) or (H, W, 3) as RGB -> a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=3)
    return out.getvalue()


def file_bytes(path: Path, limits: Limits) -> bytes:
    """What is in a file. Raises NoSuchFile or TooLarge."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise NoSuchFile("this is a folder: name the pictures in it, such as FOLDER/*.png")
        if not stat.S_ISREG(found.st_mode):
            raise NoSuchFile("this is not a regular file: name a picture, or give it on standard input as -")
        check_bytes(found.st_size, limits)
        return path.read_bytes()
    except PermissionError:
        raise NoSuchFile("no permission to read this file: check its owner and mode") from None
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFile("there is no such file: check the name and the folder") from None
    except (OSError, ValueError) as error:
        raise NoSuchFile("this file cannot be read ({why}): check the name and the disk", why=error) from None


def check_bytes(size: int, limits: Limits) -> None:
    """Raises TooLarge for a file of too many bytes."""
    if size > limits.max_bytes:
        raise TooLarge(
            "the file has {size:.1f} MB, the limit is {most:.1f} MB: "
            "make the picture smaller, or raise NUMINK_MAX_BYTES", size=size / 1e6, most=limits.max_bytes / 1e6,
        )  # fmt: skip


def check_pages(message: str, count: int, limits: Limits) -> None:
    """Raises TooLarge with `message`, which has {count} and {most}, for too many pages."""
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
    _refuse_known(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit warns; ours below are checked before decoding
        try:
            with Image.open(io.BytesIO(data), formats=("HEIF",) if _is_heic(data) else FORMATS) as image:
                if frame:
                    image.seek(frame)
                _check_size(image.width, image.height, limits)
                _check_frames(image, limits)
                plain = upright(image)
                plain.info = {}  # comments, places, profiles: nothing of them gets into what is made of the picture
                return Picture(plain)
        except InputError:
            raise
        except UnidentifiedImageError:
            raise NotAPicture(
                "this is not a picture that numink knows: give it PNG, JPEG, WebP, GIF, BMP, TIFF or PPM, or a PDF"
            ) from None
        except Image.DecompressionBombError:
            raise _many_pixels(f"> {Image.MAX_IMAGE_PIXELS}", limits) from None
        except Exception as error:  # decoders raise nearly anything on damaged files; MemoryError is an Exception too
            why = (str(error) or type(error).__name__).splitlines()[0][:120]
            raise BrokenPicture(
                "the picture is damaged or cut off ({why}): open it in a viewer and save it again", why=why
            ) from None


def _refuse_known(data: bytes) -> None:
    start = data[:512].lstrip()
    for magic, said in MAGIC.items():
        if start.startswith(magic):
            raise NotAPicture(said)
    if _is_heic(data) and not _heic_is_known():
        raise NotAPicture("this is a HEIC photo: pip install 'numink[heic]' to read such, or save it as JPEG")
    if start[:5].lower() in (b"<?xml", b"<svg ", b"<svg>") or b"<svg" in data[:512].lower():
        raise NotAPicture("this is an SVG drawing, which is not supported: export it as PNG, and read that")


def _is_heic(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in HEIC


@cache
def _heic_is_known() -> bool:
    """Whether the extra that reads HEIC is installed; Pillow is told of it."""
    try:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - an extra, and 26 MB
    except ImportError:
        return False
    register_heif_opener()
    return True


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise _many_pixels(f"{width} x {height}", limits)


def _many_pixels(pixels: str, limits: Limits) -> TooLarge:
    return TooLarge(TOO_MANY, pixels=pixels, most=limits.max_pixels / 1e6, side=limits.max_side)


def _check_frames(image: Image.Image, limits: Limits) -> None:
    """Animations are read by their first frame. The frames of a GIF are not counted: that means reading all of it."""
    most = limits.max_frames
    if image.format != "GIF" and getattr(image, "n_frames", 1) > most:
        raise TooLarge("the picture has more than {most} frames: save the one to read by itself", most=most)
