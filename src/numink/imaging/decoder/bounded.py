"""Decoding in this process, for pictures whose heads bound the work: plain PNG and baseline JPEG of a few megapixels.

Nearly all honest pictures are such files, and need no process that can be ended: decoding one takes less than 0.1 s,
whatever its bytes are.
"""

from __future__ import annotations

import io
import struct

from .page import DecodedPage, read_page
from .protocol import Reply, Request
from .structure import IMAGE_START, JPEG_MARKER, SCAN
from .worker import answer

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
    out = io.BytesIO()
    try:
        answer(data, request, out)
    except Exception:  # decoders raise nearly anything; the process that is asked next says what it was
        return None
    out.seek(0)
    reply = Reply.from_stream(out)
    return None if reply is None or reply.error or reply.needed else read_page(reply, out, request)


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
