"""Pictures that take a decoder very much time or memory, by program; `scale` 1 makes them as large as attackers do.

Each is a valid file, or near enough that a decoder works on it.
"""

from __future__ import annotations

import io
import re
import struct
import zlib

import numpy as np
from PIL import Image

from hostile import Bombs, chunk, pdf_page, stream, tiff
from web_pictures import draw, encoded

SIDE = 7_000
"""Side of a square of nearly as many pixels as are allowed."""


def progressive_jpeg(scans: int, side: int = 1_000) -> bytes:
    """Return a progressive JPEG whose last scan, of a few bytes, is repeated."""
    out = io.BytesIO()
    Image.new("L", (side, side), 255).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    starts = [match.start() for match in re.finditer(rb"\xff\xda", whole)]
    return whole[: starts[1]] + whole[starts[-1] : -2] * scans + b"\xff\xd9"


def png_of_chunks(count: int) -> bytes:
    """Return a PNG with very many empty chunks."""
    whole = encoded(draw("7"))
    return whole[:33] + chunk(b"teSt", b"") * count + whole[33:]


def jpeg_of_comments(count: int) -> bytes:
    """Return a JPEG with very many empty comments."""
    whole = encoded(draw("7"), "JPEG")
    return whole[:2] + b"\xff\xfe\0\2" * count + whole[2:]


def rle_bmp(width: int, height: int) -> bytes:
    """Return a BMP of runs of one pixel, which Pillow decodes in Python."""
    rows = (b"\1\0" * width + b"\0\0") * height + b"\0\1"
    palette = bytes(1024)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(rows), 0, 0, 256, 0)
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + palette + rows


def plain_ppm(pixels: int) -> bytes:
    """Return a PGM whose numbers are text, which Pillow decodes in Python."""
    side = int(pixels**0.5)
    return b"P2 %d %d 255\n" % (side, side) + b"9 " * side * side


def tiff_of_directories(count: int) -> bytes:
    """Return a TIFF of very many directories of one tag each."""
    start, size = 8, 18
    out = b"II*\0" + struct.pack("<I", start)
    for number in range(count):
        following = start + size * (number + 1) if number + 1 < count else 0
        out += struct.pack("<HHHIII", 1, 256, 4, 1, 8, following)
    return out


def flat(mode: str, side: int, kind: str, **options: object) -> bytes:
    """Return a picture of one colour, whose pixels take very much more than its file."""
    out = io.BytesIO()
    Image.new(mode, (side, side), None if mode == "F" else 0).save(out, kind, **options)
    return out.getvalue()


def half_transparent_png(side: int) -> bytes:
    """Return a PNG of one colour, half transparent."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" + b"\0\0\0\x80" * side
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def gif_of_comments(size: int) -> bytes:
    """Return a GIF with a comment of `size` bytes in blocks of one."""
    whole = encoded(draw("7"), "GIF")
    end = whole.index(b",", 13 + (3 << (whole[10] & 7) + 1))
    return whole[:end] + b"!\xfe" + b"\1x" * (size // 2) + b"\0" + whole[end:]


def gif_of_large_frames(count: int, side: int) -> bytes:
    """Return an animation of empty frames."""
    frames = [Image.new("P", (side, side), index % 2) for index in range(count)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    return out.getvalue()


def large_pdf() -> bytes:
    """Return a PDF of one page of 14,400 points, the most that there may be, with some strokes."""
    return pdf_page(stream(b"0 0 m 9000 9000 l S " * 20), box=b"0 0 14400 14400")


def tagged_tiff(count: int) -> bytes:
    """Return a TIFF of tags that all claim the same megabytes."""
    data = bytes(1_000_000)
    return tiff(*((40_000 + number, 1, len(data), 200) for number in range(count))) + data


def noise_jpeg(side: int) -> bytes:
    """Return a progressive JPEG of noise, of as many pixels as are allowed: only its honest size is much."""
    pixels = np.random.default_rng(0).integers(0, 255, (side // 8, side // 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST).save(out, "JPEG", progressive=True)
    return out.getvalue()


def hostile_pictures(scale: float = 1.0) -> Bombs:
    """Return the files by name; `scale` times as many parts or pixels as in the attack."""
    side = int(SIDE * scale**0.5)
    return Bombs({
        "jpeg of scans": lambda: progressive_jpeg(int(20_000 * scale) + 200),
        "jpeg of 99 scans": lambda: progressive_jpeg(95, side * 6 // 7),
        "png of chunks": lambda: png_of_chunks(int(1_600_000 * scale)),
        "jpeg of comments": lambda: jpeg_of_comments(int(4_800_000 * scale)),
        "bmp rle": lambda: rle_bmp(3_000, int(3_000 * scale)),
        "plain ppm": lambda: plain_ppm(int(9_900_000 * scale)),
        "tiff of directories": lambda: tiff_of_directories(int(170_000 * scale)),
        "tiff of tags": lambda: tagged_tiff(3_000),
        "webp": lambda: flat("RGB", side, "WEBP", lossless=True),
        "float tiff": lambda: flat("F", side, "TIFF", compression="tiff_adobe_deflate"),
        "rgba png": lambda: half_transparent_png(side),
        "gif of comments": lambda: gif_of_comments(int(19_000_000 * scale)),
        "gif of large frames": lambda: gif_of_large_frames(20, side * 5 // 7),
        "jpeg 2000": lambda: flat("RGB", side, "JPEG2000"),
        "avif": lambda: flat("RGB", side, "AVIF", speed=10),
        "progressive jpeg": lambda: noise_jpeg(side),
        "pdf of 14,400 points": large_pdf,
    })  # fmt: skip
