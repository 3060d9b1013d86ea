"""Files of handwritten digits to upload in tests: pictures, PDF documents, and pictures too large to read."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageDraw

STROKES = {
    "1": [[(0.35, 0.25), (0.55, 0.05), (0.55, 0.95)]],
    "2": [[(0.2, 0.25), (0.35, 0.06), (0.65, 0.06), (0.78, 0.27), (0.6, 0.55), (0.2, 0.94), (0.82, 0.94)]],
    "4": [[(0.6, 0.05), (0.15, 0.62), (0.85, 0.62)], [(0.62, 0.35), (0.62, 0.95)]],
    "7": [[(0.15, 0.06), (0.8, 0.06), (0.6, 0.45), (0.42, 0.95)]],
}


def draw(text: str, side: int = 200, *, mode: str = "RGB") -> Image.Image:
    """Return `text` in a row, each digit in a square of `side` pixels, dark on light paper."""
    sheet = Image.new("L", (side * len(text) + side // 2, side + side // 2), 240)
    pen = ImageDraw.Draw(sheet)
    for position, digit in enumerate(text):
        left, top = side // 4 + position * side, side // 4
        for stroke in STROKES[digit]:
            points = [(left + x * side * 0.8, top + y * side) for x, y in stroke]
            pen.line(points, fill=30, width=max(side // 14, 2), joint="curve")
    return sheet.convert(mode)


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    """Return a picture as a file of a format that Pillow writes."""
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def digits(text: str = "7", side: int = 200) -> bytes:
    """Return a PNG of `text`."""
    return encoded(draw(text, side))


def document(*texts: str) -> bytes:
    """Return a PDF with a page for each text."""
    first, *further = (draw(text) for text in texts)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=further, resolution=100)
    return out.getvalue()


def scribble(turns: int = 5) -> bytes:
    """Return a PNG of a zigzag; read as exactly one digit, it is not accepted."""
    sheet = Image.new("L", (240, 240), 240)
    points = [(40 + 160 * index / turns, 50 if index % 2 else 190) for index in range(turns + 1)]
    ImageDraw.Draw(sheet).line(points, fill=30, width=12, joint="curve")
    return encoded(sheet)


def photo(text: str = "472") -> bytes:
    """Return a JPEG of 12 megapixels with `text` on it."""
    sheet = Image.new("RGB", (4000, 3000), (236, 233, 226))
    sheet.paste(draw(text, 700), (500, 700))
    return encoded(sheet, "JPEG")


@cache
def bomb(side: int = 30_000) -> bytes:
    """Return a PNG of a few kilobytes that decodes to `side` x `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
