"""An image seen upright, opaque and with 8 bits, one band of rows at a time.

Only the decoded image is held as a whole: a copy that is turned, laid on paper or converted would take as much again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from ..reduction import shrunk_size
from .protocol import FormField

LIGHT = 225
"""Grey value from which pixels cannot be told from white paper."""
BAND_PIXELS = 1 << 20
"""Pixels of a band."""
SAMPLE_SIDE = 256
"""Sides of the sample of pixels by which the grey channel is chosen."""
ORIENTATION_TAG = 0x0112
"""EXIF tag of the orientation; its value 1 is upright."""
TRANSPOSITIONS = dict(zip(range(2, 9), (
    Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90,
), strict=True))  # fmt: skip
"""Pillow's transpositions that set an image upright, by the value of the tag."""
SWAPS_SIDES, FROM_END = (5, 6, 7, 8), (3, 4, 7, 8)
"""Orientations whose rows are columns of the file; those whose first row is the last row or column of the file."""
GREY_MODES = ("1", "L", "LA", "La")
ALPHA_MODES = ("RGBA", "LA", "PA", "La", "RGBa")


class PlainImage:
    """A decoded image, upright and opaque: grey (mode L) or in colours (mode RGB)."""

    def __init__(self, image: Image.Image, form_fields: Sequence[FormField] = ()) -> None:
        """Decode the image; `form_fields` are those of a PDF document's page."""
        image.load()
        self.form_fields = tuple(form_fields)
        self._image = image
        self._orientation = int(image.getexif().get(ORIENTATION_TAG, 1))
        self._orientation = self._orientation if self._orientation in TRANSPOSITIONS else 1
        self.width, self.height = image.size[::-1] if self._orientation in SWAPS_SIDES else image.size
        self._last: tuple[tuple[int, int], Image.Image] | None = None
        deep = image.mode in ("I", "F") or image.mode.startswith("I;16")
        self.mode = mode = "L" if deep or image.mode in GREY_MODES else "RGB"
        # not a function of self: such a cycle would hold the pixels until the next collection of garbage
        self._convert: Callable[[Image.Image], Image.Image] = lambda band: band.convert(mode)
        if deep:
            self._convert = _to_eight_bits(image)
        elif image.mode in ALPHA_MODES or "transparency" in image.info:
            self._convert = self._on_paper()

    def grey_rows(self, weights: tuple[float, float, float, float] | None) -> Iterator[bytes]:
        """Return the grey values, from luminance or by weights of red, green and blue, band by band."""
        for band in self._bands():
            matrix = weights if self.mode == "RGB" else None
            yield (band.convert("L", matrix) if matrix else band.convert("L")).tobytes()

    def colour_rows(self, side: int | None) -> tuple[tuple[int, int], Iterator[bytes]] | None:
        """Return the size of the colours, reduced to a longest side of at most `side` pixels, and their bytes.

        None for a grey image, and where `side` is 0.
        """
        if self.mode != "RGB" or side == 0:
            return None
        if side is None or max(self.width, self.height) <= side:
            return (self.width, self.height), (band.tobytes() for band in self._bands())
        factor, size = shrunk_size(self.width, self.height, side)
        reduced = Image.new("RGB", (-(-self.width // factor), -(-self.height // factor)))
        for index, band in enumerate(self._bands(factor)):
            reduced.paste(band.reduce(factor), (0, index * self._rows(factor) // factor))
        return size, iter([reduced.resize(size, Image.Resampling.BILINEAR).tobytes()])

    def sample(self) -> Image.Image | None:
        """Return pixels taken here and there, at most SAMPLE_SIDE a side, in mode RGB; None for a grey image."""
        if self.mode != "RGB":
            return None
        size = (min(self._image.width, SAMPLE_SIDE), min(self._image.height, SAMPLE_SIDE))
        return self._upright(self._convert(self._image.resize(size, Image.Resampling.NEAREST)))

    def _rows(self, factor: int) -> int:
        return max(BAND_PIXELS // self.width // factor, 1) * factor

    def _bands(self, factor: int = 1) -> Iterator[Image.Image]:
        """Return bands of the upright image from the top; their heights, but for the last, are multiples of factor."""
        rows = self._rows(factor)
        for top in range(0, self.height, rows):
            place = (top, min(top + rows, self.height))
            if self._last is None or self._last[0] != place:
                self._last = place, self._upright(self._convert(self._source(*place)))
            yield self._last[1]

    def _source(self, top: int, bottom: int) -> Image.Image:
        """Return the part of the decoded image that holds these rows of the upright one."""
        width, height = self._image.size
        if (top, bottom) == (0, self.height):
            return self._image
        if self._orientation in FROM_END:
            top, bottom = self.height - bottom, self.height - top
        box = (top, 0, bottom, height) if self._orientation in SWAPS_SIDES else (0, top, width, bottom)
        return self._image.crop(box)

    def _upright(self, part: Image.Image) -> Image.Image:
        transposition = TRANSPOSITIONS.get(self._orientation)
        return part if transposition is None else part.transpose(transposition)

    def _on_paper(self) -> Callable[[Image.Image], Image.Image]:
        """Return the function that lays a part on white, or on black where white would hide the writing."""
        mode = self.mode
        layers = (part if part.mode == "RGBA" else part.convert("RGBA") for part in parts(self._image))
        opacity = [_extremes(layer.getchannel("A")) for layer in layers]
        if min(opacity)[0] == 255:
            return lambda part: part.convert(mode)

        def lay(part: Image.Image, colour: str) -> Image.Image:
            layer = part.convert("RGBA")
            return Image.alpha_composite(Image.new("RGBA", layer.size, colour), layer).convert(mode)

        is_visible = any(_extremes(lay(part, "white").convert("L"))[0] < LIGHT for part in parts(self._image))
        colour = "white" if is_visible or not any(most for _, most in opacity) else "black"
        return lambda part: lay(part, colour)


def parts(image: Image.Image) -> Iterator[Image.Image]:
    """Cut an image into bands, as it lies in its file."""
    rows = max(BAND_PIXELS // image.width, 1)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def is_one_colour(image: Image.Image) -> bool:
    """Return whether all pixels of an image have one colour, or none is opaque at all."""
    extrema = [[_extremes(channel) for channel in part.convert("RGBA").split()] for part in parts(image)]
    channels = list(zip(*extrema, strict=True))
    lows = [min(low for low, _ in channel) for channel in channels]
    highs = [max(high for _, high in channel) for channel in channels]
    return highs[3] == 0 or lows == highs


def _extremes(channel: Image.Image) -> tuple[float, float]:
    """Return the least and the greatest value of an image of one channel."""
    low, high = channel.getextrema()
    return float(low), float(high)  # type: ignore[arg-type]  # they are pairs for images of several channels


def _to_eight_bits(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Return the function that scales pixels of more than 8 bits to 0..255.

    Whole numbers are scaled by the bits that are used, others by their extremes. Cameras and scanners store 10 or 12
    bits, and converters 8, in files of 16 or 32 bits.
    """
    import numpy as np  # noqa: PLC0415 - such pictures are rare, and it takes as much memory as all else

    def finite(part: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.nan_to_num(np.asarray(part).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)

    extremes = [(float(values.min()), float(values.max())) for values in map(finite, parts(image))]
    low, high = min(least for least, _ in extremes), max(greatest for _, greatest in extremes)
    if image.mode != "F" and low >= 0 and 0 < high <= 65535:
        low, high = 0.0, 2.0 ** max(int(high).bit_length(), 8) - 1

    def scaled(part: Image.Image) -> Image.Image:
        values = (finite(part) - low) * (255 / (high - low)) if high > low else np.full(part.size[::-1], 255.0)
        return Image.fromarray(np.round(values).astype(np.uint8))

    return scaled
