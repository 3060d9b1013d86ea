"""Any picture -> upright grey pixels; the only door for pixels, and where every limit on them is kept.

Takes a path, bytes or an array; gives a `Picture` with 0 black .. 255 white, EXIF turned, transparency laid on white.
Size and kind are checked from the header before anything is decoded. Nothing of a file but its pixels gets past this
door: previews are drawn anew, without metadata. Knows nothing of ink or digits.
"""

from __future__ import annotations

import io
import stat
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import BrokenPicture, InputError, NoSuchFile, NotAPicture, TooLarge

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""What is opened. Not EPS, which starts a program, nor anything that is not pixels."""
MAGIC = (
    (b"%PDF", "a PDF document", "save the page as PNG or JPEG, and read that"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "take the pictures out of it, and read those"),
    (b"%!PS", "a PostScript file", "save the page as PNG or JPEG, and read that"),
)
"""Kinds of file that people do send, with what to do instead."""
PREVIEW_QUALITY = 85
PLAIN = ("L", "RGB")
"""Modes of pixels that are used as they are."""
ORIENTATION = 0x0112
"""The EXIF tag that says which way up."""


@dataclass(frozen=True)
class Limits:
    """What a picture may have at most: bytes of its file, pixels, pixels a side, frames."""

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_side: int = 30_000
    max_frames: int = 1_000


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
            shown = _within(shown, side)
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
    return _from_bytes(_file_bytes(Path(source), limits), limits)


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """uint8 (H, W) or (H, W, 3) as RGB -> a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=3)
    return out.getvalue()


def _file_bytes(path: Path, limits: Limits) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise NoSuchFile("this is a folder: name the pictures in it, such as FOLDER/*.png")
        if not stat.S_ISREG(found.st_mode):
            raise NoSuchFile("this is not a regular file: name a picture, or give it on standard input as -")
        if found.st_size > limits.max_bytes:
            raise TooLarge(_too_many_bytes(found.st_size, limits))
        return path.read_bytes()
    except PermissionError:
        raise NoSuchFile("no permission to read this file: check its owner and mode") from None
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFile("there is no such file: check the name and the folder") from None
    except (OSError, ValueError) as error:
        raise NoSuchFile(f"this file cannot be read ({error}): check the name and the disk") from None


def _too_many_bytes(size: int, limits: Limits) -> str:
    return (
        f"the file has {size / 1e6:.1f} MB, the limit is {limits.max_bytes / 1e6:.1f} MB: "
        "make the picture smaller, or raise NUMINK_MAX_BYTES"
    )


def _from_array(pixels: NDArray[np.uint8], limits: Limits) -> Picture:
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(f"a picture must be uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    if not pixels.size:
        raise ValueError("a picture must have at least one pixel")
    _check_size(pixels.shape[1], pixels.shape[0], limits)
    return Picture(Image.fromarray(np.ascontiguousarray(pixels)))


def _from_bytes(data: bytes, limits: Limits) -> Picture:
    if not data:
        raise NotAPicture("the file is empty: choose another, or save it again")
    if len(data) > limits.max_bytes:
        raise TooLarge(_too_many_bytes(len(data), limits))
    _refuse_known(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit warns; ours below are checked before decoding
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image.width, image.height, limits)
                _check_frames(image, limits)
                upright = _upright(image)
                upright.info = {}  # comments, places, profiles: nothing of them gets into what is made of the picture
                return Picture(upright)
        except InputError:
            raise
        except UnidentifiedImageError:
            raise NotAPicture(
                "this is not a picture that numink knows: give it PNG, JPEG, WebP, GIF, BMP, TIFF or PPM"
            ) from None
        except Image.DecompressionBombError:
            raise TooLarge(_too_many_pixels("far too many", limits)) from None
        except Exception as error:  # decoders raise nearly anything on damaged files; MemoryError is an Exception too
            raise BrokenPicture(
                f"the picture is damaged or cut off ({_short(error)}): open it in a viewer and save it again"
            ) from None


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]


def _refuse_known(data: bytes) -> None:
    start = data[:512].lstrip()
    for magic, kind, remedy in MAGIC:
        if start.startswith(magic):
            raise NotAPicture(f"this is {kind}, which is not supported yet: {remedy}")
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"heim", b"hevc", b"msf1"):
        raise NotAPicture("this is a HEIC photo, which is not supported yet: save it as JPEG, and read that")
    if start[:5].lower() in (b"<?xml", b"<svg ", b"<svg>") or b"<svg" in data[:512].lower():
        raise NotAPicture("this is an SVG drawing, which is not supported: export it as PNG, and read that")


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise TooLarge(_too_many_pixels(f"{width} x {height}", limits))


def _too_many_pixels(what: str, limits: Limits) -> str:
    return (
        f"the picture has {what} pixels, the limit is {limits.max_pixels / 1e6:.0f} million and "
        f"{limits.max_side} a side: make it smaller, or raise NUMINK_MAX_PIXELS"
    )


def _check_frames(image: Image.Image, limits: Limits) -> None:
    """Animations are read by their first frame. The frames of a GIF are not counted: that means reading all of it."""
    if image.format != "GIF" and getattr(image, "n_frames", 1) > limits.max_frames:
        raise TooLarge(f"the picture has more than {limits.max_frames} frames: save the one to read by itself")


def _upright(image: Image.Image) -> Image.Image:
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


def _within(image: Image.Image, side: int) -> Image.Image:
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
