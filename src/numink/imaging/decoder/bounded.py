"""Decoding in this process, for pictures whose heads bound the work: plain PNG and baseline JPEG of a few megapixels.

Nearly all honest pictures are such files, and need no process that can be ended: decoding one takes less than 0.1 s,
whatever its bytes are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .page import DecodedPage
from .pictures import opened
from .protocol import Request
from .structure import IMAGE_START, JPEG_MARKER, SCAN

MOST_PIXELS = 4_000_000
"""Pixels of a bounded picture."""
MOST_SEGMENTS, MOST_SCANS = 60, 4
"""Chunks of a PNG that hold no pixels, or segments of a JPEG; and a JPEG's scans, one for each colour at most."""
MOST_SEGMENT_BYTES = 1 << 16
"""Bytes of such a chunk: texts and profiles are compressed, and small ones stay small."""
BASELINE_FRAME, FRAMES = 0xC0, (*range(0xC1, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
"""The marker of a baseline JPEG's frame, and those of all others."""
SEVERAL_PICTURES = b"MPF\0"
"""Beginning of the segment of a JPEG that holds several pictures."""


def decode_bounded(data: bytes, request: Request) -> DecodedPage | None:
    """Decode a bounded picture; return None for any other file, and where it cannot be decoded.

    Args:
        data: The file.
        request: The page; its limits of time are not looked at.
    """
    if not is_bounded(data):
        return None
    try:
        with opened(data, request) as (image, pages):
            grey = _pixels((image.width, image.height), image.grey_rows(request.weights))
            colour = image.colour_rows(request.colour_side)
            sample = image.sample() if request.weights is None else None
            return DecodedPage(
                pages, grey,
                None if colour is None else _pixels(*colour, channels=(3,)),
                None if sample is None else np.asarray(sample, np.uint8),
            )  # fmt: skip
    except Exception:  # decoders raise nearly anything; the process that is asked next says what it was
        return None


def _pixels(size: tuple[int, int], rows: Iterable[bytes], channels: tuple[int, ...] = ()) -> NDArray[np.uint8]:
    """Return rows of pixels as an array (H, W, *channels), without a copy where all are one block."""
    return np.frombuffer(b"".join(rows), np.uint8).reshape(size[1], size[0], *channels)


def is_bounded(data: bytes) -> bool:
    """Return whether the head of a file bounds the work of decoding it."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _is_plain_png(data)
    return data.startswith(b"\xff\xd8") and _is_baseline_jpeg(data)


def _is_plain_png(data: bytes) -> bool:
    if len(data) < 33 or data[12:16] != b"IHDR" or data[28]:  # that byte says that it is interlaced
        return False
    width, height = struct.unpack_from(">II", data, 16)
    place, segments = 8, 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"IEND":
            break
        if kind != b"IDAT":
            segments += 1
            if kind == b"acTL" or segments > MOST_SEGMENTS or size > MOST_SEGMENT_BYTES:
                return False
        place += size + 12
    return bool(width * height <= MOST_PIXELS)


def _is_baseline_jpeg(data: bytes) -> bool:
    place = segments = scans = pixels = 0
    while match := JPEG_MARKER.search(data, place):
        place, marker = match.end(), match[1][0]
        if marker == IMAGE_START or place + 2 > len(data):
            continue
        segments += 1
        scans += marker == SCAN
        if (
            marker in FRAMES
            or segments > MOST_SEGMENTS
            or scans > MOST_SCANS
            or data.startswith(SEVERAL_PICTURES, place + 2)
        ):
            return False
        if marker == BASELINE_FRAME:
            pixels += int.from_bytes(data[place + 3 : place + 5]) * int.from_bytes(data[place + 5 : place + 7])
        place += int.from_bytes(data[place : place + 2])
    return 0 < pixels <= MOST_PIXELS
