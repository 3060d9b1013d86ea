"""Counts of a file's parts, made by a quick walk over their heads before a decoder sees them.

Decoders read part after part, however many there are: a small file of a million parts takes them seconds or minutes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from ...errors import BrokenPicture, marked
from ..limits import Limits

MOST_PARTS = 20_000
"""Chunks of a PNG, segments of a JPEG, blocks of text of a GIF. Encoders cut 20 MB of PNG into 2,500 chunks."""
MOST_SCANS = 100
"""Scans of a progressive JPEG; encoders write about ten."""
MOST_SCANNED_PIXELS = 1_000_000_000
"""Pixels of a JPEG times its scans: a second of decoding."""
MOST_EMPTY_FRAMES = 20
"""Frames of an animation that are searched for one that is not empty."""
MOST_TAGS = 4_000
"""Tags of a directory of a TIFF."""
JPEG_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])", re.DOTALL)
"""A marker that is no stuffed byte and no restart of a scan."""
SCAN, END, IMAGE_START, PROGRESSIVE_FRAME = 0xDA, 0xD9, 0xD8, 0xC2
TOO_MANY_PARTS = marked(
    "the picture consists of more than {most} parts, as no camera writes it: open it in a viewer and save it again"
)


def check_structure(data: bytes, limits: Limits) -> int:
    """Count the pages of a picture.

    Args:
        data: The file.
        limits: Limits on its frames.

    Returns:
        The number of directories of a TIFF; 1 for any other picture.

    Raises:
        TooLarge: A TIFF has too many directories.
        BrokenPicture: The file has more parts than a decoder should walk.
    """
    if data[:4] in TIFF_HEADS:
        return _count_directories(data, limits)
    for start, check in CHECKS.items():
        if data.startswith(start):
            check(data)
    return 1


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise BrokenPicture(TOO_MANY_PARTS, most=most)


def _check_png(data: bytes) -> None:
    place, count = 8, 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"IEND":
            break
        count += 1
        _check_count(count, MOST_PARTS)
        place += size + 12


def _check_jpeg(data: bytes) -> None:
    place = segments = scans = pixels = 0
    while (match := JPEG_MARKER.search(data, place)) and match[1][0] != END:
        place, marker = match.end(), match[1][0]
        if marker == IMAGE_START or place + 2 > len(data):
            continue
        segments += 1
        scans += marker == SCAN
        if marker == PROGRESSIVE_FRAME:
            pixels = int.from_bytes(data[place + 3 : place + 5]) * int.from_bytes(data[place + 5 : place + 7])
        _check_count(segments, MOST_PARTS)
        _check_count(scans, min(MOST_SCANS, MOST_SCANNED_PIXELS // max(pixels, 1)))
        place += int.from_bytes(data[place : place + 2])


def _check_gif(data: bytes) -> None:
    place = 13 + _colour_table(data[10:11])
    texts = frames = 0
    while place < len(data) and frames <= MOST_EMPTY_FRAMES:
        kind = data[place]
        if kind == 0x21:  # an extension
            place, blocks = _skip_blocks(data, place + 2, MOST_PARTS - texts)
            texts += blocks
        elif kind == 0x2C:  # a frame
            place, _ = _skip_blocks(data, place + 11 + _colour_table(data[place + 9 : place + 10]), len(data))
            frames += 1
        elif kind == 0x3B:
            break
        else:
            place += 1


def _colour_table(flags: bytes) -> int:
    """Return the bytes of the colour table that flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _skip_blocks(data: bytes, place: int, most: int) -> tuple[int, int]:
    """Return the place after a sequence of blocks, and their number, at most `most`."""
    count = 0
    while place < len(data) and (size := data[place]):
        place += size + 1
        count += 1
        if count > most:
            raise BrokenPicture(TOO_MANY_PARTS, most=MOST_PARTS)
    return place + 1, count


def _count_directories(data: bytes, limits: Limits) -> int:
    order = "<" if data[:2] == b"II" else ">"
    is_big = 43 in data[2:4]
    link, count_type, tag_bytes = ("Q", "Q", 20) if is_big else ("I", "H", 12)
    place, seen = 8 if is_big else 4, set[int]()
    try:
        while (directory := struct.unpack_from(order + link, data, place)[0]) and directory not in seen:
            tags = struct.unpack_from(order + count_type, data, directory)[0]
            _check_count(tags, MOST_TAGS)
            seen.add(directory)
            limits.check_frames(len(seen))
            place = directory + struct.calcsize(count_type) + tag_bytes * tags
    except struct.error:  # it is cut off, which its decoder may survive
        pass
    return max(len(seen), 1)


TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
CHECKS: dict[bytes, Callable[[bytes], None]] = {
    b"\x89PNG": _check_png, b"\xff\xd8": _check_jpeg, b"GIF8": _check_gif,
}  # fmt: skip
"""Checks by the first bytes of a file."""
